"""Rows of a large table chosen evenly over its key, decoded on both sides.

The choice depends on the rows alone, so that two comparisons look at the same ones.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from migration.compare.rows import Reading, Row, copied_rows
from migration.compare.values import Scalar
from migration.db import PgConnection, SqliteConnection
from migration.schema.model import LogicalType, quote

SAMPLE = 1_000


def sampled_rows(
    sqlite: SqliteConnection, pg: PgConnection, schema: str, plan: Reading, *, rows: int
) -> tuple[Iterator[Row], Iterator[Row]]:
    """Return at least a thousand rows of a keyed table as both sides hold them, in one order."""
    ours = sorted(_sqlite_sample(sqlite, plan, step=max(1, rows // SAMPLE)), key=plan.order)
    theirs = sorted(_postgres_same(pg, schema, plan, ours), key=plan.order)
    return iter(ours), iter(theirs)


def _sqlite_sample(sqlite: SqliteConnection, plan: Reading, *, step: int) -> Iterator[Row]:
    cursor = sqlite.cursor()
    cursor.row_factory = None
    key = ", ".join(quote(plan.ours[n].source) for n in plan.key)
    numbered = f"SELECT {key}, row_number() OVER (ORDER BY {key}) AS n FROM {quote(plan.source)}"
    keys = cursor.execute(f"SELECT {key} FROM ({numbered}) WHERE n % {step:d} = 0").fetchall()
    columns = ", ".join(quote(column.source) for column in plan.ours)
    same = " AND ".join(f"{quote(plan.ours[n].source)} IS ?" for n in plan.key)
    query = f"SELECT {columns} FROM {quote(plan.source)} WHERE {same}"
    for values in keys:
        yield plan.canonical(cursor.execute(query, values).fetchone())


def _postgres_same(
    pg: PgConnection, schema: str, plan: Reading, rows: Sequence[Row]
) -> Iterator[Row]:
    """Yield PostgreSQL's rows of the same keys."""
    key = [plan.theirs[n] for n in plan.key]
    arrays = ", ".join(f"%s::text[]::{column.type}[]" for column in key)
    values = [[_as_text(row[n], plan.ours[n].meaning) for row in rows] for n in plan.key]
    names = ", ".join(quote(column.name) for column in key).replace("%", "%%")
    condition = f"WHERE ({names}) IN (SELECT * FROM unnest({arrays}))"
    return copied_rows(pg, schema, plan, condition, values)


def _as_text(value: Scalar, meaning: LogicalType) -> Any:
    if value is None or isinstance(value, str):
        return rf"\x{value}" if value is not None and meaning is LogicalType.BLOB else value
    return str(value).lower() if isinstance(value, bool) else str(value)
