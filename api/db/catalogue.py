"""What the schema says about its own tables, read from the DDL (`schema/`).

For code that treats all tables alike, such as the export and the erasure of an account
(`api/personal_data.py`) and the upgrade of old files (`upgrade/`). It never looks at a database
in use.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache

from api.db.schema import create_schema


@dataclass(frozen=True)
class Column:
    """A column: its declared type, and the `table.column` that it refers to, if any.

    `default` is the SQL text of the default value.
    """

    name: str
    declared: str
    refers_to: str | None
    required: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Table:
    """A table with its columns and the names of those that make up the primary key."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


@cache
def tables(logical: str) -> tuple[Table, ...]:
    """Return the tables of one logical database, by name."""
    with closing(sqlite3.connect(":memory:")) as connection:
        create_schema(connection, logical)
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        )
        return tuple(_table(connection, name) for (name,) in names.fetchall())


def _table(connection: sqlite3.Connection, name: str) -> Table:
    keys = connection.execute(
        'SELECT "from", "table" || \'.\' || "to" FROM pragma_foreign_key_list(?)', (name,)
    )
    refers_to = dict(keys.fetchall())
    rows = connection.execute(
        'SELECT name, type, pk, "notnull", dflt_value FROM pragma_table_info(?) ORDER BY cid',
        (name,),
    ).fetchall()
    columns = tuple(
        Column(column, type_, refers_to.get(column), bool(required), default)
        for column, type_, _, required, default in rows
    )
    key = sorted((position, column) for column, _, position, *_ in rows if position)
    return Table(name, columns, tuple(column for _, column in key))
