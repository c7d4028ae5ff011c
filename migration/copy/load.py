"""Loading ranges of tables, a group of chunks in each transaction.

The ledger's entries and the rows that stay behind are written in the transaction of the rows they
belong to. What the server refuses, such as a CHECK that SQLite did not enforce, is tried again in
smaller and smaller parts until the rows are known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from migration.copy import quarantine
from migration.copy.chunks import BadRow, Block, Chunk, Reader, chunked
from migration.copy.ledger import Ledger
from migration.copy.pack import Fault
from migration.copy.plan import Range, TablePlan
from migration.copy.rows import row_key
from migration.copy.wire import HEADER, TRAILER
from migration.db import PgConnection, PgError
from migration.policies import Policies

GROUP_BYTES = 64_000_000
# Classes of SQLSTATE: data exceptions, violated constraints, limits such as that of a jsonb string.
_ABOUT_ROWS = ("22", "23", "54")

Told: TypeAlias = Callable[[TablePlan, int], None]
"""Takes a table and how many more of its rows were sent."""


@dataclass(frozen=True)
class Loader:
    """Loads over one pair of connections; without a ledger nothing is written down."""

    reader: Reader
    pg: PgConnection
    policies: Policies
    ledger: Ledger | None
    told: Told

    def load(self, plan: TablePlan, part: Range) -> None:
        """Bring every row of a range that fits, and put the others into quarantine."""
        chunks = self.reader.chunks(plan, part)
        for first in chunks:
            group: list[Chunk] = []
            try:
                with self.pg.transaction():
                    self._bring(plan, first, chunks, group)
            except PgError as error:
                if not is_about_rows(error):
                    raise
                self._bring_sifted(plan, Range(first.part.after, group[-1].part.upto))

    def _bring(
        self, plan: TablePlan, first: Chunk, rest: Iterator[Chunk], group: list[Chunk]
    ) -> None:
        """Send chunks until they are a group, then write them down; `group` lists them."""
        with self.pg.cursor() as cursor, cursor.copy(plan.copy_statement) as copy:
            copy.write(HEADER)
            chunk, size = first, 0
            while True:
                group.append(replace(chunk, data=b""))
                copy.write(chunk.data)
                self.told(plan, chunk.rows + len(chunk.bad))
                size += len(chunk.data)
                full = size >= GROUP_BYTES and plan.position
                following = None if full else next(rest, None)
                if following is None:
                    break
                chunk = following
            copy.write(TRAILER)
        if self.ledger:
            self.ledger.add(self.pg, plan.table.name, group)
        quarantine.keep(self.pg, plan, (row for done in group for row in done.bad))

    def _bring_sifted(self, plan: TablePlan, part: Range) -> None:
        """Bring a range of which the server refused something, without what it refuses."""
        blocks = (self._sifted(plan, block) for block in self.reader.blocks(plan, part))
        for chunk in chunked(plan, part, blocks):
            with self.pg.transaction():
                self._bring(plan, chunk, iter(()), [])

    def _sifted(self, plan: TablePlan, block: Block) -> Block:
        refused: dict[int, Fault] = {}
        self._try(plan, block.packed, range(len(block.packed)), refused)
        kept = [place for place in range(len(block.packed)) if place not in refused]
        bad = [
            BadRow(row_key(plan, row), row[plan.hidden :], [fault])
            for row, fault in ((block.rows[place], fault) for place, fault in refused.items())
        ]
        rows, packed = [block.rows[n] for n in kept], [block.packed[n] for n in kept]
        return Block(rows, packed, sum(map(len, packed)), [*block.bad, *bad], block.upto)

    def _try(
        self, plan: TablePlan, packed: Sequence[bytes], places: range, refused: dict[int, Fault]
    ) -> None:
        """Send rows to no effect, and find those that are refused by halving."""
        rows = [packed[place] for place in places]
        try:
            with (
                self.pg.transaction(force_rollback=True),
                self.pg.cursor() as cursor,
                cursor.copy(plan.copy_statement) as copy,
            ):
                copy.write(b"".join([HEADER, *rows, TRAILER]))
        except PgError as error:
            if not is_about_rows(error):
                raise
            if len(places) == 1:
                refused[places[0]] = self._refusal(plan, error)
                return
            middle = len(places) // 2
            self._try(plan, packed, places[:middle], refused)
            self._try(plan, packed, places[middle:], refused)

    def _refusal(self, plan: TablePlan, error: PgError) -> Fault:
        # The server's details are left out, because they quote whole rows.
        name = error.diag.column_name or error.diag.constraint_name or ""
        reason = error.diag.message_primary or "the server refuses it"
        return Fault(name, reason, self.policies.ending(plan.table.source, [name]))


def is_about_rows(error: PgError) -> bool:
    """Say whether the server refused what rows hold, and not the copy as such."""
    return (error.sqlstate or "")[:2] in _ABOUT_ROWS
