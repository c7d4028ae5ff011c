"""A copy that can be ended at any moment, by anything, and goes on where it stopped.

What is written down in the ledger is in the target, and nothing else is. A copy goes on only from
the inputs from which it was begun: the same schema and decisions, and a source that still holds
the very rows that were copied from it.
"""

import hashlib
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from threading import Event, current_thread, main_thread
from types import FrameType

from migration.copy import native, quarantine, target
from migration.copy.errors import BegunOtherwise, CopyDiffers, CopyInterrupted, RowsRejected
from migration.copy.ledger import Begun, Ledger, Stage, changed
from migration.copy.proof import as_sent, changed_since, differences
from migration.copy.report import CopyReport
from migration.copy.settle import report, settle
from migration.copy.streams import Sources, load_missing, usual_streams
from migration.copy.telling import telling
from migration.copy.work import Watch, Work, plan_work
from migration.db import PgConnection, SqliteConnection, open_another
from migration.policies import UNDECIDED, Policies
from migration.progress import Progress, silent
from migration.schema.ddl import render_keys, render_references, render_triggers
from migration.schema.model import Schema
from migration.source.snapshot import (
    commits_seen,
    fingerprint,
    same_snapshots,
    watching,
)

# To be raised when other bytes would be sent for the same rows.
_PACKING = "1"
_SHOWN = 20
_GO_ON = "remove the cause and run the same command again: it goes on where it stopped"
_ANEW = "bring back what it was begun from, or begin anew in an emptied target (`--replace`)"


def copy_resumably(
    sqlite: SqliteConnection,
    pg: PgConnection,
    model: Schema,
    *,
    policies: Policies = UNDECIDED,
    progress: Progress = silent,
    streams: int | None = None,
) -> CopyReport:
    """Copy every row into the tables of the model, and prove that they hold what was sent.

    Begins in empty tables, or goes on with what an earlier call left unfinished. Raises what
    `copy_database` raises, and BegunOtherwise, CopyInterrupted or CopyDiffers.
    """
    ledger, told = Ledger(pg, model.name), Watch(progress)
    with (
        telling(f"copy the rows of {model.name}", _GO_ON),
        _interruptible(pg, model),
        target.only_copy(pg, model.name),
        target.session(pg),
        watching(sqlite) as watch,
    ):
        before, looked = watch and commits_seen(watch), fingerprint(sqlite)
        more = (streams or usual_streams(compiled=native.is_built())) - 1
        with same_snapshots(sqlite, more, native.connect) as sources:
            source = looked if fingerprint(sqlite) == looked else ""
            work = plan_work(sqlite, pg, model, policies)
            done = _copy(work, ledger, sources, source, told)
        return replace(done, written_meanwhile=(watch and commits_seen(watch)) != before)


@contextmanager
def _interruptible(pg: PgConnection, model: Schema) -> Iterator[None]:
    """Say what is in place when somebody ends the copy."""
    try:
        yield
    except KeyboardInterrupt:
        # The connection may still be in the middle of something.
        with open_another(pg) as looking:
            rows = sum(Ledger(looking, model.name).rows().values())
        raise CopyInterrupted(
            f"copy the rows of {model.name}",
            f"it was interrupted; {rows} rows are in place and stay there",
            "run the same command again: it goes on",
        ) from None


@contextmanager
def _between_chunks(interrupted: Event) -> Iterator[None]:
    """Let ctrl-C take effect between two chunks, where nothing is half sent; twice, at once."""
    if current_thread() is not main_thread():
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        interrupted.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask) or signal.SIG_DFL
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _copy(
    work: Work,
    ledger: Ledger,
    sources: Sources,
    source: str,
    watch: Watch,
) -> CopyReport:
    if _begin(work, ledger, source) is Stage.LOADING:
        watch.expect(work, ledger.rows())
        with _between_chunks(watch.interrupted):
            load_missing(work, ledger, sources, watch)
            proved = as_sent(work, ledger, watch.again())
        done = _settle(work, ledger)
    else:
        proved, done = frozenset(), report(work)
    _prove(work, ledger, proved)
    return done


def _begin(work: Work, ledger: Ledger, source: str) -> Stage:
    """Begin, or find out how far an unfinished copy is, if it can go on."""
    begun = ledger.begun()
    if begun is None or begun.stage is Stage.PROVED:
        with work.pg.transaction():
            target.claim(work)
            quarantine.create(work.pg)
            ledger.forget()
            ledger.begin(_inputs(work), source)
        return Stage.LOADING
    _assert_same(work, begun)
    if not source or begun.source != source:
        _assert_same_rows(work, ledger)
        ledger.saw(source)
    return begun.stage


def _inputs(work: Work) -> Mapping[str, str]:
    return {
        "the schema": _digest(work.model),
        "the decisions in migration.toml": _digest(work.policies),
        "the way rows are packed": _PACKING,
    }


def _digest(value: object) -> str:
    return hashlib.blake2b(repr(value).encode(errors="surrogateescape"), digest_size=16).hexdigest()


def _assert_same(work: Work, begun: Begun) -> None:
    names = changed(_inputs(work), begun)
    if names:
        raise BegunOtherwise(
            f"go on with the unfinished copy into {work.model.name}",
            f"it was begun otherwise: {', '.join(names)} changed since",
            _ANEW,
        )


def _assert_same_rows(work: Work, ledger: Ledger) -> None:
    for plan in work.plans:
        chunk = changed_since(work, plan, ledger.chunks(plan.table.name))
        if chunk:
            raise BegunOtherwise(
                f"go on with the unfinished copy into {work.model.name}",
                f"the source was written to since: {plan.table.name} no longer holds the rows"
                f" that were copied {chunk.part}",
                _ANEW,
            )


def _settle(work: Work, ledger: Ledger) -> CopyReport:
    """Settle in one transaction; when rows are rejected, leave the target as it was before."""
    try:
        with work.pg.transaction():
            done = settle(work)
            ledger.reached(Stage.KEYED)
            return done
    except RowsRejected:
        with work.pg.transaction():
            target.empty(work.pg, work.model)
            work.run(render_keys(work.model))
            work.run(render_references(work.model))
            work.run(render_triggers(work.model))
        raise


def _prove(work: Work, ledger: Ledger, proved: frozenset[str]) -> None:
    """Go through what was not read back as it was sent: rows may be gone since, or stand apart."""
    found = list(islice(differences(work, ledger, proved), _SHOWN))
    if found:
        raise CopyDiffers(
            f"prove that {work.model.name} holds what was sent",
            "what was read back differs:\n    " + "\n    ".join(map(str, found)),
            "find out who else writes to the target, then begin anew (`--replace`)",
        )
    with work.pg.transaction():
        # Whoever is told that everything arrived must be able to rely on it after a crash.
        work.run("SET LOCAL synchronous_commit = on")
        ledger.reached(Stage.PROVED)
