"""Reading a SQLite file as of one moment, over one connection or over several.

Files are looked at with `stat` alone: to open and close a database file by other means would lift
the locks that SQLite holds on it for this process.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from migration.db import SqliteConnection, SqliteError, open_sqlite
from migration.errors import SourceError

_ATTEMPTS = 20
lossless_text = partial(str, encoding="utf-8", errors="surrogateescape")
"""A text factory that keeps bytes which are not UTF-8."""


@contextmanager
def snapshot(connection: SqliteConnection) -> Iterator[None]:
    """Read everything inside as of one moment, with the connection's own settings put aside."""
    text_factory, row_factory = connection.text_factory, connection.row_factory
    connection.text_factory, connection.row_factory = str, None
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
        yield
    finally:
        connection.rollback()
        connection.text_factory, connection.row_factory = text_factory, row_factory


class Beside(Protocol):
    """Another way of reading the same file."""

    def begin(self) -> None:
        """Read as of this moment from now on."""

    def end(self) -> None:
        """See what is there now again."""

    def close(self) -> None:
        """Let go of the file."""


BesideT = TypeVar("BesideT", bound=Beside)


@dataclass(frozen=True)
class Source(Generic[BesideT]):
    """A connection inside a snapshot, and where there is one the other way of reading it."""

    sqlite: SqliteConnection
    beside: BesideT | None


@contextmanager
def same_snapshots(
    connection: SqliteConnection, more: int, beside: Callable[[Path], BesideT | None]
) -> Iterator[tuple[Source[BesideT], ...]]:
    """Yield the connection and so many more, all of which see the same moment.

    `beside` opens the other way of reading. Raises SourceError when the file is written to all the
    time.
    """
    file = file_of(connection)
    if file is None:
        with snapshot(connection):
            yield (Source(connection, None),)
        return
    with ExitStack() as stack:
        watch, *others = [stack.enter_context(closing(open_sqlite(file))) for _ in range(more + 1)]
        sources = [Source(sqlite, beside(file)) for sqlite in (connection, *others)]
        for source in sources:
            if source.beside:
                stack.callback(source.beside.close)
        for _ in range(_ATTEMPTS):
            before = commits_seen(watch)
            with ExitStack() as reading:
                for source in sources:
                    reading.enter_context(snapshot(source.sqlite))
                    if source.beside:
                        source.beside.begin()
                        reading.callback(source.beside.end)
                if commits_seen(watch) == before:
                    yield tuple(sources)
                    return
    raise SourceError(
        f"reading {file.name} over several connections as of one moment",
        f"it was written to at each of {_ATTEMPTS} attempts",
        "copy at a quieter time",
    )


@contextmanager
def watching(connection: SqliteConnection) -> Iterator[SqliteConnection | None]:
    """Yield another connection to the file, for `commits_seen`; None where there is no file."""
    file = file_of(connection)
    if file is None:
        yield None
        return
    watch = open_sqlite(file)
    try:
        yield watch
    finally:
        watch.close()


def commits_seen(connection: SqliteConnection) -> int:
    """Return a number that changes when another connection commits to the file."""
    number: int = connection.execute("PRAGMA main.data_version").fetchone()[0]
    return number


def file_of(connection: SqliteConnection) -> Path | None:
    """Return the file of a connection, or None for a database in memory."""
    for _, name, file in connection.execute("PRAGMA database_list"):
        if name == "main" and file:
            return Path(file)
    return None


def fingerprint(connection: SqliteConnection) -> str:
    """Return what changes when the file is written to; empty for a database in memory."""
    file = file_of(connection)
    if file is None:
        return ""
    parts = [file, file.with_name(f"{file.name}-wal")]
    return " ".join(_stat(part) for part in parts)


def is_undecodable(error: SqliteError) -> bool:
    """Say whether a text could not be read because it is not UTF-8."""
    return "decode to UTF-8" in str(error)


def _stat(file: Path) -> str:
    try:
        found: Any = file.stat()
    except FileNotFoundError:
        return "-"
    return f"{found.st_size}:{found.st_mtime_ns}" if found.st_size else "-"
