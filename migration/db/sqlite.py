"""Opening SQLite files. The PostgreSQL counterpart is `postgres.py`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from migration.db.errors import CannotConnect

SqliteConnection = sqlite3.Connection
SqliteError = sqlite3.Error

BUSY_SECONDS = 10.0


def open_sqlite(path: Path, *, readonly: bool = True) -> SqliteConnection:
    """Open an existing file (or, when writing is allowed, a new one) in autocommit mode.

    A read-only connection cannot change the file and sees what other connections commit.
    Raises CannotConnect when there is no such file, or it is no database that SQLite can read.
    """
    mode = "ro" if readonly else "rwc"
    try:
        # Not `sqlite3.connect`: what the tool sends is no part of a recorded trace.
        connection = sqlite3.Connection(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()  # reads every declaration
    except sqlite3.Error as error:
        raise CannotConnect(
            what=f"cannot open the SQLite database {path}",
            why=str(error),
            remedy="check the path in migration.toml and the rights on file and folder",
        ) from error
    return connection


def scratch_sqlite() -> SqliteConnection:
    """Open an empty database in memory, which ends with its connection."""
    return sqlite3.Connection(":memory:", isolation_level=None)
