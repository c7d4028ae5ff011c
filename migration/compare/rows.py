"""Reading one table on both sides in the same order, as canonical values, and pairing the rows.

Rows are streamed where both engines sort the key alike; else they are sorted here, in memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from migration.compare.facts import ColumnFacts, TableFacts
from migration.compare.values import Scalar, canonical_copy_text, canonical_sqlite
from migration.db import PgConnection, SqliteConnection
from migration.schema.model import LogicalType, quote

Row: TypeAlias = tuple[Scalar, ...]
Pair: TypeAlias = tuple[Row | None, Row | None]

_SORTED_ALIKE = frozenset(
    {
        LogicalType.INTEGER,
        LogicalType.TEXT,
        LogicalType.BLOB,
        LogicalType.BOOLEAN,
        LogicalType.DATE,
    }
)


@dataclass(frozen=True)
class Reading:
    """How to read one table: the columns that both sides have, and the places of its key."""

    table: str
    source: str
    """The table's name in SQLite."""
    ours: tuple[ColumnFacts, ...]
    theirs: tuple[ColumnFacts, ...]
    key: tuple[int, ...]

    @property
    def streamed(self) -> bool:
        """Say whether both engines can deliver the rows in the order of the key."""
        columns = [self.ours[place] for place in self.key]
        return bool(columns) and all(c.meaning in _SORTED_ALIKE and c.byte_order for c in columns)

    def order(self, row: Row) -> tuple[tuple[int, Scalar], ...]:
        """Return what a row is sorted by: its key, or all of it where there is none."""
        return tuple(_rank(row[n]) for n in self.key or range(len(row)))


def reading(one: TableFacts, other: TableFacts) -> Reading:
    """Plan the reading of a table from what the two sides declare."""
    theirs = {column.name: column for column in other.columns}
    ours = tuple(column for column in one.columns if column.name in theirs)
    names = [column.name for column in ours]
    key = tuple(names.index(name) for name in one.primary_key if name in names)
    return Reading(one.name, one.source, ours, tuple(theirs[name] for name in names), key)


def sqlite_rows(sqlite: SqliteConnection, plan: Reading) -> Iterator[Row]:
    """Yield SQLite's rows in order."""
    cursor = sqlite.cursor()
    cursor.row_factory = None
    types = [column.meaning for column in plan.ours]
    columns = ", ".join(quote(column.source) for column in plan.ours)
    keys = ", ".join(_in_bytes(plan.ours[n]) for n in plan.key)
    order = f" ORDER BY {keys}" if plan.streamed else ""
    query = f"SELECT {columns} FROM {quote(plan.source)}{order}"
    rows = (tuple(map(canonical_sqlite, row, types)) for row in cursor.execute(query))
    return _ordered(rows, plan)


def _in_bytes(column: ColumnFacts) -> str:
    plain = column.collation == "BINARY"
    return quote(column.source) if plain else f"{quote(column.source)} COLLATE BINARY"


def postgres_rows(pg: PgConnection, schema: str, plan: Reading) -> Iterator[Row]:
    """Yield PostgreSQL's rows in order, decoded from COPY text.

    The session must be set as `values.COPY_TEXT_SETTINGS` says.
    """
    order = ", ".join(_by_bytes(plan.theirs[n]) for n in plan.key) if plan.streamed else ""
    columns = ", ".join(quote(column.name) for column in plan.theirs)
    source = f"{quote(schema)}.{quote(plan.table)}{order and ' ORDER BY ' + order}"
    return _ordered(_copied(pg, f"SELECT {columns} FROM {source}", plan), plan)


def _copied(pg: PgConnection, query: str, plan: Reading) -> Iterator[Row]:
    types = [column.meaning for column in plan.theirs]
    with pg.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT".encode()) as copy:
        for fields in copy.rows():
            yield tuple(map(canonical_copy_text, fields, types))


def _by_bytes(column: ColumnFacts) -> str:
    collation = ' COLLATE "C"' if column.meaning is LogicalType.TEXT else ""
    return f"{quote(column.name)}{collation} NULLS FIRST"


def _ordered(rows: Iterable[Row], plan: Reading) -> Iterator[Row]:
    return iter(rows) if plan.streamed else iter(sorted(rows, key=plan.order))


def pairs(ours: Iterator[Row], theirs: Iterator[Row], plan: Reading) -> Iterator[Pair]:
    """Yield rows of the same key together, and those of one side alone with None."""
    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and plan.order(one) < plan.order(other)):
            yield one, None
            one = next(ours, None)
        elif one is None or plan.order(other) < plan.order(one):
            yield None, other
            other = next(theirs, None)
        else:
            yield one, other
            one, other = next(ours, None), next(theirs, None)


def _rank(value: Scalar) -> tuple[int, Scalar]:
    """Return a value that any other of its kind can be compared with, NULL first."""
    if value is None:
        return (0, 0)
    return (2, value) if isinstance(value, str) else (1, value)
