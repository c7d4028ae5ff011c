"""Rows that stand in the target but break a key or a reference that is about to be made.

SQLite took them: two spellings of one moment are different texts, and references are only enforced
where the connection asked for it. Found before the constraint is made, all of them are named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migration.copy.report import Rejected
from migration.db import PgConnection
from migration.schema.ddl import qualified
from migration.schema.model import LogicalType, Schema, Table, quote
from migration.source.values import key_text

# Types of which different stored values can become the same.
_MERGING = frozenset({LogicalType.TIMESTAMP, LogicalType.NUMERIC, LogicalType.JSON})


@dataclass(frozen=True)
class StandingRow:
    """A row of the target that cannot stay: why, and its place in the table."""

    rejected: Rejected
    place: str


def duplicates(pg: PgConnection, schema: Schema, table: Table) -> Iterator[StandingRow]:
    """Yield the rows that repeat a key of an earlier row."""
    merging = {column.name for column in table.columns if column.type in _MERGING}
    for columns in _keys(table):
        if merging.intersection(columns):
            condition = (
                f"EXISTS (SELECT 1 FROM {qualified(schema, table.name)} AS other"
                f" WHERE other.ctid < mine.ctid AND {_equal(columns, columns)})"
            )
            reason = "this key is there already, in another spelling"
            yield from _standing(pg, schema, table, condition, columns, reason)


def orphans(pg: PgConnection, schema: Schema, table: Table) -> Iterator[StandingRow]:
    """Yield the rows that refer to a row which is not there."""
    for key in table.foreign_keys:
        known = " AND ".join(f"mine.{quote(column)} IS NOT NULL" for column in key.columns)
        condition = (
            f"{known} AND NOT EXISTS (SELECT 1 FROM {qualified(schema, key.target)} AS other"
            f" WHERE {_equal(key.target_columns, key.columns)})"
        )
        reason = f"it refers to a row of {key.target} that is not there"
        yield from _standing(pg, schema, table, condition, key.columns, reason)


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    if table.primary_key:
        yield table.primary_key.columns
    for unique in table.uniques:
        yield unique.columns
    names = {quote(column.name): column.name for column in table.columns}
    for index in table.indexes:
        if index.unique and not index.where and all(t.expression in names for t in index.terms):
            yield tuple(names[term.expression] for term in index.terms)


def _equal(theirs: Iterable[str], mine: Iterable[str]) -> str:
    pairs = zip(theirs, mine, strict=True)
    return " AND ".join(f"other.{quote(other)} = mine.{quote(one)}" for other, one in pairs)


def _standing(
    pg: PgConnection,
    schema: Schema,
    table: Table,
    condition: str,
    columns: tuple[str, ...],
    reason: str,
) -> Iterator[StandingRow]:
    names = table.primary_key.columns if table.primary_key else ()
    selected = ", ".join(["mine.ctid::text", *(f"mine.{quote(name)}" for name in names)])
    source = f"{qualified(schema, table.name)} AS mine"
    query = f"SELECT {selected} FROM {source} WHERE {condition} ORDER BY mine.ctid"
    for place, *values in pg.execute(query.encode()).fetchall():
        key = key_text(zip(names, values, strict=True)) or f"row at {place}"
        yield StandingRow(Rejected(table.name, key, ", ".join(columns), reason), place)
