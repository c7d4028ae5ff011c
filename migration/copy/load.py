"""Streaming one table from SQLite through the packer into binary COPY."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from migration.copy.pack import BadRow, Packer
from migration.copy.report import Rejected
from migration.db import PgConnection, SqliteConnection
from migration.schema.ddl import column_list, qualified
from migration.schema.model import Schema, Table, quote
from migration.source.values import key_text

Progress: TypeAlias = Callable[[str, int, int], None]

PROGRESS_ROWS = 10_000


@dataclass(frozen=True)
class BadSourceRow:
    """A row that stays behind: why, and its values as SQLite holds them."""

    rejected: tuple[Rejected, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Loaded:
    """A table after its COPY: the rows that were read, and those left behind."""

    table: Table
    rows_read: int
    left_behind: tuple[BadSourceRow, ...]


def load(
    sqlite: SqliteConnection, pg: PgConnection, schema: Schema, table: Table, progress: Progress
) -> Loaded:
    """Copy every row that fits, in the source's own order, and return those that do not."""
    source = sqlite.cursor()
    source.row_factory = None  # the connection's own may build anything
    total = source.execute(f"SELECT count(*) FROM {quote(table.source)}").fetchone()[0]
    columns = column_list(tuple(column.name for column in table.copied_columns))
    sources = column_list(tuple(column.source for column in table.copied_columns))
    source.execute(f"SELECT {sources} FROM {quote(table.source)}")
    target = f"COPY {qualified(schema, table.name)} ({columns}) FROM STDIN (FORMAT BINARY)"
    packer, left_behind, done = Packer(table), [], 0
    progress(table.name, 0, total)
    with pg.cursor() as cursor, cursor.copy(target.encode()) as copy:
        copy.set_types(packer.types)
        for done, row in enumerate(source, start=1):
            try:
                copy.write_row(packer.pack(row))
            except BadRow as error:
                left_behind.append(_left_behind(table, done, row, error))
            if done % PROGRESS_ROWS == 0:
                progress(table.name, done, total)
    progress(table.name, done, total)
    return Loaded(table, done, tuple(left_behind))


def _left_behind(table: Table, number: int, row: Sequence[Any], error: BadRow) -> BadSourceRow:
    names = table.primary_key.columns if table.primary_key else ()
    values = dict(zip((column.name for column in table.copied_columns), row, strict=True))
    key = key_text([(name, values[name]) for name in names]) or f"row {number}"
    rejected = tuple(Rejected(table.name, key, column, reason) for column, reason in error.faults)
    return BadSourceRow(rejected, tuple(row))
