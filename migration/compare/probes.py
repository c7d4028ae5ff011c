"""Rows that bring out what an expression decides: its own numbers and strings, and what is near."""

import random
import re
from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Any, TypeAlias

from migration.compare.facts import ColumnFacts
from migration.schema.model import LogicalType

ProbeRow: TypeAlias = tuple[Any, ...]

MOST_ROWS = 3_000
_MOST_NUMBERS = 20
_LONGEST = 1_000
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_CALCULATION = re.compile(r"[-+*/%&|]")
_STRING = re.compile(r"'((?:[^']|'')*)'")
# What a pattern, a set of characters or a number of characters may be about.
_PATTERN_SIGNS = re.compile(r"[%*?_\[\]^!-]")
_FIXED: dict[LogicalType, tuple[Any, ...]] = {
    LogicalType.BOOLEAN: (0, 1),
    LogicalType.TIMESTAMP: ("1999-12-31 23:59:59", "2024-02-29 12:00:00", "2024-02-29 12:00:01"),
    LogicalType.DATE: ("1999-12-31", "2024-02-29", "2024-03-01"),
    LogicalType.JSON: ("{}", "[]", '"text"'),
}


def mentioned(columns: Sequence[ColumnFacts], texts: Iterable[str]) -> list[int]:
    """Return the places of the columns whose names occur in one of the texts.

    What a generated column is made from counts too.
    """
    text, found = " ".join(texts), set[int]()
    while True:
        more = {n for n, column in enumerate(columns) if _occurs(column, text)} - found
        if not more:
            return sorted(found)
        found |= more
        text = " ".join([text, *(columns[place].expression or "" for place in more)])


def _occurs(column: ColumnFacts, text: str) -> bool:
    names = {column.name, column.source, column.name.replace('"', '""')}
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in names)


def probe_rows(columns: Sequence[ColumnFacts], texts: Iterable[str]) -> list[ProbeRow]:
    """Return rows as SQLite would hold them, every combination or else a fixed sample."""
    text = " ".join(texts)
    pools = [
        [*([None] if column.nullable else []), *dict.fromkeys(probe_values(column.meaning, text))]
        for column in columns
    ]
    if prod(map(len, pools)) <= MOST_ROWS:
        return list(product(*pools))
    choose = random.Random(0)
    return [tuple(choose.choice(pool) for pool in pools) for _ in range(MOST_ROWS)]


def probe_values(meaning: LogicalType, text: str) -> Iterable[Any]:
    """Return values of a meaning, chosen for what the text speaks of."""
    numbers = sorted({float(found) for found in _NUMBER.findall(text)})[:_MOST_NUMBERS]
    near = {int(number) + step for number in [0.0, *numbers] for step in (-1, 0, 1)}
    # What is calculated with a number brings it elsewhere.
    whole = sorted(near | set(range(2, 12)) if _CALCULATION.search(text) else near)
    lengths = [number for number in whole if 0 < number <= _LONGEST] if "length" in text else []
    match meaning:
        case LogicalType.INTEGER | LogicalType.NUMERIC:
            return [number for number in whole if -(2**63) <= number < 2**63]
        case LogicalType.REAL:
            return [number + step for number in map(float, whole) for step in (0.0, 0.5)]
        case LogicalType.TEXT:
            known = ["", " ", "x", "X", "É", "é", "x "]
            return [*known, *_around(text), *("y" * length for length in lengths)]
        case LogicalType.BLOB:
            return [b"", b"\0", *(b"y" * length for length in lengths)]
        case _:
            return _FIXED[meaning]


def _around(text: str) -> Iterable[str]:
    for found in _STRING.findall(text):
        string = found.replace("''", "'")
        plain = _PATTERN_SIGNS.sub("", string)
        yield from (string, string.upper(), string.lower(), string + "x", string[1:], plain)
        yield from (
            string + " ",
            plain + "x",
            _PATTERN_SIGNS.sub("b", string),
            _PATTERN_SIGNS.sub("5", string),
        )
