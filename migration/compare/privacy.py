"""Whether pseudonymous data still hold what identifies somebody: a name, an address, a number.

What identifies people is read from the columns that migration.toml names; then every value of the
pseudonymous database is searched for it, on either engine. Nothing found is ever shown: a report
names the place, and the column from which the person is known.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]

SHORTEST = 3
"""Shorter names are passed over: they are part of any text."""
_TITLES = frozenset({"dr", "miss", "mr", "mrs", "ms", "mx", "prof", "professor", "rev", "sir"})
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\+?\d[\d\s()./-]{5,}\d")
# With or without its country, a telephone number ends in the same digits.
_DIGITS_THAT_COUNT = 9
_FEWEST_DIGITS = 7


@dataclass(frozen=True)
class Occurrence:
    """A place in pseudonymous data, and the column that knows the person by the same value."""

    place: str
    known_from: str

    def __str__(self) -> str:
        """Return one line for a report."""
        return f"{self.place} holds a value of {self.known_from}"


@dataclass
class People:
    """Everything that identifies somebody, to be searched for."""

    _names: dict[str, dict[Words, str]] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)

    def add(self, value: object, *, known_from: str) -> None:
        """Add what identifies a person; `known_from` names its column."""
        text = "" if value is None else str(value)
        digits = _digits(text)
        if len(digits) >= _FEWEST_DIGITS and not any(map(str.isalpha, text)):
            self._numbers.setdefault(digits[-_DIGITS_THAT_COUNT:], known_from)
            return
        words = _words(text)
        while len(words) > 2 and words[0] in _TITLES:
            words = words[1:]
        if sum(map(len, words)) >= SHORTEST:
            self._names.setdefault(words[0], {}).setdefault(words, known_from)

    def known_in(self, text: str) -> Iterator[str]:
        """Yield the columns that know somebody who is named in a text."""
        words = _words(text)
        for place, word in enumerate(words):
            for name, known_from in self._names.get(word, {}).items():
                if words[place : place + len(name)] == name:
                    yield known_from
        lengths = set(map(len, self._numbers))
        for digits in map(_digits, _NUMBER.findall(text) if lengths else ()):
            for length in lengths:
                for place in range(len(digits) - length + 1):
                    known = self._numbers.get(digits[place : place + length])
                    if known:
                        yield known


def occurrences(
    people: People, rows: Iterable[Mapping[str, object]], *, table: str, key: Sequence[str]
) -> Iterator[Occurrence]:
    """Yield where the rows of a table name somebody, each column and source once a row."""
    for number, row in enumerate(rows, start=1):
        for column, value in row.items():
            found = (known for text in _texts(value) for known in people.known_in(text))
            for known_from in dict.fromkeys(found):
                # A key that names somebody cannot be shown.
                shown = [f"{name}={row[name]}" for name in key if column not in key]
                place = ", ".join(shown) or f"row {number}"
                yield Occurrence(f"{table}.{column} ({place})", known_from)


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a value; one that is JSON is read, for escapes could hide a name."""
    match value:
        case bytes() | memoryview():
            yield bytes(value).decode(errors="ignore")
        case dict():
            for key, member in value.items():
                yield str(key)
                yield from _texts(member)
        case list():
            for member in value:
                yield from _texts(member)
        case str():
            yield value
            if value[:1] in ("{", "[", '"'):
                with suppress(ValueError, RecursionError):
                    document = json.loads(value)
                    yield from [document] if isinstance(document, str) else _texts(document)
        case None | float():
            return
        case _:
            yield str(value)


def _words(text: str) -> Words:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return tuple(_WORD.findall(text.casefold()))


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
