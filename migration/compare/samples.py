"""Rows with which views and triggers are tried out: some of the source's own, some made up."""

import random
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

from migration.compare.facts import ColumnFacts, TableFacts
from migration.compare.probes import probe_values
from migration.compare.values import canonical_sqlite
from migration.db import SqliteConnection
from migration.schema.model import LogicalType, quote

Sample: TypeAlias = dict[str, Any]
"""Values as SQLite stores them, by the column's name in PostgreSQL."""

OWN, MADE_UP = 4, 40


def samples(sqlite: SqliteConnection, table: TableFacts, texts: Sequence[str]) -> Iterator[Sample]:
    """Yield rows of a table, made up around what the texts speak of; not all need be allowed."""
    columns = [column for column in table.columns if column.expression is None]
    yield from _own(sqlite, table, columns)
    choose = random.Random(table.name)
    text = " ".join([*texts, *table.checks])
    pools = [[*probe_values(c.meaning, text), *_ids(c), *_nothing(c)] for c in columns]
    for _ in range(MADE_UP):
        yield {c.name: choose.choice(pool) for c, pool in zip(columns, pools, strict=True)}


def _own(
    sqlite: SqliteConnection, table: TableFacts, columns: Sequence[ColumnFacts]
) -> Iterator[Sample]:
    names = ", ".join(quote(column.source) for column in columns)
    factory = sqlite.text_factory
    sqlite.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        rows = sqlite.execute(f"SELECT {names} FROM {quote(table.source)} LIMIT {OWN}").fetchall()
    finally:
        sqlite.text_factory = factory
    for row in rows:
        yield {column.name: value for column, value in zip(columns, row, strict=True)}


def _ids(column: ColumnFacts) -> Sequence[int]:
    """Return small numbers, so that rows of different tables find each other."""
    return range(1, 8) if column.meaning is LogicalType.INTEGER else ()


def _nothing(column: ColumnFacts) -> Sequence[None]:
    return (None,) if column.nullable else ()


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text.strip()) is not None


def as_parameter(value: Any, column: ColumnFacts) -> str | None:
    """Return the text from which PostgreSQL reads the value.

    Raises ValueError for one that the column cannot hold.
    """
    if value is None:
        return None
    canonical = canonical_sqlite(value, column.meaning)
    if isinstance(canonical, str) and "\0" in canonical:
        raise ValueError("no value of its column")
    text = str(canonical)
    text.encode()
    if isinstance(value, str) and column.affinity not in ("TEXT", "BLOB") and _is_number(value):
        raise ValueError("SQLite would store it as a number")
    sizes = [int(size) for size in re.findall(r"\d+", column.type)]
    if sizes and len(text) > sizes[0] - (sizes[1] if len(sizes) > 1 else 0):
        raise ValueError("longer than its column")
    if column.meaning is LogicalType.BLOB:
        return rf"\x{text}"
    return text.lower() if column.meaning is LogicalType.BOOLEAN else text
