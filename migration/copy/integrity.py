"""Rows that stand in the target but break a key or a reference that is about to be made.

SQLite took them: two spellings of one moment are different texts, and references are only enforced
where the connection asked for it. Found before the constraint is made, all of them are named.
`settle` moves them into quarantine.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migration.copy.plan import TablePlan
from migration.db import PgConnection
from migration.schema.ddl import qualified
from migration.schema.model import LogicalType, Schema, Table, quote

# Types of which different stored values can become the same.
_MERGING = frozenset({LogicalType.TIMESTAMP, LogicalType.NUMERIC, LogicalType.JSON})


@dataclass(frozen=True)
class Standing:
    """A row of the target that cannot stay: its place there, the columns and the reason."""

    place: str
    columns: tuple[str, ...]
    reason: str


def duplicates(
    pg: PgConnection, model: Schema, plan: TablePlan, mended: frozenset[str]
) -> Iterator[Standing]:
    """Yield the rows that repeat a key of an earlier row; rules changed the `mended` columns."""
    table = plan.table
    merging = {column.name for column in table.columns if column.type in _MERGING} | mended
    for columns in _keys(table):
        if merging.intersection(columns):
            condition = (
                f"EXISTS (SELECT 1 FROM {qualified(model, table.name)} AS other"
                f" WHERE other.ctid < mine.ctid AND {_equal(columns, columns)})"
            )
            reason = "this key is there already, in another spelling"
            yield from _standing(pg, plan, condition, columns, reason)


def orphans(
    pg: PgConnection, model: Schema, plan: TablePlan, mended: frozenset[str]
) -> Iterator[Standing]:
    """Yield the rows that refer to a row which is not there."""
    del mended
    for key in plan.table.foreign_keys:
        known = " AND ".join(f"mine.{quote(column)} IS NOT NULL" for column in key.columns)
        condition = (
            f"{known} AND NOT EXISTS (SELECT 1 FROM {qualified(model, key.target)} AS other"
            f" WHERE {_equal(key.target_columns, key.columns)})"
        )
        reason = f"it refers to a row of {key.target} that is not there, or stays behind"
        yield from _standing(pg, plan, condition, key.columns, reason)


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
    pg: PgConnection, plan: TablePlan, condition: str, columns: tuple[str, ...], reason: str
) -> Iterator[Standing]:
    query = f"SELECT ctid::text FROM {plan.target} AS mine WHERE {condition} ORDER BY mine.ctid"
    for (place,) in pg.execute(query.encode()).fetchall():
        yield Standing(place, columns, reason)
