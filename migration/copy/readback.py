"""Reading rows back from PostgreSQL in the very bytes in which they were sent."""

from collections.abc import Generator, Sequence
from itertools import chain
from typing import Any

from migration.copy.plan import Range, TablePlan
from migration.copy.wire import HEADER, TRAILER
from migration.db import PgConnection, copied_out
from migration.schema.model import Column, LogicalType, quote


def read_back(
    pg: PgConnection, plan: TablePlan, clauses: str = "", values: Sequence[Any] = ()
) -> Generator[bytes, None, None]:
    """Yield the bytes of rows; `clauses` come after the name of the table.

    Without any the rows come in the order in which the table keeps them.
    """
    names = ", ".join(f"mine.{quote(column.name)}" for column in plan.columns)
    query = escaped(f"(SELECT {names} FROM {plan.target} AS mine", values) + f"{clauses})"
    statement = f"COPY {query if clauses else plan.whole} TO STDOUT (FORMAT BINARY)".encode()
    with pg.cursor() as cursor, cursor.copy(statement, values or None) as copy:
        messages = copied_out(copy, TRAILER)
        first = next(messages).removeprefix(HEADER)
        yield from (row for row in chain([first], messages) if row != TRAILER)


def read_range(pg: PgConnection, plan: TablePlan, part: Range) -> Generator[bytes, None, None]:
    """Yield the bytes of the rows of a range, in order; only where the plan is `ordered`."""
    key = escaped(", ".join(map(_sortable, plan.key)), (part.after or ()) + (part.upto or ()))
    conditions, values = [], list[Any]()
    for sign, position in part.bounds:
        marks = ", ".join(["%s"] * len(position))
        conditions.append(f"({key}) {sign} ({marks})")
        values += map(_target_value, plan.key, position)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return read_back(pg, plan, f"{where} ORDER BY {key}", values)


def escaped(names: str, values: Sequence[Any]) -> str:
    """Return names for a statement with these values; only with some is a percent sign special."""
    return names.replace("%", "%%") if values else names


def fields(row: bytes) -> list[bytes | None]:
    """Split the bytes of a row into its values as the server spells them."""
    found: list[bytes | None] = []
    at = 2
    while at < len(row):
        size = int.from_bytes(row[at : at + 4], "big", signed=True)
        at += 4
        found.append(None if size < 0 else row[at : at + size])
        at += max(size, 0)
    return found


def _sortable(column: Column) -> str:
    collation = ' COLLATE "C"' if column.type is LogicalType.TEXT else ""
    return f"mine.{quote(column.name)}{collation}"


def _target_value(column: Column, value: Any) -> Any:
    """Return a value of a position as PostgreSQL holds it."""
    return bool(value) if column.type is LogicalType.BOOLEAN else value
