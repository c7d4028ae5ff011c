"""Statements seen at the driver boundary: what an application really sends, on either engine.

`install()` goes between application and drivers once per process; from then on a statement costs
one look at an empty list unless somebody is `recording()`. The tool's own connections
(`sqlite.py`, `postgres.py`) are never part of a recording.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import PurePath
from typing import Any, Literal, Self, TypeVar

import psycopg
from psycopg import sql as psycopg_sql

from migration.db.postgres import ToolCursor

Engine = Literal["sqlite", "postgres"]
C = TypeVar("C", bound=sqlite3.Cursor)

_connect = sqlite3.connect
# The drivers are process-wide, and so is who listens to them.
_recordings: list[list[Statement]] = []


@dataclass(frozen=True)
class Statement:
    """One call of the driver. `database` is the file's stem, or the schema, or the database.

    `params` are as the application gave them; `rows` is None where the driver does not count.
    """

    engine: Engine
    database: str
    sql: str
    params: Any
    rows: int | None
    error: str | None


@contextmanager
def recording() -> Iterator[list[Statement]]:
    """Collect what every thread of this process sends until the block ends, in order."""
    statements: list[Statement] = []
    _recordings.append(statements)
    try:
        yield statements
    finally:
        # By identity: two recordings without statements are equal.
        _recordings[:] = [other for other in _recordings if other is not statements]


def install() -> None:
    """Go between the application and both drivers; doing it again changes nothing.

    Connections opened earlier through sqlite3 are not seen.
    """
    if sqlite3.connect is not _connect:
        return
    sqlite3.connect = sqlite3.dbapi2.connect = _connect_traced
    for cursor in (psycopg.Cursor, psycopg.ServerCursor):
        for name in ("execute", "executemany", "copy", "stream"):
            if name in vars(cursor):
                setattr(cursor, name, _observing(vars(cursor)[name]))


def _connect_traced(*args: Any, **kwargs: Any) -> Any:
    """Stand in for `sqlite3.connect`, whose sixth parameter is the class of the connection."""
    if len(args) > 5:
        args = (*args[:5], _traced_connection(args[5]), *args[6:])
    else:
        kwargs["factory"] = _traced_connection(kwargs.get("factory", sqlite3.Connection))
    return _connect(*args, **kwargs)


class _TracedCursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        return _sqlite_call(self, super().execute, sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        return _sqlite_call(self, super().executemany, sql, parameters)

    def executescript(self, sql: str, /) -> Self:
        run = super().executescript
        return _sqlite_call(self, lambda script, _: run(script), sql, ())


class _TracedConnection(sqlite3.Connection):
    """A connection whose cursors tell; the driver's shortcuts would go past them."""

    def __init__(self, database: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(database, *args, **kwargs)
        self.traced_name = _file_stem(database)

    def cursor(self, factory: Any = sqlite3.Cursor) -> Any:
        return super().cursor(_traced_cursor(factory) if isinstance(factory, type) else factory)

    def _traced(self) -> _TracedCursor:
        cursor: _TracedCursor = _TracedConnection.cursor(self)
        return cursor

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return self._traced().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        return self._traced().executemany(sql, parameters)

    def executescript(self, sql: str, /) -> sqlite3.Cursor:
        return self._traced().executescript(sql)


@cache
def _traced_cursor(base: type) -> type:
    return _mixed(_TracedCursor, base)


@cache
def _traced_connection(base: type) -> type:
    return _mixed(_TracedConnection, base)


def _mixed(tracing: type, base: type) -> type:
    if issubclass(tracing, base):
        return tracing
    # The application's class first: what it overrides ends in ours.
    return type(f"Traced{base.__name__}", (base, tracing), {"__module__": __name__})


def _sqlite_call(cursor: C, call: Callable[[str, Any], Any], sql: str, params: Any) -> C:
    if not _recordings:
        call(sql, params)
        return cursor
    params = _kept(params)
    name = getattr(cursor.connection, "traced_name", "")
    try:
        call(sql, params)
    except sqlite3.Error as error:
        _record(Statement("sqlite", name, sql, params, None, str(error)))
        raise
    # Of a statement that gives rows back, sqlite3 counts only those that were fetched.
    rows = cursor.rowcount if cursor.description is None and cursor.rowcount >= 0 else None
    _record(Statement("sqlite", name, sql, params, rows, None))
    return cursor


def _observing(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method of psycopg's cursors that takes a query and its parameters."""

    @wraps(original)
    def observed(cursor: Any, query: Any, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not _recordings or isinstance(cursor, ToolCursor):
            return original(cursor, query, params, *args, **kwargs)
        params = _kept(params)
        text, name = _query_text(query, cursor), _schema_or_database(cursor.connection)
        try:
            result = original(cursor, query, params, *args, **kwargs)
        except psycopg.Error as error:
            _record(Statement("postgres", name, text, params, None, str(error)))
            raise
        rows = cursor.rowcount if cursor.rowcount >= 0 else None
        _record(Statement("postgres", name, text, params, rows, None))
        return result

    return observed


def _record(statement: Statement) -> None:
    for statements in _recordings:
        statements.append(statement)


def _kept(params: Any) -> Any:
    """Return parameters that stay as they are now; what can be read only once is read here."""
    if params is None or isinstance(params, str | bytes):
        return params
    if isinstance(params, Mapping):
        return dict(params)
    return params if isinstance(params, tuple) else list(params)


def _query_text(query: Any, cursor: Any) -> str:
    if isinstance(query, bytes):
        return query.decode(errors="replace")
    return query.as_string(cursor) if isinstance(query, psycopg_sql.Composable) else str(query)


def _file_stem(database: Any) -> str:
    text = database.decode(errors="replace") if isinstance(database, bytes) else str(database)
    return PurePath(text.removeprefix("file:").partition("?")[0]).stem


def _schema_or_database(connection: psycopg.Connection[Any]) -> str:
    # Servers from 18 on report the search path; before, only what was asked for is known.
    path = connection.info.parameter_status("search_path") or connection.info.options
    schema = re.search(r'^(?:.*search_path\s*=\s*)?(?:"([^"$]+)"|(\w+))', path) if path else None
    return (schema[1] or schema[2]) if schema else connection.info.dbname
