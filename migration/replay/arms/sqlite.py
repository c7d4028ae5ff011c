"""The SQLite arm: one file per logical database, replaced by the template's when it was written."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from functools import partial
from pathlib import Path

from migration.compare.values import Scalar, canonical_sqlite, sqlite_type
from migration.config import Config, LogicalDatabase
from migration.db import SqliteConnection, open_sqlite
from migration.replay.arms.base import Arm
from migration.replay.rows import (
    Column,
    Dump,
    ReadProtected,
    Shape,
    TableDump,
    canonical_row,
)
from migration.schema.model import quote


class SqliteArm(Arm):
    """Copies of the template's files in a folder of its own."""

    engine = "sqlite"

    def __init__(
        self,
        template_folder: Path,
        work_folder: Path,
        config: Config,
        read_protected: ReadProtected | None = None,
    ) -> None:
        work_folder.mkdir(parents=True, exist_ok=True)
        self._config = config
        self._files = {
            logical.name: _File(
                logical,
                template=template_folder / f"{logical.name}.db",
                path=work_folder / f"{logical.name}.db",
                read_protected=read_protected,
            )
            for logical in config.databases
        }
        self.template = self.dump()

    def environment(self) -> dict[str, str]:
        """Return the environment names of the application with the paths of the files."""
        return {
            logical.url_env: str(self._files[logical.name].path)
            for logical in self._config.databases
        }

    def dump(self) -> Dump:
        """Read every committed row; a file that nobody wrote to is not read again."""
        tables: dict[str, TableDump] = {}
        for file in self._files.values():
            tables |= file.dump()
        extent = " ".join(f"{name}:{file.cookie()}" for name, file in self._files.items())
        return Dump(tables, extent)

    def reset(self, dirty: Collection[str]) -> None:
        """Replace the files of these tables, and those whose structure changed."""
        named = {table.partition(".")[0] for table in dirty}
        for name, file in self._files.items():
            if name in named or file.cookie() != file.template_cookie:
                file.replace()

    def renew(self) -> None:
        """Replace every file."""
        for file in self._files.values():
            file.replace()

    def close(self) -> None:
        """Close the connections; the files stay in the folder of whoever made it."""
        for file in self._files.values():
            file.close()


class _File:
    """One logical database in its file."""

    def __init__(
        self,
        logical: LogicalDatabase,
        *,
        template: Path,
        path: Path,
        read_protected: ReadProtected | None,
    ) -> None:
        self.path = path
        self._logical = logical
        self._template = template
        self._read_protected = read_protected
        self._connection: SqliteConnection | None = None
        self._shapes: list[Shape] = []
        self._shapes_of: int | None = None
        self._unnumbered: frozenset[str] = frozenset()
        self._dump: dict[str, TableDump] = {}
        self._seen: tuple[int, int] | None = None
        self.replace()
        self.template_cookie = self.cookie()

    def replace(self) -> None:
        """Put the template's file in place; what others have open is no longer this file."""
        self.close()
        for remains in ("-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + remains).unlink(missing_ok=True)
        fresh = self.path.with_name(self.path.name + ".fresh")
        shutil.copyfile(self._template, fresh)
        fresh.replace(self.path)
        self._connection = open_sqlite(self.path)
        self._seen = None

    def cookie(self) -> int:
        """Return SQLite's own count of changes to the structure."""
        return self._pragma("schema_version")

    def dump(self) -> dict[str, TableDump]:
        """Read every table in one transaction, unless no other connection has committed since."""
        connection = self._open()
        connection.execute("BEGIN")
        try:
            version, cookie = self._pragma("data_version"), self.cookie()
            if cookie != self._shapes_of:
                self._shapes, self._shapes_of = _shapes(connection, self._logical), cookie
                self._unnumbered = _without_rowid(connection)
            if (version, cookie) != self._seen:
                next_ids = _next_ids(connection)
                self._dump = {s.name: self._table(s, next_ids) for s in self._shapes}
                self._seen = version, cookie
        finally:
            connection.execute("COMMIT")
        return self._dump

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _table(self, shape: Shape, next_ids: dict[str, int]) -> TableDump:
        table = shape.name.partition(".")[2]
        columns = ", ".join(quote(column.name) for column in shape.columns)
        order = ", ".join(map(quote, shape.key)) if table in self._unnumbered else "rowid"
        rows = (
            self._open()
            .execute(f"SELECT {columns} FROM {quote(table)} ORDER BY {order}")
            .fetchall()
        )
        read = partial(_read, rows, shape, self._read_protected)
        # repr tells 1, 1.0 and '1' apart, which comparing the rows would not.
        return TableDump(
            shape, repr(rows).encode("utf-8", "surrogatepass"), next_ids.get(table), read
        )

    def _open(self) -> SqliteConnection:
        if self._connection is None:
            raise RuntimeError(f"{self.path} has been closed")
        return self._connection

    def _pragma(self, name: str) -> int:
        return int(self._open().execute(f"PRAGMA {name}").fetchone()[0])


def _read(
    rows: Iterable[tuple[object, ...]], shape: Shape, read_protected: ReadProtected | None
) -> list[tuple[Scalar, ...]]:
    return [canonical_row(row, shape, canonical_sqlite, read_protected) for row in rows]


def _shapes(connection: SqliteConnection, logical: LogicalDatabase) -> list[Shape]:
    tables = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    return [_shape(connection, logical, name, sql) for name, sql in tables]


def _shape(connection: SqliteConnection, logical: LogicalDatabase, table: str, sql: str) -> Shape:
    columns = connection.execute(f"PRAGMA table_info({quote(table)})").fetchall()
    key = [name for _, name, *_, place in sorted(columns, key=lambda c: c[5]) if place]
    counted = "AUTOINCREMENT" in sql.upper() and len(key) == 1
    return Shape(
        name=f"{logical.name}.{table}",
        columns=tuple(
            Column(name, sqlite_type(declared), f"{table}.{name}" in logical.protected)
            for _, name, declared, *_ in columns
        ),
        key=tuple(key),
        identity=key[0] if counted else None,
    )


def _without_rowid(connection: SqliteConnection) -> frozenset[str]:
    """Return the tables whose rows lie in the order of their key, not of a hidden number."""
    return frozenset(
        name for _, name, _, _, without, _ in connection.execute("PRAGMA table_list") if without
    )


def _next_ids(connection: SqliteConnection) -> dict[str, int]:
    """Return what the AUTOINCREMENT tables that ever had a row hand out next."""
    if not connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"
    ).fetchone():
        return {}
    return {
        name: seq + 1 for name, seq in connection.execute("SELECT name, seq FROM sqlite_sequence")
    }
