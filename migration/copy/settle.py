"""Bringing loaded tables to their end: bad references out, keys and indexes in, sequences set.

All of it happens in one transaction of whoever calls. The rows come before, by `load`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from migration.copy import quarantine
from migration.copy.chunks import BadRow
from migration.copy.errors import RowsRejected
from migration.copy.integrity import Standing, duplicates, orphans
from migration.copy.pack import Fault
from migration.copy.plan import Range, TablePlan
from migration.copy.readback import escaped, read_back
from migration.copy.report import CopyReport, TableCopied
from migration.copy.rows import row_key
from migration.copy.sequences import set_sequences
from migration.copy.work import Work
from migration.policies import QUARANTINE
from migration.schema.ddl import render_keys, render_references, render_triggers

Finder: TypeAlias = Callable[..., Iterator[Standing]]

_SHOWN = 1000
_PLACES_AT_ONCE = 1000


def settle(work: Work) -> CopyReport:
    """Take out what breaks a key, make keys, indexes and references, set the sequences.

    Raises RowsRejected when a row had to stay behind that nobody allowed to.
    """
    _take_out_broken(work)
    pg, schema = work.pg, work.model.name
    if quarantine.forbidden(pg, schema):
        rejected = quarantine.rejected(pg, schema, limit=_SHOWN)
        raise RowsRejected(schema, rejected, quarantine.count(pg, schema))
    work.run(render_keys(work.model))
    work.run(render_references(work.model))
    # Not before, because COPY would start them.
    work.run(render_triggers(work.model))
    sequences = tuple(set_sequences(work.sqlite, pg, work.model))
    if work.plans:
        work.run(f"ANALYZE {', '.join(plan.target for plan in work.plans)}")
    return replace(report(work), sequences=sequences)


def report(work: Work) -> CopyReport:
    """Count what is in the target, and what stayed behind. Writes nothing."""
    pg, schema = work.pg, work.model.name
    left_behind = quarantine.rows(pg, schema)
    tables = tuple(
        TableCopied(name, count, left_behind.get(name, 0)) for name, count in _counts(work)
    )
    return CopyReport(schema, tables, (), quarantine.rejected(pg, schema, limit=_SHOWN))


def _take_out_broken(work: Work) -> None:
    """Move what breaks a key or a reference into quarantine, until nothing does."""
    for find in (duplicates, orphans):
        # A row that is taken out leaves others without the row they refer to.
        while _round(work, find):
            pass


def _round(work: Work, find: Finder) -> bool:
    """Take out what is found in one look at every table; say whether to look again."""
    found = [
        (plan, list(find(work.pg, work.model, plan, _mended(work, plan)))) for plan in work.plans
    ]
    allowed = [_take_out(work, plan, standing) for plan, standing in found if standing]
    return bool(allowed) and all(allowed)


def _mended(work: Work, plan: TablePlan) -> frozenset[str]:
    return frozenset(
        column.name
        for column in plan.columns
        if work.policies.of(plan.table.source, column.source).rules
    )


def _take_out(work: Work, plan: TablePlan, standing: Sequence[Standing]) -> bool:
    """Move rows into quarantine as the source holds them; say whether all were allowed to."""
    faults: dict[str, list[Fault]] = {}
    for one in standing:
        ending = work.policies.ending(plan.table.source, one.columns)
        fault = Fault(", ".join(one.columns), one.reason, ending)
        faults.setdefault(one.place, []).append(fault)
    places = list(faults)
    for at in range(0, len(places), _PLACES_AT_ONCE):
        chosen = places[at : at + _PLACES_AT_ONCE]
        removed = list(zip(_removed(work, plan, chosen), map(faults.get, chosen), strict=True))
        quarantine.keep(work.pg, plan, _in_source(work, plan, removed))
    return all(fault.ending == QUARANTINE for found in faults.values() for fault in found)


def _removed(work: Work, plan: TablePlan, places: Sequence[str]) -> list[bytes]:
    """Delete rows of the target and return their bytes, in the order of the places."""
    clauses = (
        " JOIN unnest(%s::tid[]) WITH ORDINALITY AS chosen (place, number)"
        " ON mine.ctid = place ORDER BY number"
    )
    rows = list(read_back(work.pg, plan, clauses, [list(places)]))
    query = f"DELETE FROM {escaped(plan.target, places)} WHERE ctid = ANY (%s::tid[])"
    work.pg.execute(query.encode(), [list(places)])
    return rows


def _in_source(
    work: Work, plan: TablePlan, removed: Sequence[tuple[bytes, Sequence[Fault] | None]]
) -> Iterator[BadRow]:
    """Yield the rows of the source that were sent as these bytes."""
    wanted: dict[bytes, list[Sequence[Fault]]] = {}
    for packed, faults in removed:
        wanted.setdefault(packed, []).append(faults or ())
    for block in work.reader.blocks(plan, Range()):
        for row, packed in zip(block.rows, block.packed, strict=True):
            if found := wanted.get(packed):
                yield BadRow(row_key(plan, row), row[plan.hidden :], found.pop())


def _counts(work: Work) -> Iterator[tuple[str, int]]:
    queries = [f"SELECT {n}, count(*) FROM {plan.target}" for n, plan in enumerate(work.plans)]
    query = " UNION ALL ".join(queries)
    for number, count in work.pg.execute(query.encode()).fetchall() if query else ():
        yield work.plans[number].table.name, count
