"""The target before and around a copy: nobody else at work, every table there and empty."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from migration.copy import quarantine
from migration.copy.errors import CopyBusy, TargetNotEmpty, TargetNotReady
from migration.copy.ledger import Ledger, Stage
from migration.copy.work import Work
from migration.db import PgConnection, PgError, reading_ends
from migration.schema.ddl import qualified, render_removal
from migration.schema.model import Schema

# A killed copy's connection ends within this time, unless it is making a large index.
_PATIENCE = "3s"
_LOCK = "hashtextextended('migration: copy into ' || %s, 0)"


@contextmanager
def only_copy(pg: PgConnection, schema: str) -> Iterator[None]:
    """Be the only copy into a schema; raises CopyBusy when another is at work."""
    with pg.transaction():
        pg.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        try:
            pg.execute(f"SELECT pg_advisory_lock({_LOCK})", [schema])
        except PgError as error:
            if error.sqlstate != "55P03":
                raise
            raise CopyBusy(
                f"copy the rows of {schema}",
                "another copy into it is at work",
                "wait until it has ended; it holds an advisory lock, see pg_locks",
            ) from None
    try:
        yield
    finally:
        # A connection that is gone holds no lock.
        with suppress(PgError):
            pg.execute(f"SELECT pg_advisory_unlock({_LOCK})", [schema])


@contextmanager
def session(pg: PgConnection) -> Iterator[None]:
    """Set the connection for loading, and back again.

    A commit need not wait for the disk, but for the last one of a copy: rows and ledger are lost
    together or not at all.
    """
    settings = {
        "synchronous_commit": "off",
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "0",
        "client_connection_check_interval": "1s",
    }
    query = (
        "SELECT name, setting, set_config(name, given, false) FROM unnest(%s::text[], %s::text[])"
        " AS wanted (name, given) JOIN pg_settings USING (name)"
    )
    before = pg.execute(query, [list(settings), list(settings.values())]).fetchall()
    try:
        with reading_ends():
            yield
    finally:
        with suppress(PgError):
            names, values = [row[0] for row in before], [row[1] for row in before]
            pg.execute(query, [names, values])


def claim(work: Work) -> None:
    """Lock every table, refuse one that is missing or holds rows, remove keys and indexes."""
    model, what = work.model, f"copy the rows of {work.model.name}"
    names = [plan.target for plan in work.plans]
    missing = work.pg.execute(
        "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NULL", [names]
    ).fetchall()
    if missing:
        raise TargetNotReady(
            what,
            f"the target has no table {', '.join(name for (name,) in missing)}",
            "run the schema step first",
        )
    if names:
        work.run(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
    filled = _filled(work.pg, names)
    if filled:
        raise TargetNotEmpty(
            what,
            f"the target already holds rows in {', '.join(filled)}",
            "name a new database as the target, or empty these tables yourself",
        )
    work.run(render_removal(model))
    quarantine.forget(work.pg, model.name)


def existing(pg: PgConnection, model: Schema) -> list[str]:
    """Return the quoted names of the model's tables that are there. Writes nothing."""
    names = [qualified(model, table.name) for table in model.tables]
    query = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL"
    return [name for (name,) in pg.execute(query, [names]).fetchall()]


def holds_rows(pg: PgConnection, model: Schema) -> list[str]:
    """Return the tables that hold rows, of those that are there. Writes nothing."""
    return _filled(pg, existing(pg, model))


def is_unfinished(pg: PgConnection, model: Schema) -> bool:
    """Say whether a copy was begun that can go on. Writes nothing."""
    begun = Ledger(pg, model.name).begun()
    return begun is not None and begun.stage is not Stage.PROVED


def empty(pg: PgConnection, model: Schema) -> None:
    """Remove every row of the model's tables, and what is known of an earlier copy."""
    names = existing(pg, model)
    with pg.transaction():
        if names:
            pg.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY".encode())
        Ledger(pg, model.name).forget()
        quarantine.forget(pg, model.name)


def _filled(pg: PgConnection, names: Sequence[str]) -> list[str]:
    """Return those of the tables that hold rows."""
    queries = [f"SELECT {n} WHERE EXISTS (SELECT FROM {name})" for n, name in enumerate(names)]
    query = " UNION ALL ".join(queries)
    return [names[n] for (n,) in pg.execute(query.encode()).fetchall()] if query else []
