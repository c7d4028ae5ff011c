"""Moving the rows of a SQLite database into the tables that `migration.schema` made.

One snapshot of the source, one transaction on the target: a copy that is killed leaves the target
as it was, and can be run again. Keys, indexes and references are removed before the rows come and
made again after them. Whether both sides then hold the same is judged by `migration.compare`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal, TypeAlias

from migration.copy import quarantine
from migration.copy.errors import RowsRejected, TargetNotEmpty, TargetNotReady, TargetRefused
from migration.copy.integrity import duplicates, orphans
from migration.copy.load import Loaded, Progress, load
from migration.copy.report import CopyReport, Rejected, TableCopied
from migration.copy.sequences import set_sequences
from migration.db import PgConnection, PgError, SqliteConnection, SqliteError
from migration.errors import SourceError
from migration.schema.ddl import (
    qualified,
    render_keys,
    render_references,
    render_removal,
    render_triggers,
)
from migration.schema.model import Schema

__all__ = ["CopyReport", "Policy", "Progress", "Rejected", "copy_database"]

Policy: TypeAlias = Literal["fail", "quarantine"]


def _silent(table: str, done: int, total: int) -> None:
    """Report nothing."""


def copy_database(
    sqlite: SqliteConnection,
    pg: PgConnection,
    model: Schema,
    *,
    policy: Policy = "fail",
    progress: Progress = _silent,
) -> CopyReport:
    """Copy every row into the empty tables of the model, and set the sequences.

    Under `fail` one row that does not fit ends the copy, after all such rows were found; under
    `quarantine` they are kept in `migration.quarantine`, and so are the rows that refer to them.
    `progress` is called with table, rows done and rows in all. The role must own the tables.
    Raises TargetNotReady, TargetNotEmpty, RowsRejected, TargetRefused or SourceError.
    """
    with _telling(model), _snapshot(sqlite), pg.transaction():
        _claim(pg, model)
        _run(pg, render_removal(model))
        loaded = [load(sqlite, pg, model, table, progress) for table in model.tables]
        rejected = _settle(pg, model, loaded, policy)
        if rejected and policy == "fail":
            raise RowsRejected(model.name, rejected)
        _run(pg, render_keys(model))
        _run(pg, render_references(model))
        # Not before, because COPY would start them.
        _run(pg, render_triggers(model))
        sequences = tuple(set_sequences(sqlite, pg, model))
        tables = tuple(_counted(pg, model, table) for table in loaded)
    return CopyReport(model.name, tables, sequences, tuple(rejected))


@contextmanager
def _telling(model: Schema) -> Iterator[None]:
    """Name what failed; the server's details are left out, because they quote whole rows."""
    what = f"copy the rows of {model.name}"
    try:
        yield
    except PgError as error:
        why = error.diag.message_primary or str(error).strip()
        raise TargetRefused(
            what=what,
            why=f"{why} (table {error.diag.table_name})" if error.diag.table_name else why,
            remedy="the target is as it was before: remove the cause and run the copy again",
        ) from None
    except SqliteError as error:
        remedy = "check the file with PRAGMA integrity_check; the target is as it was before"
        raise SourceError(what=what, why=str(error), remedy=remedy) from error


@contextmanager
def _snapshot(sqlite: SqliteConnection) -> Iterator[None]:
    """Read everything inside as of one moment, and text that is no UTF-8 without loss."""
    text_factory = sqlite.text_factory
    sqlite.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    sqlite.execute("BEGIN")
    try:
        yield
    finally:
        sqlite.rollback()
        sqlite.text_factory = text_factory


def _run(pg: PgConnection, statements: str) -> None:
    pg.execute(statements.encode())


def _claim(pg: PgConnection, model: Schema) -> None:
    """Lock every table of the model, and refuse one that is missing or holds rows."""
    names = [qualified(model, table.name) for table in model.tables]
    found = pg.execute(
        "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NULL", [names]
    ).fetchall()
    if found:
        raise TargetNotReady(
            what=f"copy the rows of {model.name}",
            why=f"the target has no table {', '.join(name for (name,) in found)}",
            remedy="run the schema step first",
        )
    if names:
        _run(pg, f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
    filled = [name for name in names if _holds_rows(pg, name)]
    if filled:
        raise TargetNotEmpty(
            what=f"copy the rows of {model.name}",
            why=f"the target already holds rows in {', '.join(filled)}",
            remedy="name a new database as the target, or empty these tables yourself",
        )


def _holds_rows(pg: PgConnection, name: str) -> bool:
    return pg.execute(f"SELECT FROM {name} LIMIT 1".encode()).fetchone() is not None


def _settle(
    pg: PgConnection, model: Schema, loaded: list[Loaded], policy: Policy
) -> list[Rejected]:
    """Find every row that cannot stay; under `quarantine` move it there."""
    rejected = [r for done in loaded for row in done.left_behind for r in row.rejected]
    if policy == "quarantine":
        quarantine.create(pg)
        for done in loaded:
            quarantine.keep(pg, model, done.table, done.left_behind)
    for finder in (duplicates, orphans):
        # A row that is taken out leaves others without the row they refer to.
        while found := [(t, row) for t in model.tables for row in finder(pg, model, t)]:
            rejected += [row.rejected for _, row in found]
            if policy == "fail":
                break
            for table, row in found:
                quarantine.take_out(pg, model, table, row)
    return rejected


def _counted(pg: PgConnection, model: Schema, loaded: Loaded) -> TableCopied:
    name = qualified(model, loaded.table.name)
    row = pg.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()
    _run(pg, f"ANALYZE {name}")
    return TableCopied(loaded.table.name, loaded.rows_read, row[0] if row else 0)
