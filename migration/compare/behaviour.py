"""Whether an expression of SQLite and one of PostgreSQL do the same, found by running both.

Both are evaluated over the same probe rows (`probes`), so it does not matter how a rule is worded.
`schema` uses this for rules, defaults, and the terms and conditions of indexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from migration.compare.facts import ColumnFacts, TableFacts
from migration.compare.probes import ProbeRow, mentioned, probe_rows
from migration.db import PgConnection, SqliteConnection
from migration.schema.model import LogicalType, quote

_NUMBER = quote("number of the probe")
_AFFINITIES = {
    LogicalType.INTEGER: "INTEGER",
    LogicalType.REAL: "REAL",
    LogicalType.TEXT: "TEXT",
    LogicalType.BLOB: "BLOB",
}


@dataclass(frozen=True)
class Sides:
    """One table on both engines; the columns are those that both have."""

    sqlite: SqliteConnection
    pg: PgConnection
    sqlite_columns: tuple[ColumnFacts, ...]
    postgres_columns: tuple[ColumnFacts, ...]


@dataclass(frozen=True)
class Disagreement:
    """A probe row and what each engine makes of it."""

    row: str
    sqlite: Any
    postgres: Any


def both_sides(
    sqlite: SqliteConnection, pg: PgConnection, one: TableFacts, other: TableFacts
) -> Sides:
    """Pair the columns that both tables have, in the order of the first."""
    theirs = {column.name: column for column in other.columns}
    shared = tuple(column for column in one.columns if column.name in theirs)
    return Sides(sqlite, pg, shared, tuple(theirs[column.name] for column in shared))


def first_disagreement(sides: Sides, *, sqlite: str, postgres: str) -> Disagreement | None:
    """Return the first probe row over which two expressions come out differently.

    Truth values count as 0 and 1. Raises the driver's error when an engine cannot evaluate its
    expression.
    """
    used = mentioned(sides.sqlite_columns, (sqlite, postgres))
    columns = [sides.sqlite_columns[place] for place in used]
    rows = probe_rows(columns, (sqlite, postgres))
    theirs = _postgres(sides.pg, postgres, [sides.postgres_columns[place] for place in used], rows)
    ours = _sqlite(sides.sqlite, sqlite, columns, rows)
    for row, one, other in zip(rows, ours, theirs, strict=True):
        if _plain(one) != _plain(other):
            named = zip((column.name for column in columns), row, strict=True)
            shown = ", ".join(f"{name}={value!r}" for name, value in named)
            return Disagreement(shown, _plain(one), _plain(other))
    return None


def _sqlite(
    sqlite: SqliteConnection, sql: str, columns: Sequence[ColumnFacts], rows: Sequence[ProbeRow]
) -> list[Any]:
    cursor = sqlite.cursor()
    cursor.row_factory = None
    fields = [f"{_with_affinity(column.meaning)} AS {quote(column.name)}" for column in columns]
    query = f"SELECT {sql} FROM (SELECT {', '.join(fields) or 'NULL'})"
    return [cursor.execute(query, row).fetchone()[0] for row in rows]


def _with_affinity(meaning: LogicalType) -> str:
    # The other types have numeric affinity, under which CAST would cut a date down to its year.
    return f"CAST(? AS {_AFFINITIES[meaning]})" if meaning in _AFFINITIES else "?"


def _postgres(
    pg: PgConnection, sql: str, columns: Sequence[ColumnFacts], rows: Sequence[ProbeRow]
) -> list[Any]:
    names = [quote(column.name) for column in columns]
    fields = [
        f'{name} COLLATE "C" AS {name}' if column.meaning is LogicalType.TEXT else name
        for name, column in zip(names, columns, strict=True)
    ]
    arrays = [f"%s::text[]::{column.type}[]" for column in columns]
    values = [
        [None if row[place] is None else _as_text(row[place], column.meaning) for row in rows]
        for place, column in enumerate(columns)
    ]
    query = (
        f"SELECT {sql.replace('%', '%%')} FROM (SELECT {', '.join([*fields, _NUMBER])}"
        f" FROM unnest({', '.join([*arrays, '%s::integer[]'])})"
        f" AS probe ({', '.join([*names, _NUMBER])})) AS probed ORDER BY {_NUMBER}"
    )
    with pg.transaction():
        found = pg.execute(query.encode(), [*values, list(range(len(rows)))]).fetchall()
    return [value for (value,) in found]


def _as_text(value: Any, meaning: LogicalType) -> str:
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    if meaning is LogicalType.BOOLEAN:
        return "true" if value else "false"
    return f"{value}Z" if meaning is LogicalType.TIMESTAMP else str(value)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, bool | int | Decimal) else value
