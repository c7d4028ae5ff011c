"""What the rows of a SQLite file are, as one digest a table; for telling whether copies are equal.

`values.py` and `profile.py` look at what single values are; this only says same or not the same.
"""

import hashlib

from migration.db import SqliteConnection
from migration.schema.model import quote


def content(connection: SqliteConnection) -> dict[str, str]:
    """Return table name to a digest of all rows, values and their storage classes told apart.

    Meant for a file and its copy: rows are taken in the order in which the file holds them.
    """
    names = connection.execute(
        # Virtual tables have no page of their own; their rows lie in tables of their module.
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name"
    ).fetchall()
    factory = connection.text_factory
    # Text that is no valid UTF-8 is compared too, and must not look like a blob.
    connection.text_factory = lambda raw: ("text", raw)
    try:
        return {name: _rows(connection, name) for (name,) in names}
    finally:
        connection.text_factory = factory


def _rows(connection: SqliteConnection, table: str) -> str:
    hashed = hashlib.sha256()
    for row in connection.execute(f"SELECT * FROM main.{quote(table)}"):
        hashed.update(repr(row).encode())
    return hashed.hexdigest()
