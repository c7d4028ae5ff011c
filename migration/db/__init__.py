"""The tool's side of the drivers: connections, servers, clones and the statement trace.

Only this package (and the application's own database package) imports `sqlite3` or `psycopg`;
everyone else is given a connection. One file per engine: `sqlite.py`, `postgres.py`. Servers:
`server.py`; databases on them: `clone.py`; statements seen at the driver boundary: `trace.py`.
"""

from migration.db.errors import CannotConnect
from migration.db.postgres import (
    OUT_OF_RANGE,
    PgConnection,
    PgError,
    Rollback,
    connection_parts,
    copied_out,
    open_another,
    open_postgres,
    reading_ends,
)
from migration.db.sqlite import SqliteConnection, SqliteError, open_sqlite, scratch_sqlite
from migration.db.url import mask, search_path, url_with

__all__ = [
    "OUT_OF_RANGE",
    "CannotConnect",
    "PgConnection",
    "PgError",
    "Rollback",
    "SqliteConnection",
    "SqliteError",
    "connection_parts",
    "copied_out",
    "mask",
    "open_another",
    "open_postgres",
    "open_sqlite",
    "reading_ends",
    "scratch_sqlite",
    "search_path",
    "url_with",
]
