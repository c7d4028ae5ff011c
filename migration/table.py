"""One table of a TOML file, read key by key with the type that is wanted.

`config_file` says which keys there are; this module says what a refusal looks like. A key that
nobody asked for is refused by `close`, so that a misspelt setting is never silently without effect.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from migration.errors import ConfigError
from migration.policies import REST, Policies, Policy, policy

T = TypeVar("T")
K = TypeVar("K", bound=str)
_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Table:
    """Typed access to one TOML table; every refusal is a ConfigError naming file and key."""

    def __init__(self, values: Mapping[str, Any], *, name: str, file: Path) -> None:
        self._values = values
        self._name = name
        self._file = file
        self._asked: set[str] = set()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the order of the file."""
        return tuple(self._values)

    def text(self, key: str, *, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._typed(key, str, "a text", default)
        if not value:
            raise self._wrong(key, "a text that is not empty", value)
        return value

    def text_or_none(self, key: str) -> str | None:
        """A text, or None when the key is absent."""
        return self.text(key) if key in self._values else None

    def one_of(self, key: str, known: Sequence[K], *, default: K | None = None) -> K:
        """One of the texts that are known."""
        value = self.text(key, default=default)
        for text in known:
            if text == value:
                return text
        raise self._wrong(key, " or ".join(map(repr, known)), value)

    def function(self, key: str) -> str:
        """A name such as `package.module:function`."""
        value = self.text(key)
        if not _FUNCTION.fullmatch(value):
            raise self._wrong(key, "a name such as package.module:function", value)
        return value

    def function_or_none(self, key: str) -> str | None:
        """A function's name, or None when the key is absent."""
        return self.function(key) if key in self._values else None

    def flag(self, key: str, *, default: bool) -> bool:
        """true or false."""
        return self._typed(key, bool, "true or false", default)

    def whole(self, key: str, *, default: int | None = None) -> int:
        """A whole number above zero."""
        value = self._typed(key, int, "a whole number", default)
        if isinstance(value, bool) or value < 1:
            raise self._wrong(key, "a whole number above zero", value)
        return value

    def wholes(self, key: str, *, default: tuple[int, ...]) -> tuple[int, ...]:
        """A list of at least one whole number."""
        values = self._list(key, int, "a list of whole numbers", default)
        if not values:
            raise self._wrong(key, "a list of at least one whole number", values)
        return values

    def texts(self, key: str, *, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        return self._list(key, str, "a list of texts", default)

    def words(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts, at least one."""
        if isinstance(self._values.get(key), str):
            return (self.text(key),)
        words = self.texts(key)
        if not words:
            raise self._wrong(key, "a text or a list of texts", words)
        return words

    def all_texts(self) -> dict[str, str]:
        """The whole table, each value a text."""
        return {key: self.text(key) for key in self._values}

    def mapping(self, key: str, *, default: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """A table taken as it is."""
        return self._typed(key, dict, "a table", None if default is None else dict(default))

    def table(self, key: str, *, default: Mapping[str, Any] | None = None) -> "Table":
        """A table to be read key by key."""
        name = f"{self._name}.{key}" if self._name else key
        return Table(self.mapping(key, default=default), name=name, file=self._file)

    def tables(self, key: str) -> tuple["Table", ...]:
        """A list of tables, `[[key]]`, which may be absent; each to be read key by key."""
        name = f"{self._name}.{key}" if self._name else key
        found = self._list(key, dict, "a list of tables", ())
        return tuple(Table(values, name=name, file=self._file) for values in found)

    def path(self, key: str) -> Path:
        """A path, resolved against the folder of the file."""
        return self._file.parent / self.text(key)

    def path_or_none(self, key: str) -> Path | None:
        """A path, or None when the key is absent."""
        return self.path(key) if key in self._values else None

    def paths(self, key: str, *, default: tuple[str, ...] | None = None) -> tuple[Path, ...]:
        """A list of paths."""
        return tuple(self._file.parent / text for text in self.texts(key, default=default))

    def moment(self, key: str) -> datetime:
        """A time with its zone."""
        value = self.text(key)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise self._wrong(key, "a time with its zone, such as 2026-02-04T10:30:00+00:00", value)
        return moment

    def close(self) -> None:
        """Refuse what nobody asked for."""
        unknown = sorted(set(self._values) - self._asked)
        if unknown:
            known = ", ".join(sorted(self._asked))
            raise self.refusal(f"unknown: {', '.join(unknown)} (known: {known})")

    def refusal(self, why: str) -> ConfigError:
        """Return the error that names this table."""
        where = f"[{self._name}] of {self._file}" if self._name else str(self._file)
        return ConfigError(
            f"reading {where}", why, "mend the file; docs/foreign_apps.md explains every setting"
        )

    def _typed(self, key: str, kind: type[T], wanted: str, default: T | None) -> T:
        self._asked.add(key)
        if key not in self._values:
            if default is None:
                raise self.refusal(f"`{key}` is missing ({wanted})")
            return default
        value = self._values[key]
        if not isinstance(value, kind):
            raise self._wrong(key, wanted, value)
        return value

    def _list(
        self, key: str, kind: type[T], wanted: str, default: tuple[T, ...] | None
    ) -> tuple[T, ...]:
        values: Sequence[Any] = self._typed(
            key, list, wanted, None if default is None else list(default)
        )
        for value in values:
            if not isinstance(value, kind) or isinstance(value, bool):
                raise self._wrong(key, wanted, values)
        return tuple(values)

    def _wrong(self, key: str, wanted: str, value: object) -> ConfigError:
        return self.refusal(f"`{key}` must be {wanted}, not {value!r}")


def policies_in(table: Table) -> Policies:
    """Read the decisions of one database; `*` stands for all that is not named."""
    named = {}
    for name in table.keys:
        try:
            named[name] = policy(table.words(name))
        except ValueError as error:
            raise table.refusal(f"`{name}`: {error}") from None
    rest = named.pop(REST, Policy())
    return Policies(named, rest)
