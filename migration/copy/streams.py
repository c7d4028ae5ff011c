"""Loading over several pairs of connections at once, each on ranges of its own.

One stream fails and all stop; what is written down by then stays.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from operator import itemgetter
from queue import Empty, SimpleQueue
from threading import Event
from typing import TypeAlias

from migration.copy import native, target
from migration.copy.chunks import Reader
from migration.copy.ledger import Ledger
from migration.copy.load import Loader
from migration.copy.plan import Range, TablePlan, gaps
from migration.copy.work import Watch, Work
from migration.db import SqliteConnection, open_another
from migration.schema.model import quote
from migration.source.snapshot import Source

Sources: TypeAlias = Sequence[Source[native.Connection]]
Unit: TypeAlias = tuple[TablePlan, Range]

MOST_STREAMS = 4
# Few pieces, because the server takes other pages into its cache for each of them.
_PIECES_PER_STREAM = 2
_LEAST_IN_A_PIECE = 1_000


class Stopped(Exception):
    """Another stream has failed, or somebody ended the copy."""


def usual_streams(*, compiled: bool) -> int:
    """Return how many streams keep this machine busy: one may wait while every core has another.

    In Python alone a second stream would wait for the first most of the time.
    """
    return min((os.cpu_count() or 1) + 1, MOST_STREAMS) if compiled else 1


def load_missing(work: Work, ledger: Ledger, sources: Sources, watch: Watch) -> None:
    """Bring what the ledger does not have yet, over as many streams as there are sources."""
    with ExitStack() as stack:
        connections = [work.pg]
        for _ in sources[1:]:
            connections.append(stack.enter_context(open_another(work.pg)))
            stack.enter_context(target.session(connections[-1]))
        loaders = [
            Loader(
                Reader(source.sqlite, work.policies, source.beside),
                pg,
                work.policies,
                ledger,
                watch.told,
            )
            for source, pg in zip(sources, connections, strict=True)
        ]
        _run(loaders, _units(work, ledger, len(loaders)))


def _units(work: Work, ledger: Ledger, streams: int) -> Sequence[Unit]:
    """Return the ranges to load, those of different tables in turn.

    Streams into one table wait for each other whenever the server makes it longer.
    """
    placed = []
    for number, plan in enumerate(work.plans):
        missing = gaps([chunk.part for chunk in ledger.chunks(plan.table.name)])
        pieces = [piece for part in missing for piece in _split(work.sqlite, (plan, part), streams)]
        placed += [((n + 1) / len(pieces), number, piece) for n, piece in enumerate(pieces)]
    return [piece for _, _, piece in sorted(placed, key=itemgetter(0, 1))]


def _run(loaders: Sequence[Loader], units: Iterable[Unit]) -> None:
    """Load every range, by whichever stream is free."""
    if len(loaders) == 1:
        for plan, part in units:
            loaders[0].load(plan, part)
        return
    waiting: SimpleQueue[Unit] = SimpleQueue()
    for unit in units:
        waiting.put(unit)
    stop = Event()
    with ThreadPoolExecutor(len(loaders), thread_name_prefix="copy") as pool:
        futures = [pool.submit(_stream, loader, waiting, stop) for loader in loaders]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    errors = [error for future in futures if (error := future.exception())]
    if errors:
        raise min(errors, key=lambda error: isinstance(error, Stopped))


def _split(sqlite: SqliteConnection, unit: Unit, streams: int) -> Iterator[Unit]:
    """Cut a range into pieces for several streams, where it is large and can be cut by numbers."""
    plan, part = unit
    if streams == 1:
        yield unit
        return
    first, last = _numbers(sqlite, plan, part) or (0, 0)
    pieces = max(1, min(streams * _PIECES_PER_STREAM, (last - first) // _LEAST_IN_A_PIECE))
    cuts = [(first + (last - first) * n // pieces,) for n in range(1, pieces)]
    for after, upto in zip([part.after, *cuts], [*cuts, part.upto], strict=True):
        yield plan, Range(after, upto)


def _numbers(sqlite: SqliteConnection, plan: TablePlan, part: Range) -> tuple[int, int] | None:
    if len(plan.position) != 1:
        return None
    (name,) = plan.position
    # Two queries: SQLite looks at the ends only when it is asked for one of them.
    first, last = (
        sqlite.execute(f"SELECT {end}({name}) FROM {quote(plan.table.source)}").fetchone()[0]
        for end in ("min", "max")
    )
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    after = part.after[0] if part.after else first - 1
    upto = part.upto[0] if part.upto else last
    return (after, upto) if after < upto else None


def _stream(loader: Loader, waiting: "SimpleQueue[Unit]", stop: Event) -> None:
    tell = loader.told

    def told(plan: TablePlan, rows: int) -> None:
        if stop.is_set():
            raise Stopped
        tell(plan, rows)

    loader = replace(loader, told=told)
    while not stop.is_set():
        try:
            unit = waiting.get_nowait()
        except Empty:
            return
        loader.load(*unit)
