"""Reading the rows of one range in SQLite's own order, also where a text is not UTF-8.

`chunks` packs what is read here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from xxhash import xxh3_128_hexdigest

from migration.copy.pack import Row
from migration.copy.plan import Position, Range, TablePlan
from migration.db import SqliteConnection, SqliteError
from migration.source.snapshot import is_undecodable, lossless_text
from migration.source.values import key_text


class Rows:
    """The rows of a range that are still to come."""

    def __init__(self, sqlite: SqliteConnection, plan: TablePlan, part: Range) -> None:
        self._sqlite = sqlite
        self._plan = plan
        self._left = part
        self._cursor = sqlite.execute(*plan.source_query(part))

    @property
    def position(self) -> Position | None:
        """The position of the last row that was read."""
        return self._left.after

    def fetch(self, count: int) -> Sequence[Row]:
        """Return the next rows, at most so many; none at the end."""
        if not self._plan.position:
            # Nobody could find the place again behind a text that is not UTF-8.
            with _lossless(self._sqlite):
                return self._cursor.fetchmany(count)
        try:
            rows = self._cursor.fetchmany(count)
        except SqliteError as error:
            if not is_undecodable(error):
                raise
            with _lossless(self._sqlite):
                query = self._plan.source_query(self._left, limit=count)
                rows = self._sqlite.execute(*query).fetchall()
            self._advance(rows)
            self._cursor = self._sqlite.execute(*self._plan.source_query(self._left))
        self._advance(rows)
        return rows

    def _advance(self, rows: Sequence[Row]) -> None:
        if rows:
            self._left = replace(self._left, after=self._plan.position_of(rows[-1]))


def row_key(plan: TablePlan, row: Row) -> str:
    """Return how reports name a row: by its key, else by its number in SQLite."""
    names = plan.table.primary_key.columns if plan.table.primary_key else ()
    values = dict(zip((c.name for c in plan.columns), row[plan.hidden :], strict=True))
    if names:
        return key_text((name, values[name]) for name in names)
    if plan.position:
        return key_text(zip(["rowid"], plan.position_of(row), strict=True))
    return f"row {xxh3_128_hexdigest(repr(row).encode(errors='surrogateescape'))}"


@contextmanager
def _lossless(sqlite: SqliteConnection) -> Iterator[None]:
    sqlite.text_factory = lossless_text
    try:
        yield
    finally:
        sqlite.text_factory = str
