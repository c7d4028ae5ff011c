"""SQLite: a logical database is a file, opened anew for every use.

An empty or missing file is given the schema at its first use. The other engine is in
`postgres.py`, what both have in common in `backend.py`.

Transactions begin at the first write, with BEGIN IMMEDIATE. Until then each read sees the
newest commit, as on PostgreSQL. A transaction begun by a read could not become a writing one
once somebody else has written: it would fail at once, however long the busy timeout.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import singledispatch
from pathlib import Path
from typing import Any

from api.db import types
from api.db.addresses import SqliteAddress
from api.db.backend import Backend, Capacity, Usage
from api.db.errors import (
    CheckViolation,
    DatabaseError,
    ForeignKeyViolation,
    NotNullViolation,
    SchemaMismatch,
    Unavailable,
    UniqueViolation,
)
from api.db.schema import SCHEMA_VERSION, create_schema, is_empty, schema_version
from api.db.types.json import Json

# Broad on purpose: a read that merely contains such a word takes the lock in vain.
WRITES = re.compile(r"\b(insert|update|delete|replace|savepoint)\b", re.IGNORECASE)

VIOLATIONS: dict[int, type[DatabaseError]] = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: ForeignKeyViolation,
    sqlite3.SQLITE_CONSTRAINT_CHECK: CheckViolation,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: NotNullViolation,
}
UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
}


class SqliteBackend(Backend):
    """A logical database in a SQLite file."""

    driver_error = sqlite3.Error

    def __init__(self, name: str, address: SqliteAddress, capacity: Capacity) -> None:
        super().__init__(name, capacity)
        self._path = address.path
        self._fit = False
        self._in_use: set[sqlite3.Connection] = set()

    def acquire(self) -> sqlite3.Connection:
        with self.errors():
            connection = connect(self._path, seconds=self.capacity.seconds)
            try:
                self._make_fit(connection)
            except BaseException:
                connection.close()
                raise
            self._in_use.add(connection)
            return connection

    def release(self, connection: sqlite3.Connection) -> None:
        # Closing alone leaves the lock with a cursor that a traceback may still hold.
        try:
            connection.rollback()
        finally:
            connection.close()
            self._in_use.discard(connection)

    def close(self) -> None:
        """Do nothing: every connection is closed by its user."""

    def usage(self) -> Usage:
        return Usage(in_use=len(self._in_use))

    def size(self, connection: sqlite3.Connection) -> int:
        row = connection.execute(
            "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()"
        ).fetchone()
        return int(row["bytes"])

    def schema_version(self, connection: sqlite3.Connection) -> int | None:
        return schema_version(connection)

    def bind(self, params: Sequence[object]) -> dict[str, object]:
        return {str(number): stored(value) for number, value in enumerate(params, start=1)}

    def before(self, connection: sqlite3.Connection, sql: str) -> None:
        if not connection.in_transaction and WRITES.search(sql):
            connection.execute("BEGIN IMMEDIATE")

    def translated(self, error: Exception) -> DatabaseError:
        code = getattr(error, "sqlite_errorcode", 0)
        primary = code & 0xFF
        kind = Unavailable if primary in UNAVAILABLE else VIOLATIONS.get(code, DatabaseError)
        return kind(f"{self.name} in {self._path}: {error}")

    def _make_fit(self, connection: sqlite3.Connection) -> None:
        if self._fit:
            return
        if is_empty(connection):
            create_schema(connection, self.name)
        found = schema_version(connection)
        if found != SCHEMA_VERSION:
            raise SchemaMismatch(
                f"{self._path} should hold {self.name} in schema version {SCHEMA_VERSION}, but"
                f" says version {found}: it was made by another version of the application, or"
                " by another application."
            )
        self._fit = True


def connect(path: Path | str, *, seconds: float = 5.0) -> sqlite3.Connection:
    """Open a database file as the application does, making it if it is missing.

    Rows are dicts, foreign keys are enforced, transactions begin and end explicitly; a lock
    is waited for up to `seconds`.
    """
    connection = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    try:
        connection.row_factory = _as_dict
        # SQLite does not wait for its turn to switch: whoever comes second leaves it to the first.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


@singledispatch
def stored(value: object) -> object:
    """Return a value as SQLite keeps it."""
    return value


stored.register(datetime, types.timestamp.stored)
stored.register(date, types.date.stored)
stored.register(bool, types.boolean.stored)
stored.register(Json, types.json.stored)


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
