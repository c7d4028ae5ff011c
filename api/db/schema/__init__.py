"""The schema of the three logical databases, as SQLite DDL grouped by domain.

This is the source of truth: the files under `postgres/` are generated from it.
`create_schema` is used by the first start of the application on SQLite
(`api/db/sqlite.py`) and by whoever builds a database from nothing.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 1
FOLDER = Path(__file__).parent


def create_schema(connection: sqlite3.Connection, logical: str) -> None:
    """Create every table and index of one logical database in an empty SQLite database.

    All or nothing, in a transaction of its own; the schema version ends up in
    `PRAGMA user_version`. Does nothing where there are tables already, so that two
    processes may start on one empty file.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        if is_empty(connection):
            for statement in statements(logical):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the schema version written in a SQLite database, 0 where none is."""
    return int(_value(connection, "PRAGMA user_version"))


def is_empty(connection: sqlite3.Connection) -> bool:
    """Tell whether a SQLite database holds nothing at all."""
    return not _value(connection, "SELECT count(*) FROM sqlite_master")


def statements(logical: str) -> Iterator[str]:
    """Yield the DDL statements of one logical database in order of creation."""
    files = sorted((FOLDER / logical).glob("*.sql"))
    if not files:
        raise LookupError(f"There is no schema for a database called {logical!r}.")
    for file in files:
        yield from _split(file.read_text(encoding="utf-8"))


def _value(connection: sqlite3.Connection, sql: str) -> Any:
    cursor = connection.cursor()
    cursor.row_factory = None  # the connection's own may build anything
    return cursor.execute(sql).fetchone()[0]


def _split(script: str) -> Iterator[str]:
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
