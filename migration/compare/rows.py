"""Reading one table on both sides in the same order, as canonical values, and pairing the rows.

Rows are streamed where both engines sort the key alike; else they are sorted here, in memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from migration.compare.decided import Expected, expected
from migration.compare.facts import ColumnFacts, TableFacts
from migration.compare.left_behind import LeftBehind, key_of
from migration.compare.values import Scalar, canonical_copy_text
from migration.db import PgConnection, SqliteConnection
from migration.policies import Policies, Policy
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
    policies: tuple[Policy, ...]
    away: LeftBehind | None

    @property
    def streamed(self) -> bool:
        """Say whether both engines can deliver the rows in the order of the key."""
        columns = [self.ours[place] for place in self.key]
        return bool(columns) and all(c.meaning in _SORTED_ALIKE and c.byte_order for c in columns)

    def order(self, row: Row) -> tuple[tuple[int, Scalar], ...]:
        """Return what a row is sorted by: its key, or all of it where there is none."""
        return tuple(_rank(row[n]) for n in self.key or range(len(row)))

    @cached_property
    def expected(self) -> tuple[Expected, ...]:
        """What says for each column which canonical value is to be there."""
        pairs = zip(self.ours, self.policies, strict=True)
        return tuple(expected(column.meaning, policy) for column, policy in pairs)

    def canonical(self, row: Sequence[Any]) -> Row:
        """Return what PostgreSQL is to hold of a row of SQLite."""
        return tuple(say(value) for say, value in zip(self.expected, row, strict=True))


def reading(
    one: TableFacts, other: TableFacts, policies: Policies, away: LeftBehind | None
) -> Reading:
    """Plan the reading of a table from what the two sides declare and what was decided."""
    theirs = {column.name: column for column in other.columns}
    ours = tuple(column for column in one.columns if column.name in theirs)
    names = [column.name for column in ours]
    key = tuple(names.index(name) for name in one.primary_key if name in names)
    return Reading(
        table=one.name,
        source=one.source,
        ours=ours,
        theirs=tuple(theirs[name] for name in names),
        key=key,
        policies=tuple(policies.of(one.source, column.source) for column in ours),
        away=away,
    )


def sqlite_rows(sqlite: SqliteConnection, plan: Reading, *, in_order: bool = True) -> Iterator[Row]:
    """Yield SQLite's rows as PostgreSQL is to hold them, but for those left behind."""
    cursor = sqlite.cursor()
    cursor.row_factory = None
    columns = ", ".join(quote(column.source) for column in plan.ours)
    order = ", ".join(_in_bytes(plan.ours[n]) for n in plan.key) if plan.streamed else ""
    number = "" if plan.key or not plan.away else "rowid, "
    query = f"SELECT {number}{columns} FROM {quote(plan.source)}{order and ' ORDER BY ' + order}"
    rows = cursor.execute(query)
    there = map(plan.canonical, _not_away(rows, plan) if plan.away else rows)
    return _ordered(there, plan) if in_order else there


def _not_away(rows: Iterable[Sequence[Any]], plan: Reading) -> Iterator[Sequence[Any]]:
    away, names = plan.away, [column.name for column in plan.ours]
    for row in rows:
        if plan.key:
            key = key_of([names[n] for n in plan.key], [row[n] for n in plan.key])
        else:
            (number, *row) = row
            key = key_of(["rowid"], [number])
        if not away or not away.holds(key, dict(zip(names, row, strict=True))):
            yield row


def _in_bytes(column: ColumnFacts) -> str:
    plain = column.collation == "BINARY"
    return quote(column.source) if plain else f"{quote(column.source)} COLLATE BINARY"


def postgres_rows(
    pg: PgConnection, schema: str, plan: Reading, *, in_order: bool = True
) -> Iterator[Row]:
    """Yield PostgreSQL's rows, decoded from COPY text.

    The session must be set as `values.COPY_TEXT_SETTINGS` says.
    """
    order = ", ".join(_by_bytes(plan.theirs[n]) for n in plan.key) if plan.streamed else ""
    rows = copied_rows(pg, schema, plan, order and f"ORDER BY {order}")
    return _ordered(rows, plan) if in_order else rows


def copied_rows(
    pg: PgConnection, schema: str, plan: Reading, clauses: str, values: Sequence[Any] = ()
) -> Iterator[Row]:
    """Yield rows of PostgreSQL; `clauses` come after the name of the table, ready for `values`."""
    types = [column.meaning for column in plan.theirs]
    columns = ", ".join(quote(column.name) for column in plan.theirs)
    query = f"SELECT {columns} FROM {quote(schema)}.{quote(plan.table)}"
    statement = f"COPY ({query.replace('%', '%%') if values else query} {clauses}) TO STDOUT"
    with pg.cursor() as cursor, cursor.copy(statement.encode(), values or None) as copy:
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
