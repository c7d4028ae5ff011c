"""PostgreSQL: a logical database is the schema of its name, reached by the search path.

Several logical databases may share one database or have one each. Connections come from a
pool, opened at the first use: a process that forks before has none to share with its
children. The schema is not made here but by the migration. The other engine is in
`sqlite.py`, what both have in common in `backend.py`.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import singledispatch
from math import ceil
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader
from psycopg_pool import ConnectionPool

from api.db import types
from api.db.addresses import PostgresAddress, mask
from api.db.backend import Backend, Capacity, Row, Usage
from api.db.errors import (
    CheckViolation,
    DatabaseError,
    ForeignKeyViolation,
    NotNullViolation,
    SchemaMismatch,
    Unavailable,
    UniqueViolation,
)
from api.db.types.json import Json

PgConnection = psycopg.Connection[Row]

APPLICATION = "healing-space"
EMPTY = ". An empty database is filled by `python -m migration run schema`."
VERSION = re.compile(r"schema version (\d+)")  # in the comment on the schema

KINDS: tuple[tuple[type[psycopg.Error], type[DatabaseError]], ...] = (
    (psycopg.errors.UniqueViolation, UniqueViolation),
    (psycopg.errors.ForeignKeyViolation, ForeignKeyViolation),
    (psycopg.errors.CheckViolation, CheckViolation),
    (psycopg.errors.NotNullViolation, NotNullViolation),
    (psycopg.errors.UndefinedTable, SchemaMismatch),
    (psycopg.OperationalError, Unavailable),
    (psycopg.InterfaceError, Unavailable),
)


class PostgresBackend(Backend):
    """A logical database in a schema of a PostgreSQL database."""

    driver_error = psycopg.Error

    def __init__(self, name: str, address: PostgresAddress, capacity: Capacity) -> None:
        super().__init__(name, capacity)
        self._url = address.url
        self._pool = ConnectionPool(
            _conninfo(address.url, schema=name, seconds=capacity.seconds),
            connection_class=PgConnection,
            kwargs={"row_factory": dict_row, "cursor_factory": psycopg.RawCursor},
            name=name,
            open=False,
            min_size=0,
            max_size=capacity.connections,
            num_workers=1,
            timeout=capacity.seconds,
            # Give up a failed attempt as soon as its client does: the pool waits longer
            # after each failure, and a server that is back should be noticed at once.
            reconnect_timeout=capacity.seconds,
            configure=_configure,
            check=ConnectionPool.check_connection,
        )

    def acquire(self) -> PgConnection:
        with self.errors():
            self._pool.open()
            return self._pool.getconn()

    def release(self, connection: PgConnection) -> None:
        try:
            connection.rollback()
        except psycopg.Error:
            connection.close()
        self._pool.putconn(connection)

    def close(self) -> None:
        self._pool.close()

    def usage(self) -> Usage:
        found = self._pool.get_stats()
        idle = found["pool_available"]
        return Usage(found["pool_size"] - idle, idle, found["requests_waiting"])

    def size(self, connection: PgConnection) -> int:
        row = connection.execute(
            "SELECT CAST(COALESCE(SUM(pg_total_relation_size(oid)), 0) AS BIGINT) AS bytes"
            " FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'",
            [self.name],
        ).fetchone()
        return int(row["bytes"]) if row else 0

    def schema_version(self, connection: PgConnection) -> int | None:
        row = connection.execute(
            "SELECT obj_description(to_regnamespace($1), 'pg_namespace') AS comment", [self.name]
        ).fetchone()
        found = VERSION.search(row["comment"] or "") if row else None
        return int(found[1]) if found else None

    def bind(self, params: Sequence[object]) -> list[object]:
        return [bound(value) for value in params]

    def translated(self, error: Exception) -> DatabaseError:
        kind = next((ours for theirs, ours in KINDS if isinstance(error, theirs)), DatabaseError)
        primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
        message = f"{self.name} at {mask(self._url)}: {mask(primary or str(error))}"
        return kind(message + EMPTY if kind is SchemaMismatch else message)


@singledispatch
def bound(value: object) -> object:
    """Return a value as psycopg takes it."""
    return value


bound.register(datetime, types.timestamp.aware)
bound.register(Json, types.json.stored)


def _conninfo(url: str, *, schema: str, seconds: float) -> str:
    given: dict[str, Any] = {
        "application_name": APPLICATION,
        "connect_timeout": max(2, ceil(seconds)),
        **conninfo_to_dict(url),
    }
    ours = f"-c search_path={schema} -c timezone=UTC"
    given["options"] = f"{given.get('options', '')} {ours}".strip()
    return make_conninfo(**given)


def _configure(connection: PgConnection) -> None:
    """Hand documents out as text, like SQLite: a parsed string would look like an unparsed one."""
    connection.adapters.register_loader("jsonb", TextLoader)
