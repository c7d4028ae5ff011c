"""What the rows of a SQLite database hold, measured against what their columns become.

Each table is scanned once. The strict readers of `values` decide what a type allows, so an error
found here is exactly what the copier would reject. What is declared is read in `catalogue`, one
column is looked at in `column_scan`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from migration.db import SqliteConnection
from migration.schema.choices import NATIVE, Choices, reference_name
from migration.schema.errors import Untranslatable
from migration.schema.model import LogicalType, quote
from migration.schema.types import ColumnType, column_type
from migration.source.column_scan import ColumnScan, KeyOf
from migration.source.findings import REMEDIES, ColumnProfile, Finding, Tally
from migration.source.model import Catalogue, SourceColumn, SourceForeignKey, SourceTable
from migration.source.selection import select
from migration.source.values import key_text

__all__ = ["ColumnProfile", "Finding", "Profile", "profile"]

BATCH = 2_000
# Types of which different stored values can become the same.
_MERGING = frozenset({LogicalType.TIMESTAMP, LogicalType.NUMERIC, LogicalType.JSON})
_LONGEST_KEY = 2_704


@dataclass(frozen=True)
class Profile:
    """What was found, table by table, and every column with its proposed type."""

    findings: tuple[Finding, ...]
    columns: tuple[ColumnProfile, ...]


def profile(
    connection: SqliteConnection, catalogue: Catalogue, choices: Choices = NATIVE
) -> Profile:
    """Scan every table that is to be moved once. Writes nothing."""
    findings: list[Finding] = []
    columns: list[ColumnProfile] = []
    kept = select(catalogue, choices).catalogue
    with _lossless_text(connection):
        for table in kept.tables:
            scan = _TableScan(table, choices)
            scan.run(connection)
            findings += scan.findings()
            columns += (column.profile() for column in scan.columns.values())
            for key in table.foreign_keys:
                findings += _orphans(connection, kept, table, key)
    return Profile(tuple(findings), tuple(columns))


@contextmanager
def _lossless_text(connection: SqliteConnection) -> Iterator[None]:
    """Read text that is no UTF-8 too, instead of failing at it."""
    text_factory = connection.text_factory
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = text_factory


def _batches(connection: SqliteConnection, sql: str) -> Iterator[list[tuple[Any, ...]]]:
    cursor = connection.cursor()
    cursor.row_factory = None  # the connection's own may build anything
    cursor.execute(sql)
    while batch := cursor.fetchmany(BATCH):
        yield batch


class _TableScan:
    """One pass over a table, all of its columns at once."""

    def __init__(self, table: SourceTable, choices: Choices) -> None:
        self._table = table
        self.columns = {
            column.name: ColumnScan(table.name, column, _becomes(table, column, choices))
            for column in table.columns
        }
        names = table.primary_key.columns if table.primary_key else ()
        self._key = [(name, list(self.columns).index(name)) for name in names]
        self._keys = [_KeyScan(table, columns) for columns in self._merging_keys()]

    def run(self, connection: SqliteConnection) -> None:
        """Read every row."""
        columns = ", ".join(map(quote, self.columns))
        done = 0
        for batch in _batches(connection, f"SELECT {columns} FROM {quote(self._table.name)}"):
            key_of = partial(self._key_text, batch, done)
            by_column = zip(self.columns.items(), zip(*batch, strict=True), strict=True)
            read = {name: scan.take(values, key_of) for (name, scan), values in by_column}
            for key in self._keys:
                key.take(read, key_of)
            done += len(batch)

    def _key_text(self, batch: list[tuple[Any, ...]], done: int, place: int) -> str:
        values = ((name, batch[place][number]) for name, number in self._key)
        return key_text(values) or f"row {done + place + 1}"

    def _merging_keys(self) -> Iterator[tuple[str, ...]]:
        """Yield the keys of which two different ones could become the same."""
        for key in _unique_keys(self._table):
            if any(self.columns[name].type in _MERGING for name in key if name in self.columns):
                yield key

    def findings(self) -> Iterator[Finding]:
        """Yield what was found in the columns, and in keys over several."""
        for scan in self.columns.values():
            yield from scan.findings()
        for key in self._keys:
            yield from key.findings()
        for name, columns in _indexed(self._table):
            longest = sum(self.columns[c].measured.longest for c in columns if c in self.columns)
            if longest > _LONGEST_KEY:
                detail = f"{longest} bytes may be too long for {name}, which holds {_LONGEST_KEY}"
                place = self._table.name, ", ".join(columns)
                yield Tally(1).finding("warning", place, "index size", detail)


def _becomes(table: SourceTable, column: SourceColumn, choices: Choices) -> ColumnType | str:
    try:
        return column_type(table.name, column, choices)
    except Untranslatable as error:
        return str(error)


def _unique_keys(table: SourceTable) -> Iterator[tuple[str, ...]]:
    yield from (key.columns for key in table.uniques)
    if table.primary_key:
        yield table.primary_key.columns
    for index in table.indexes:
        if index.unique and not index.where and all(term.column for term in index.terms):
            yield tuple(str(term.column) for term in index.terms)


def _indexed(table: SourceTable) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield every key and index by its plain columns."""
    yield from (("a key", key.columns) for key in table.uniques)
    if table.primary_key:
        yield "the primary key", table.primary_key.columns
    for index in table.indexes:
        yield f"the index {index.name}", [str(t.column) for t in index.terms if t.column]


class _KeyScan:
    """The values of one key, as read, to find those that are there twice."""

    def __init__(self, table: SourceTable, columns: tuple[str, ...]) -> None:
        self._place = (table.name, ", ".join(columns))
        self._columns = columns
        self._seen: set[tuple[Any, ...]] = set()
        self._twice = Tally()

    def take(self, values: dict[str, Sequence[Any]], key_of: KeyOf) -> None:
        for place, found in enumerate(zip(*(values[c] for c in self._columns), strict=True)):
            if None in found:
                continue
            if found in self._seen:
                self._twice.add(partial(key_of, place))
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
        # Byte by byte, as PostgreSQL will.
        f"parent.{quote(theirs)} = child.{quote(mine)} COLLATE BINARY"
        for mine, theirs in zip(key.columns, key.target_columns, strict=True)
    )
    known = " AND ".join(f"child.{quote(name)} IS NOT NULL" for name in key.columns)
    names = table.primary_key.columns if table.primary_key else key.columns
    tally = Tally()
    for batch in _batches(
        connection,
        f"SELECT {', '.join(f'child.{quote(name)}' for name in names)}"
        f" FROM {quote(table.name)} AS child WHERE {known} AND NOT EXISTS"
        f" (SELECT 1 FROM {quote(key.target)} AS parent WHERE {same})",
    ):
        for row in batch:
            tally.add(partial(key_text, zip(names, row, strict=True)))
    if tally.count:
        place = table.name, ", ".join(key.columns)
        detail = f"rows without their row in {key.target}"
        setting = f'"{reference_name(table.name, key.columns)}" = "why" under leave_out'
        remedy = f"{REMEDIES['orphan']}, or leave the reference behind: {setting}"
        yield tally.finding("error", place, "orphan", detail, remedy)
