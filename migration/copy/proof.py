"""Proving that the target holds what was sent: every row read back, in the bytes of the wire.

The digests of the ledger were taken while loading, so the source is read again only where one
differs; then the rows and columns are named. What this proof shares with the packer, and might
therefore miss, is what `migration.compare` is for.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from xxhash import xxh64_intdigest

from migration.copy import quarantine
from migration.copy.chunks import added, digest
from migration.copy.ledger import Ledger, LoadedChunk
from migration.copy.plan import Range, TablePlan
from migration.copy.readback import fields, read_back, read_range
from migration.copy.rows import row_key
from migration.copy.work import Watch, Work
from migration.schema.model import LogicalType

Sent: TypeAlias = Iterable[tuple[str, bytes]]

_BUCKETS = 1 << 14
_TOLD_ROWS = 10_000
_BUCKETS_SHOWN = 64


@dataclass(frozen=True)
class RowDiffers:
    """A row that is not in the target as it was sent: which, and what of it."""

    table: str
    key: str
    what: str

    def __str__(self) -> str:
        """Return one line for a report."""
        return f"{self.table} ({self.key}): {self.what}"


def as_sent(work: Work, ledger: Ledger, watch: Watch) -> frozenset[str]:
    """Return the tables whose rows come back as they were sent. Writes nothing.

    They are read in the order of their storage, which is the quickest and needs no index.
    """
    proved = set()
    for plan in work.plans:
        sent = added(chunk.digest for chunk in ledger.chunks(plan.table.name))
        if digest(_watched(plan, read_back(work.pg, plan), watch)) == sent:
            proved.add(plan.table.name)
    return frozenset(proved)


def _watched(plan: TablePlan, rows: Iterator[bytes], watch: Watch) -> Iterator[bytes]:
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _TOLD_ROWS == 0:
            watch.told(plan, _TOLD_ROWS)
    watch.told(plan, number % _TOLD_ROWS)


def differences(work: Work, ledger: Ledger, proved: Collection[str] = ()) -> Iterator[RowDiffers]:
    """Yield each row that is not as it was sent, of the tables not `proved`. Writes nothing."""
    for plan in work.plans:
        if plan.table.name in proved:
            continue
        chunks = ledger.chunks(plan.table.name)
        if digest(read_back(work.pg, plan)) == added(chunk.digest for chunk in chunks):
            continue
        if not plan.ordered:
            yield from _anywhere(work, plan)
            continue
        for chunk in chunks:
            if digest(read_range(work.pg, plan, chunk.part)) != chunk.digest:
                sent = _sent(work, plan, chunk.part)
                yield from _compared(plan, sent, read_range(work.pg, plan, chunk.part))


def changed_since(work: Work, plan: TablePlan, chunks: Sequence[LoadedChunk]) -> LoadedChunk | None:
    """Return a chunk of which the source no longer holds the very rows that were copied."""
    without = quarantine.keys(work.pg, plan)
    if plan.position:
        for chunk in chunks:
            if _digest_of_source(work, plan, chunk.part, without) != chunk.digest:
                return chunk
        return None
    now = _digest_of_source(work, plan, Range(), without) if chunks else b""
    return chunks[0] if chunks and now != added(chunk.digest for chunk in chunks) else None


def _digest_of_source(work: Work, plan: TablePlan, part: Range, without: Collection[str]) -> bytes:
    chunks = work.reader.chunks(plan, part, without=without)
    return added(chunk.digest for chunk in chunks)


def _sent(work: Work, plan: TablePlan, part: Range) -> Sent:
    """Yield the rows of the source as they were sent, each with its key."""
    without = quarantine.keys(work.pg, plan)
    for block in work.reader.blocks(plan, part, without=without):
        for row, packed in zip(block.rows, block.packed, strict=True):
            yield row_key(plan, row), packed


def _anywhere(work: Work, plan: TablePlan) -> Iterator[RowDiffers]:
    """Find the rows that differ in a table that both sides order otherwise, in little memory.

    Rows fall into buckets by their digests; only those of buckets that differ are looked at.
    """
    sums = [0] * _BUCKETS
    for _, row in _sent(work, plan, Range()):
        hash = xxh64_intdigest(row)
        sums[hash % _BUCKETS] += hash
    for row in read_back(work.pg, plan):
        hash = xxh64_intdigest(row)
        sums[hash % _BUCKETS] -= hash
    chosen = frozenset([n for n, total in enumerate(sums) if total][:_BUCKETS_SHOWN])
    if chosen:
        sent = ((key, row) for key, row in _sent(work, plan, Range()) if _bucket(row) in chosen)
        back = (row for row in read_back(work.pg, plan) if _bucket(row) in chosen)
        yield from _compared(plan, sent, back)


def _bucket(row: bytes) -> int:
    return xxh64_intdigest(row) % _BUCKETS


def _compared(plan: TablePlan, sent: Sent, back: Iterable[bytes]) -> Iterator[RowDiffers]:
    table, places = plan.table.name, _key_places(plan)
    waiting: dict[object, list[tuple[str, bytes]]] = {}
    for key, row in sent:
        waiting.setdefault(_identity(row, places), []).append((key, row))
    for row in back:
        found = waiting.get(_identity(row, places))
        if not found:
            yield RowDiffers(table, _shown_key(plan, row, places), "it was never sent")
            continue
        key, expected = found.pop()
        if row != expected:
            pairs = zip(plan.columns, fields(expected), fields(row), strict=True)
            columns = [column.name for column, one, other in pairs if one != other]
            yield RowDiffers(table, key, f"{', '.join(columns)}: not what was sent")
    for rows in waiting.values():
        for key, _ in rows:
            yield RowDiffers(table, key, "it is not in the target")


def _key_places(plan: TablePlan) -> tuple[int, ...]:
    names = [column.name for column in plan.columns]
    key = plan.table.primary_key.columns if plan.table.primary_key else ()
    return tuple(names.index(name) for name in key)


def _identity(row: bytes, places: tuple[int, ...]) -> object:
    if not places:
        return row
    values = fields(row)
    return tuple(values[place] for place in places)


def _shown_key(plan: TablePlan, row: bytes, places: tuple[int, ...]) -> str:
    values = fields(row)
    parts = []
    for place in places:
        column, value = plan.columns[place], values[place] or b""
        match column.type:
            case LogicalType.INTEGER:
                shown = str(int.from_bytes(value, "big", signed=True))
            case LogicalType.TEXT:
                shown = repr(value.decode())
            case _:
                shown = value.hex()
        parts.append(f"{column.name}={shown}")
    return ", ".join(parts) or "a row without a key"
