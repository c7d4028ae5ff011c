"""What the rows of a SQLite database hold, measured against what their columns declare.

Each table is scanned once. The strict readers of `values` decide what a type allows, so an error
found here is exactly what the copier would reject. What is declared is read in `catalogue`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from migration.db import SqliteConnection
from migration.schema.errors import Untranslatable
from migration.schema.model import LogicalType, quote
from migration.source.findings import ColumnScan, Finding, Tally
from migration.source.model import Catalogue, SourceForeignKey, SourceTable
from migration.source.values import key_text

__all__ = ["Finding", "profile"]

# Types of which different stored values can become the same.
_MERGING = frozenset({LogicalType.TIMESTAMP, LogicalType.NUMERIC, LogicalType.JSON})


def profile(connection: SqliteConnection, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Scan every table once and return what was found, table by table. Writes nothing."""
    found: list[Finding] = []
    with _lossless_text(connection):
        for table in catalogue.tables:
            found += _scan(connection, table)
            for key in table.foreign_keys:
                found += _orphans(connection, catalogue, table, key)
    return tuple(found)


@contextmanager
def _lossless_text(connection: SqliteConnection) -> Iterator[None]:
    """Read text that is no UTF-8 too, instead of failing at it."""
    text_factory = connection.text_factory
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = text_factory


def _rows(connection: SqliteConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.row_factory = None  # the connection's own may build anything
    yield from cursor.execute(sql)


def _scan(connection: SqliteConnection, table: SourceTable) -> Iterator[Finding]:
    scans: dict[str, ColumnScan] = {}
    for column in table.columns:
        try:
            scans[column.name] = ColumnScan(table.name, column)
        except Untranslatable as error:
            remedy = "declare a type"
            yield Finding("error", table.name, column.name, "type", str(error), 0, (), remedy)
    keys = [_KeyScan(table, columns) for columns in _merging_keys(table, scans)]
    columns = ", ".join(map(quote, scans))
    for number, row in enumerate(_rows(connection, f"SELECT {columns} FROM {quote(table.name)}")):
        values = dict(zip(scans, row, strict=True))
        key = partial(_key, table, values, number)
        read = {name: scan.take(values[name], key) for name, scan in scans.items()}
        for key_scan in keys:
            key_scan.take(read, key)
    for scan in scans.values():
        yield from scan.findings()
    for key_scan in keys:
        yield from key_scan.findings()


def _key(table: SourceTable, values: dict[str, Any], number: int) -> str:
    names = table.primary_key.columns if table.primary_key else ()
    return key_text((name, values.get(name)) for name in names) or f"row {number + 1}"


def _merging_keys(table: SourceTable, scans: dict[str, ColumnScan]) -> Iterator[tuple[str, ...]]:
    """Yield the keys of which two different ones could become the same."""
    keys = [key.columns for key in table.uniques]
    keys += [table.primary_key.columns] if table.primary_key else []
    keys += [
        tuple(str(term.column) for term in index.terms)
        for index in table.indexes
        if index.unique and not index.where
    ]
    for key in keys:
        if set(key) <= scans.keys() and any(scans[name].type in _MERGING for name in key):
            yield key


class _KeyScan:
    """The values of one key, as read, to find those that are there twice."""

    def __init__(self, table: SourceTable, columns: tuple[str, ...]) -> None:
        self._place = (table.name, ", ".join(columns))
        self._columns = columns
        self._seen: set[tuple[Any, ...]] = set()
        self._twice = Tally()

    def take(self, values: dict[str, Any], key: partial[str]) -> None:
        found = tuple(values[name] for name in self._columns)
        if None in found:
            return
        if found in self._seen:
            self._twice.add(key)
        self._seen.add(found)

    def findings(self) -> Iterator[Finding]:
        if self._twice.count:
            detail = "a key that is there already, in another spelling"
            yield self._twice.finding("error", self._place, "duplicate key", detail)


def _orphans(
    connection: SqliteConnection, catalogue: Catalogue, table: SourceTable, key: SourceForeignKey
) -> Iterator[Finding]:
    """Find rows without the row they refer to; also where no connection ever enforced it."""
    if key.target.lower() not in {other.name.lower() for other in catalogue.tables}:
        return  # the conversion refuses such a reference
    same = " AND ".join(
        f"parent.{quote(theirs)} = child.{quote(mine)}"
        for mine, theirs in zip(key.columns, key.target_columns, strict=True)
    )
    known = " AND ".join(f"child.{quote(name)} IS NOT NULL" for name in key.columns)
    names = table.primary_key.columns if table.primary_key else key.columns
    tally = Tally()
    for row in _rows(
        connection,
        f"SELECT {', '.join(f'child.{quote(name)}' for name in names)}"
        f" FROM {quote(table.name)} AS child WHERE {known} AND NOT EXISTS"
        f" (SELECT 1 FROM {quote(key.target)} AS parent WHERE {same})",
    ):
        tally.add(partial(key_text, zip(names, row, strict=True)))
    if tally.count:
        place = table.name, ", ".join(key.columns)
        detail = f"rows without their row in {key.target}"
        yield tally.finding("error", place, "orphan", detail)
