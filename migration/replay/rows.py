"""Rows as side effects: a dump of every table, and what changed from one dump to the next.

The arms take the dumps (`arms/`); here they are compared. Stored values appear in the canonical
form of `migration/compare/values.py`, so a change reads the same on both engines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from migration.compare.values import Scalar
from migration.schema.model import LogicalType

Row: TypeAlias = dict[str, Scalar]
# {"pet_game.pet": {"inserted": [row], "updated": [{"key", "before", "after"}], "deleted": [row]}}
# A table without changes and an empty list are left out; an update holds the columns that differ.
RowChanges: TypeAlias = dict[str, dict[str, list[dict[str, Any]]]]
ReadProtected: TypeAlias = Callable[[str], str]


@dataclass(frozen=True)
class Column:
    """A column as a dump shows it; a protected one is stored encrypted."""

    name: str
    type: LogicalType
    protected: bool = False


@dataclass(frozen=True)
class Shape:
    """What a table looks like. `name` is `logical.table`; `key` is empty without a primary key."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    identity: str | None


@dataclass(frozen=True)
class TableDump:
    """One table's rows at one moment: bytes in their physical order, read only when needed."""

    shape: Shape
    raw: bytes = field(repr=False)
    next_id: int | None
    read: Callable[[], Iterable[tuple[Scalar, ...]]] = field(repr=False, compare=False)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows as canonical values."""
        names = [column.name for column in self.shape.columns]
        return [dict(zip(names, values, strict=True)) for values in self.read()]


@dataclass(frozen=True)
class Dump:
    """Every row of every logical database, by `logical.table`.

    `extent` differs where a table or a column came or went.
    """

    tables: Mapping[str, TableDump]
    extent: str


@dataclass(frozen=True)
class SequenceFault:
    """A table that would hand out an id it has, or had, before."""

    table: str
    next_id: int
    taken: int

    def __str__(self) -> str:
        return f"{self.table} hands out {self.next_id} next, but {self.taken} is already taken"


def dirty(before: Dump, after: Dump) -> frozenset[str]:
    """Return the tables whose rows or sequence differ, also those only one dump has."""
    names = before.tables.keys() | after.tables.keys()
    return frozenset(
        name for name in names if _moved(before.tables.get(name), after.tables.get(name))
    )


def changes(before: Dump, after: Dump) -> RowChanges:
    """Return the rows inserted, updated and deleted, each list in the order of the keys."""
    found: RowChanges = {}
    for name in sorted(before.tables.keys() | after.tables.keys()):
        old, new = before.tables.get(name), after.tables.get(name)
        if old is not None and new is not None and old.raw == new.raw:
            continue
        lists = _table_changes(old, new)
        if lists:
            found[name] = lists
    return found


def sequence_faults(before: Dump, after: Dump) -> list[SequenceFault]:
    """Return the tables whose next id is not above every id stored or handed out before.

    The numbers themselves are no matter: a failed insert burns one on PostgreSQL only.
    """
    faults = []
    for name, new in after.tables.items():
        if new.next_id is None or new.shape.identity is None:
            continue
        old = before.tables.get(name)
        taken = max(_highest_id(new, old), (old.next_id or 1) - 1 if old else 0)
        if new.next_id <= taken:
            faults.append(SequenceFault(name, new.next_id, taken))
    return faults


def canonical_row(
    values: Iterable[Any],
    shape: Shape,
    canonical: Callable[[Any, LogicalType], Scalar],
    read_protected: ReadProtected | None,
) -> tuple[Scalar, ...]:
    """Return the row in canonical values, protected columns in the clear."""
    return tuple(
        _in_the_clear(canonical(value, column.type), read_protected)
        if column.protected and read_protected
        else canonical(value, column.type)
        for value, column in zip(values, shape.columns, strict=True)
    )


def _in_the_clear(value: Scalar, read_protected: ReadProtected) -> Scalar:
    if not isinstance(value, str) or not value:
        return value
    try:
        clear = read_protected(value)
    except Exception as error:
        # Whatever the application's reader raises: the row is evidence and must still be shown.
        return f"\0unreadable ({type(error).__name__}) {value}"
    return f"\0unprotected {value}" if clear == value else clear


def _moved(old: TableDump | None, new: TableDump | None) -> bool:
    return old is None or new is None or old.raw != new.raw or old.next_id != new.next_id


def _highest_id(new: TableDump, old: TableDump | None) -> int:
    if old is not None and old.raw == new.raw and old.next_id == new.next_id:
        return 0
    ids = [row[str(new.shape.identity)] for row in new.rows]
    return max((value for value in ids if isinstance(value, int)), default=0)


def _table_changes(old: TableDump | None, new: TableDump | None) -> dict[str, list[dict[str, Any]]]:
    key = next((table.shape.key for table in (new, old) if table), ())
    before, after = _by_key(old, key), _by_key(new, key)
    lists = {
        "inserted": [after[key] for key in _ordered(after.keys() - before.keys())],
        "updated": list(_updates(before, after, key)),
        "deleted": [before[key] for key in _ordered(before.keys() - after.keys())],
    }
    return {kind: rows for kind, rows in lists.items() if rows}


def _by_key(table: TableDump | None, key: tuple[str, ...]) -> dict[tuple[Any, ...], Row]:
    """Index the rows by primary key; without one, by their content and how often it occurred."""
    if table is None:
        return {}
    if key:
        return {tuple(row[column] for column in key): row for row in table.rows}
    seen: Counter[tuple[Any, ...]] = Counter()
    indexed = {}
    for row in table.rows:
        content = tuple((type(value).__name__, value) for value in row.values())
        seen[content] += 1
        indexed[(*content, seen[content])] = row
    return indexed


def _updates(
    before: Mapping[tuple[Any, ...], Row],
    after: Mapping[tuple[Any, ...], Row],
    key: tuple[str, ...],
) -> Iterator[dict[str, Any]]:
    for place in _ordered(before.keys() & after.keys()):
        old, new = before[place], after[place]
        differing = [name for name in new if not _same(old.get(name), new[name])]
        if differing:
            yield {
                "key": dict(zip(key, place, strict=True)),
                "before": {name: old.get(name) for name in differing},
                "after": {name: new[name] for name in differing},
            }


def _same(one: Scalar, other: Scalar) -> bool:
    return type(one) is type(other) and one == other


def _ordered(keys: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    # Keys of one table may mix types; NULL sorts first.
    return sorted(keys, key=lambda key: [(type(part).__name__, part) for part in map(_rank, key)])


def _rank(part: Any) -> Any:
    return 0 if part is None else part
