"""Opening PostgreSQL connections. The SQLite counterpart is `sqlite.py`; servers: `server.py`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import clear_frames
from typing import Any

import psycopg
from psycopg import conninfo, errors, sql

from migration.db.errors import CannotConnect
from migration.db.url import mask

PgConnection = psycopg.Connection[tuple[Any, ...]]
PgError = psycopg.Error
Rollback = psycopg.Rollback
"""Raised inside of a transaction to end it without keeping anything, and without an error."""

OUT_OF_RANGE = "22003"
"""SQLSTATE of a calculation beyond what its type holds."""
CONNECT_SECONDS = 10


class ToolCursor(psycopg.Cursor[Any]):
    """A cursor of the tool itself: what it sends is no part of a recorded trace."""


def open_postgres(url: str, *, schema: str | None = None, autocommit: bool = True) -> PgConnection:
    """Connect, with `schema` as the only place where unqualified names are looked up.

    Raises CannotConnect, which never shows the password.
    """
    try:
        connection = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            client_encoding="utf8",
            cursor_factory=ToolCursor,
        )
    except psycopg.Error as error:
        raise CannotConnect(
            what=f"cannot connect to {mask(url)}",
            why=str(error).strip(),
            remedy="check that the server runs and that the URL names its user and database",
        ) from error
    if schema is not None:
        path = sql.Identifier(schema).as_string(connection)
        connection.execute("SELECT set_config('search_path', %s, false)", [path])
    connection.autocommit = autocommit
    return connection


def open_another(connection: PgConnection) -> PgConnection:
    """Connect once more to where a connection leads."""
    return open_postgres(conninfo.make_conninfo(connection.info.dsn, **_secret(connection)))


def copied_out(copy: psycopg.Copy, trailer: bytes) -> Iterator[bytes]:
    """Yield the messages of a binary COPY TO STDOUT: one for each row, and the trailer.

    The first has the header before it. To wait for every row costs more than all that is done with
    a short one, so psycopg waits for one, and those that came with it are taken from libpq.
    Raises PgError when the server cannot go on.
    """
    libpq = copy.connection.pgconn
    yield bytes(copy.read())
    while message := bytes(copy.read()):
        while message:
            yield message
            if message == trailer:
                break  # What comes now is the end, which is psycopg's to see.
            size, arrived = libpq.get_copy_data(1)
            if size < 0:
                results = list(iter(libpq.get_result, None))
                raise errors.error_from_result(results[0])
            message = bytes(arrived)


@contextmanager
def reading_ends() -> Iterator[None]:
    """End what is still being read when an exception passes.

    A generator in the middle of a COPY holds psycopg's lock of the connection, and the exception
    holds the generator: without this, whoever ends the transaction waits for ever.
    """
    try:
        yield
    except BaseException as error:
        clear_frames(error.__traceback__)
        raise


def _secret(connection: PgConnection) -> dict[str, str]:
    # The dsn of a connection leaves the password out.
    return {"password": connection.info.password} if connection.info.password else {}


def connection_parts(url: str) -> dict[str, str]:
    """Return what the URL says of host, port, user, password, dbname and options."""
    return {
        name: str(value)
        for name, value in conninfo.conninfo_to_dict(url).items()
        if value is not None
    }
