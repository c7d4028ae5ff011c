"""The quarantine: rows that could not be stored, kept whole in the target with the reason.

It lies in a schema of the tool's own, beside the application's. A row stands here once for each of
its faults; `raw` is the row as SQLite holds it, as JSON, with bytes and undecodable text in
hexadecimal. Rows that end the copy stand here too, until everything is undone.
"""

import json
from collections.abc import Iterable
from typing import Any

from migration.copy.chunks import BadRow
from migration.copy.plan import TablePlan
from migration.copy.report import Rejected
from migration.db import PgConnection
from migration.policies import QUARANTINE

TABLE = "migration.quarantine"

_CREATE = f"""
CREATE SCHEMA IF NOT EXISTS migration;
CREATE TABLE IF NOT EXISTS {TABLE} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quarantined_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    schema_name text NOT NULL,
    table_name text NOT NULL,
    row_key text NOT NULL,
    column_name text NOT NULL,
    reason text NOT NULL,
    allowed boolean NOT NULL,
    raw bytea NOT NULL
)
"""
_ADD = f"""
INSERT INTO {TABLE} (schema_name, table_name, row_key, column_name, reason, allowed, raw)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def create(pg: PgConnection) -> None:
    """Make the table where it is not there yet."""
    if not exists(pg):
        pg.execute(_CREATE)


def exists(pg: PgConnection) -> bool:
    """Say whether there is a quarantine. Writes nothing."""
    return pg.execute("SELECT to_regclass(%s)", [TABLE]).fetchone() != (None,)


def keep(pg: PgConnection, plan: TablePlan, rows: Iterable[BadRow]) -> None:
    """Store rows that stay behind, each fault with its reason."""
    names = [column.name for column in plan.columns]
    entries = [
        (plan.schema, plan.table.name, row.key, fault.column, fault.reason,
         fault.ending == QUARANTINE, _raw(dict(zip(names, row.values, strict=True))))
        for row in rows
        for fault in row.faults
    ]  # fmt: skip
    if entries:
        create(pg)
        with pg.cursor() as cursor:
            cursor.executemany(_ADD, entries)


def rejected(pg: PgConnection, schema: str, *, limit: int) -> tuple[Rejected, ...]:
    """Return the faults of the rows that stayed behind, at most so many."""
    if not exists(pg):
        return ()
    rows = pg.execute(
        f"SELECT table_name, row_key, column_name, reason FROM {TABLE} WHERE schema_name = %s"
        " ORDER BY id LIMIT %s",
        [schema, limit],
    )
    return tuple(Rejected(*row) for row in rows)


def count(pg: PgConnection, schema: str) -> int:
    """Count the faults of all rows that stayed behind."""
    return _count(pg, schema, "TRUE")


def forbidden(pg: PgConnection, schema: str) -> int:
    """Count the faults of those that nobody allowed to."""
    return _count(pg, schema, "NOT allowed")


def rows(pg: PgConnection, schema: str) -> dict[str, int]:
    """Count the rows of each table that stayed behind."""
    if not exists(pg):
        return {}
    query = (
        f"SELECT table_name, count(DISTINCT row_key) FROM {TABLE} WHERE schema_name = %s"
        " GROUP BY table_name"
    )
    return dict(pg.execute(query, [schema]).fetchall())


def keys(pg: PgConnection, plan: TablePlan) -> frozenset[str]:
    """Return the keys of the rows of a table that stayed behind."""
    if not exists(pg):
        return frozenset()
    rows = pg.execute(
        f"SELECT DISTINCT row_key FROM {TABLE} WHERE schema_name = %s AND table_name = %s",
        [plan.schema, plan.table.name],
    )
    return frozenset(key for (key,) in rows)


def forget(pg: PgConnection, schema: str) -> None:
    """Remove the rows of a schema."""
    if exists(pg):
        pg.execute(f"DELETE FROM {TABLE} WHERE schema_name = %s", [schema])


def _count(pg: PgConnection, schema: str, condition: str) -> int:
    if not exists(pg):
        return 0
    query = f"SELECT count(*) FROM {TABLE} WHERE schema_name = %s AND {condition}"
    row = pg.execute(query.encode(), [schema]).fetchone()
    return int(row[0]) if row else 0


def _raw(row: dict[str, Any]) -> bytes:
    return json.dumps({name: _shown(value) for name, value in row.items()}).encode()


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"blob": value.hex()}
    if isinstance(value, str) and not value.isascii():
        content = value.encode(errors="surrogateescape")
        return value if _is_utf8(content) else {"text": content.hex()}
    return value


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
