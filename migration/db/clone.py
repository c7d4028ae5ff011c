"""Databases on a server: created, sealed as templates, cloned, dropped. Servers: `server.py`."""

from __future__ import annotations

import secrets
from typing import LiteralString

from psycopg import sql

from migration.db.server import Server

# Bytes order text on every machine alike, and as SQLite does.
COLLATION = "C"


def fresh_name(purpose: str) -> str:
    """Return a database name that no other run has taken."""
    return f"{purpose}_{secrets.token_hex(5)}"


def create_database(server: Server, name: str) -> None:
    """Create an empty UTF-8 database with the pinned collation."""
    _execute(
        server,
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE {collation}",
        name=sql.Identifier(name),
        collation=sql.Literal(COLLATION),
    )


def seal(server: Server, name: str) -> None:
    """Refuse every further connection to a finished template, so that cloning never waits."""
    _execute(
        server,
        "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true",
        name=sql.Identifier(name),
    )


def is_sealed(server: Server, name: str) -> bool:
    """Say whether there is such a template and it is finished."""
    with server.connect() as connection:
        row = connection.execute(
            "SELECT NOT datallowconn FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
    return row is not None and bool(row[0])


def clone(server: Server, *, template: str, name: str) -> None:
    """Create a database as a copy of the template's files."""
    _execute(
        server,
        "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY",
        name=sql.Identifier(name),
        template=sql.Identifier(template),
    )


def drop(server: Server, name: str) -> None:
    """Drop a database or template, ending its connections; one that is not there is fine."""
    if is_sealed(server, name):
        _execute(server, "ALTER DATABASE {name} WITH IS_TEMPLATE false", name=sql.Identifier(name))
    _execute(server, "DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=sql.Identifier(name))


def _execute(server: Server, text: LiteralString, **names: sql.Composable) -> None:
    with server.connect() as connection:
        connection.execute(sql.SQL(text).format(**names))
