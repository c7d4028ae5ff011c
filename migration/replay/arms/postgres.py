"""The PostgreSQL arm: one database cloned from a template, a schema per logical database.

A reset must leave what a fresh clone would show, physical order included: a missing ORDER BY has
to fail every time or never. Rolling back and plain DELETE do not have that quality.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from migration.compare.values import Scalar, canonical_copy_text, copy_fields
from migration.config import Config
from migration.db import PgConnection, PgError, open_postgres, search_path, url_with
from migration.db.clone import clone, drop
from migration.db.server import Server
from migration.replay.arms.base import Arm, IsolationBroken
from migration.replay.arms.postgres_catalogue import (
    Mark,
    PgTable,
    prepare_marks,
    read_marks,
    read_structure,
    read_tables,
    suspend_triggers,
)
from migration.replay.rows import Dump, ReadProtected, Shape, TableDump, canonical_row

# Rewriting one table takes about as long as truncating three.
REWRITE_COST = 3
ATTEMPTS = 5
LOCK_TIMEOUT = "2s"
SETTINGS = {
    "lock_timeout": LOCK_TIMEOUT,
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}


class PostgresArm(Arm):
    """A database of its own on the server, cloned from a sealed template."""

    engine = "postgres"
    _may_rewrite: bool
    _structure: str
    _extent: str
    _tables: dict[str, PgTable]
    _known: dict[str, tuple[Mark, TableDump]]

    def __init__(
        self,
        server: Server,
        template_db: str,
        worker_db: str,
        config: Config,
        read_protected: ReadProtected | None = None,
    ) -> None:
        self._server = server
        self._template_db = template_db
        self._database = worker_db
        self._config = config
        self._read_protected = read_protected
        self._connection: PgConnection | None = None
        self.renew()
        self.template = self.dump()

    def environment(self) -> dict[str, str]:
        """Return the environment names of the application with one URL for each schema."""
        url = self._server.url(self._database)
        return {
            logical.url_env: url_with(url, options=search_path(logical.schema))
            for logical in self._config.databases
        }

    def dump(self) -> Dump:
        """Read every committed row; a table whose row versions are all known is not read again."""
        extent, marks = read_marks(self._open(), self._config, self._extent)
        if extent != self._extent:
            self._prepare()
            extent, marks = read_marks(self._open(), self._config, extent)
        for table, mark in zip(self._tables.values(), marks, strict=True):
            known = self._known.get(table.shape.name)
            if known is None or known[0] != mark:
                self._known[table.shape.name] = mark, self._read(table, mark.next_id)
        self._extent = extent
        return Dump({name: self._known[name][1] for name in self._tables}, extent)

    def reset(self, dirty: Collection[str]) -> None:
        """Bring these tables back by TRUNCATE or a rewrite and COPY, or everything by a clone."""
        changed = read_structure(self._open()) != self._structure
        if changed or (dirty and not self._may_rewrite):
            self.renew()
        elif dirty:
            try:
                self._bring_back(dirty)
            except PgError as error:
                raise self._broken(error) from error

    def renew(self) -> None:
        """Drop the database, whoever is connected, and clone the template."""
        self.close()
        clone(self._server, template=self._template_db, name=self._database)
        self._connection = open_postgres(self._server.url(self._database))
        for name, value in SETTINGS.items():
            self._connection.execute("SELECT set_config(%s, %s, false)", [name, value])
        self._may_rewrite = suspend_triggers(self._connection)
        self._structure = read_structure(self._connection)
        self._prepare()
        self._extent, _ = read_marks(self._connection, self._config, "")

    def close(self, *, keep: bool = False) -> None:
        """Close the connection and, unless it is to be kept, drop the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if not keep:
            drop(self._server, self._database)

    def _prepare(self) -> None:
        """Learn the tables that are there now; nothing is known of their rows."""
        self._tables = {t.shape.name: t for t in read_tables(self._open(), self._config)}
        self._known = {}
        prepare_marks(self._open(), self._tables.values())

    def _bring_back(self, dirty: Collection[str]) -> None:
        rewritten = {name for name in dirty if len(self._closure([name])) > REWRITE_COST}
        truncated = self._closure(set(dirty) - rewritten)
        if rewritten and not self._empty(rewritten):
            self.renew()
            return
        with self._open().transaction():
            if rewritten:
                self._forget_statistics(rewritten)
            if truncated:
                self._truncate(truncated)
            self._fill(rewritten | truncated)

    def _closure(self, names: Collection[str]) -> set[str]:
        """Return the tables and all that refer to them, which TRUNCATE wants to be named."""
        closure, pending = set(names), list(names)
        while pending:
            found = self._tables[pending.pop()].referrers - closure
            closure |= found
            pending += found
        return closure

    def _truncate(self, names: Collection[str]) -> None:
        self._open().execute("TRUNCATE " + ", ".join(self._tables[name].sql for name in names))

    def _empty(self, names: Collection[str]) -> bool:
        """Do what TRUNCATE does, without the tables that refer to these; say whether it worked.

        VACUUM FULL gives an emptied table new files, so no freed place is there to be reused. While
        a session anywhere on the server is just connecting, it keeps the deleted rows for it.
        """
        tables = [self._tables[name] for name in names]
        for table in tables:
            self._open().execute(f"DELETE FROM {table.sql}")
        vacuum = "VACUUM (FULL) " + ", ".join(table.sql for table in tables)
        sizes = "SELECT sum(pg_relation_size(oid)) FROM unnest(%s::oid[]) AS oid"
        for _ in range(ATTEMPTS):
            self._open().execute(vacuum)
            if self._open().execute(sizes, [[t.oid for t in tables]]).fetchone() == (0,):
                return True
        return False

    def _forget_statistics(self, names: Collection[str]) -> None:
        """Leave the planner the numbers that TRUNCATE leaves, so that it makes the same plans."""
        oids = [self._tables[name].oid for name in names]
        self._open().execute(
            "UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE oid = ANY (%(oids)s::oid[])"
            " OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY (%(oids)s::oid[]))",
            {"oids": oids},
        )

    def _fill(self, names: Collection[str]) -> None:
        for name in names:
            table, template = self._tables[name], self.template.tables[name]
            command = f"COPY {table.sql} ({table.columns}) FROM STDIN"
            with self._open().cursor().copy(command.encode()) as copy:
                copy.write(template.raw)
            if table.sequence is not None and template.next_id is not None:
                self._open().execute(
                    "SELECT setval(%s::regclass, %s, false)", [table.sequence, template.next_id]
                )

    def _read(self, table: PgTable, next_id: int | None) -> TableDump:
        command = f"COPY {table.sql} ({table.columns}) TO STDOUT"
        with self._open().cursor().copy(command.encode()) as copy:
            raw = b"".join(copy)
        read = partial(_read, raw, table.shape, self._read_protected)
        return TableDump(table.shape, raw, next_id, read)

    def _broken(self, error: PgError) -> IsolationBroken:
        holders = self._open().execute(
            "SELECT format('%s (process %s): %s', state, pid, query) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        seen = "\n".join(str(holder) for (holder,) in holders)
        self.renew()
        return IsolationBroken(
            what=f"the database {self._database} could not be reset",
            why=f"{error}\n{seen or 'no other connection is at work'}".strip(),
            remedy="let the application end each transaction before its answer is out",
        )

    def _open(self) -> PgConnection:
        if self._connection is None:
            raise RuntimeError(f"the arm on {self._database} has been closed")
        return self._connection


def _read(
    raw: bytes, shape: Shape, read_protected: ReadProtected | None
) -> list[tuple[Scalar, ...]]:
    return [
        canonical_row(copy_fields(line), shape, canonical_copy_text, read_protected)
        for line in raw.decode("utf-8").split("\n")[:-1]
    ]
