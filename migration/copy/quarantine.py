"""The quarantine: rows that could not be stored, kept whole in the target with the reason.

It lies in a schema of the tool's own, beside the application's. A row stands here once for each of
its faults; `raw` is the row as JSON, bytes and undecodable text in hexadecimal.
"""

import json
from collections.abc import Iterable
from typing import Any

from migration.copy.integrity import StandingRow
from migration.copy.load import BadSourceRow
from migration.copy.report import Rejected
from migration.db import PgConnection
from migration.schema.ddl import qualified
from migration.schema.model import Schema, Table

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
    raw bytea NOT NULL
)
"""
_INSERT = f"""
INSERT INTO {TABLE} (schema_name, table_name, row_key, column_name, reason, raw)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def create(pg: PgConnection) -> None:
    """Make the table where it is not there yet."""
    pg.execute(_CREATE)


def keep(pg: PgConnection, schema: Schema, table: Table, rows: Iterable[BadSourceRow]) -> None:
    """Store rows of the source that were left behind."""
    names = [column.name for column in table.copied_columns]
    for row in rows:
        raw = _raw(dict(zip(names, row.values, strict=True)))
        for rejected in row.rejected:
            _insert(pg, schema, rejected, raw)


def take_out(pg: PgConnection, schema: Schema, table: Table, row: StandingRow) -> None:
    """Move a row of the target into quarantine; nothing when it has been moved already."""
    found = pg.execute(
        f"DELETE FROM {qualified(schema, table.name)} AS taken WHERE ctid = %s::tid"
        " RETURNING convert_to(to_jsonb(taken)::text, 'UTF8')".encode(),
        [row.place],
    ).fetchone()
    if found:
        _insert(pg, schema, row.rejected, found[0])


def _insert(pg: PgConnection, schema: Schema, rejected: Rejected, raw: bytes) -> None:
    key = rejected.key.replace("\0", "\\0")
    values = (schema.name, rejected.table, key, rejected.column, rejected.reason, raw)
    pg.execute(_INSERT, values)


def _raw(row: dict[str, Any]) -> bytes:
    return json.dumps({name: _shown(value) for name, value in row.items()}).encode()


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"blob": value.hex()}
    if isinstance(value, str) and not value.isprintable():
        content = value.encode(errors="surrogateescape")
        return value if _is_utf8(content) else {"text": content.hex()}
    return value


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
