"""Packing a range of a table into chunks.

A chunk is what is digested, remembered in the ledger and proved. Its digest is the sum of the
digests of its rows, so that it does not matter in which order they are read back.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xxhash import xxh64_intdigest

from migration.copy import native
from migration.copy.pack import Fault, Packer, Row
from migration.copy.plan import Position, Range, TablePlan
from migration.copy.rows import Rows, row_key
from migration.copy.wire import encoder
from migration.db import SqliteConnection
from migration.policies import Policies
from migration.source.values import BadValue

# Short of the 128 KiB from which psycopg copies what it sends once more to cut it up, and less than
# the connection holds, so that the server has work while the next chunk is packed.
CHUNK_BYTES = 120_000
CHUNK_ROWS = 20_000
DIGEST_BYTES = 16
_MOST_ROWS_AT_ONCE = 500
_ROWS_AT_FIRST = 50


@dataclass(frozen=True)
class BadRow:
    """A row that stays behind: its key, its values as SQLite holds them, and why."""

    key: str
    values: Row
    faults: Sequence[Fault]


@dataclass(frozen=True)
class Block:
    """A few rows: those that fit with their bytes, those that do not, and how far they reach."""

    rows: Sequence[Row]
    packed: Sequence[bytes]
    size: int
    bad: Sequence[BadRow]
    upto: Position | None


@dataclass(frozen=True)
class Chunk:
    """The rows of a range, packed."""

    part: Range
    rows: int
    data: bytes
    digest: bytes
    bad: Sequence[BadRow]


class Reader:
    """Reads tables over one connection, which is inside a snapshot, or over a compiled one."""

    def __init__(
        self,
        sqlite: SqliteConnection,
        policies: Policies,
        compiled: native.Connection | None = None,
    ) -> None:
        self._sqlite = sqlite
        self._policies = policies
        self._compiled = compiled

    def chunks(
        self, plan: TablePlan, part: Range, *, without: Collection[str] = ()
    ) -> Iterator[Chunk]:
        """Pack a range; the chunks tile it, and there is at least one."""
        if self._compiled and plan.position and not without:
            return self._by_compiled(self._compiled, plan, part)
        return chunked(plan, part, self.blocks(plan, part, without=without))

    def _by_compiled(
        self, compiled: native.Connection, plan: TablePlan, part: Range
    ) -> Iterator[Chunk]:
        """Pack a range with the compiled packer, and in Python each chunk that it gives back."""
        encoders = Packer(plan, self._policies).encoders(native.knows)
        left = part
        while True:
            packing = native.pack(compiled, plan, left, encoders)
            while packed := packing.next(CHUNK_ROWS, CHUNK_BYTES):
                chunk = _compiled_chunk(left, packed)
                yield chunk
                if packed[2] is None:
                    return
                left = replace(left, after=chunk.part.upto)
            chunk = next(chunked(plan, left, self.blocks(plan, left)))
            yield chunk
            if chunk.part.upto == part.upto:
                return
            left = replace(left, after=chunk.part.upto)

    def blocks(
        self, plan: TablePlan, part: Range, *, without: Collection[str] = ()
    ) -> Iterator[Block]:
        """Pack a range block by block, and pass over the rows whose key is among `without`."""
        packer, rows = Packer(plan, self._policies), Rows(self._sqlite, plan, part)
        count = _ROWS_AT_FIRST
        while block := rows.fetch(count):
            chosen = [r for r in block if row_key(plan, r) not in without] if without else block
            packed = packer.pack(chosen)
            bad = [_bad(plan, chosen[place], faults) for place, faults in packed.faults.items()]
            kept = [chosen[n] for n in packed.places]
            yield Block(kept, packed.rows, packed.size, bad, rows.position)
            size = packed.size // max(len(packed.rows), 1)
            count = max(1, min(_MOST_ROWS_AT_ONCE, CHUNK_BYTES // max(size, 1)))


def chunked(plan: TablePlan, part: Range, blocks: Iterable[Block]) -> Iterator[Chunk]:
    """Put blocks together to chunks that tile the range."""
    after, packed, bad, size = part.after, list[bytes](), list[BadRow](), 0
    upto = after
    for block in blocks:
        if (size >= CHUNK_BYTES or len(packed) >= CHUNK_ROWS) and _is_known_there(plan, upto):
            yield _chunk(Range(after, upto), packed, bad)
            after, packed, bad, size = upto, [], [], 0
        packed += block.packed
        bad += block.bad
        size += block.size
        upto = block.upto
    yield _chunk(Range(after, part.upto), packed, bad)


def _is_known_there(plan: TablePlan, position: Position | None) -> bool:
    """Say whether PostgreSQL can be asked for a position; a bad row may have one that is not."""
    try:
        for column, value in zip(plan.key if plan.ordered else (), position or (), strict=False):
            encoder(column)(value)
    except BadValue:
        return False
    return True


def _chunk(part: Range, packed: Sequence[bytes], bad: Sequence[BadRow]) -> Chunk:
    return Chunk(part, len(packed), b"".join(packed), digest(packed), bad)


def _compiled_chunk(left: Range, packed: native.Packed) -> Chunk:
    data, rows, position, upper, lower = packed
    part = replace(left, upto=position or left.upto)
    return Chunk(part, rows, data or b"", _summed([upper << 64, lower]), ())


def digest(rows: Iterable[bytes]) -> bytes:
    """Return the sum of the digests of rows."""
    return _summed(map(xxh64_intdigest, rows))


def added(digests: Iterable[bytes]) -> bytes:
    """Return the sum of sums."""
    return _summed(int.from_bytes(digest, "big") for digest in digests)


def _summed(digests: Iterable[int]) -> bytes:
    return (sum(digests) % (1 << 8 * DIGEST_BYTES)).to_bytes(DIGEST_BYTES, "big")


def _bad(plan: TablePlan, row: Row, faults: Sequence[Fault]) -> BadRow:
    return BadRow(row_key(plan, row), row[plan.hidden :], faults)
