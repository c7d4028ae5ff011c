"""Whether an expression of SQLite and one of PostgreSQL do the same, found by running both.

Both are evaluated over the same probe rows (`probes`), so it does not matter how a rule is worded:
SQLite's over a table in memory whose columns are declared like the real ones. `schema` uses this
for rules, generated columns, and the terms and conditions of indexes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from migration.compare.facts import ColumnFacts, TableFacts
from migration.compare.probes import ProbeRow, mentioned, probe_rows
from migration.compare.values import canonical_postgres, canonical_sqlite
from migration.db import OUT_OF_RANGE, PgConnection, PgError, scratch_sqlite
from migration.schema.model import LogicalType, quote

_NUMBER = quote("number of the probe")
_VALUE = quote("value of the probe")
_BEYOND = object()
"""What PostgreSQL makes of a row for which it would have to calculate beyond 64 bits."""


@dataclass(frozen=True)
class Sides:
    """One table on both engines; the columns are those that both have."""

    pg: PgConnection
    source: str
    """What SQLite calls the table."""
    sqlite_columns: tuple[ColumnFacts, ...]
    postgres_columns: tuple[ColumnFacts, ...]


@dataclass(frozen=True)
class Disagreement:
    """A probe row and what each engine makes of it."""

    row: str
    sqlite: Any
    postgres: Any


def both_sides(pg: PgConnection, one: TableFacts, other: TableFacts) -> Sides:
    """Pair the columns that both tables have, in the order of the first."""
    theirs = {column.name: column for column in other.columns}
    shared = tuple(column for column in one.columns if column.name in theirs)
    return Sides(pg, one.source, shared, tuple(theirs[column.name] for column in shared))


def first_disagreement(
    sides: Sides, *, sqlite: str, postgres: str, stored_in: ColumnFacts | None = None
) -> Disagreement | None:
    """Return the first probe row over which two expressions come out differently.

    Truth values count as 0 and 1, unless the values are those of a column. A row for which only
    PostgreSQL would calculate beyond 64 bits tells nothing: that ends in an error, never in another
    value. Raises the driver's error when an engine cannot evaluate its expression.
    """
    used = mentioned(sides.sqlite_columns, (sqlite, postgres))
    columns = [sides.sqlite_columns[place] for place in used]
    given = [n for n, column in enumerate(columns) if column.expression is None]
    asked = [columns[n] for n in given]
    texts = [sqlite, postgres, *(column.expression or "" for column in columns)]
    rows = probe_rows(asked, texts)
    mirrored = [_like(sides.postgres_columns[n], sides.sqlite_columns[n]) for n in used]
    theirs = _postgres(sides.pg, postgres, mirrored, rows)
    ours = _sqlite(sides.source, sqlite, columns, rows, stored_in)
    left, right = _canonical(stored_in)
    for row, (kept, one), other in zip(rows, ours, theirs, strict=True):
        if kept and other is not _BEYOND and left(one) != right(other):
            named = zip((column.name for column in asked), row, strict=True)
            shown = ", ".join(f"{name}={value!r}" for name, value in named)
            return Disagreement(shown, left(one), right(other))
    return None


def _like(theirs: ColumnFacts, mine: ColumnFacts) -> ColumnFacts:
    """Return PostgreSQL's column as computed or not, as SQLite's is; else it is told elsewhere."""
    if mine.expression is None:
        return replace(theirs, expression=None)
    return replace(theirs, expression=theirs.expression or "NULL")


def _canonical(column: ColumnFacts | None) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    if column is None:
        return _plain, _plain
    meaning = column.meaning
    return (lambda v: canonical_sqlite(v, meaning)), (lambda v: canonical_postgres(v, meaning))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return int(value) if isinstance(value, bool) else value


def _sqlite(
    table: str,
    sql: str,
    columns: Sequence[ColumnFacts],
    rows: Sequence[ProbeRow],
    stored_in: ColumnFacts | None,
) -> list[tuple[bool, Any]]:
    """Return for each row whether the table keeps it as it is, and the value."""
    affinity = stored_in.affinity if stored_in else ""
    declared = [f"{_NUMBER} INTEGER PRIMARY KEY", *map(_declared, columns)]
    declared.append(f"{_VALUE} {affinity} AS ({sql}\n)")
    places = ", ".join("?" for column in columns if column.expression is None)
    names = ", ".join(quote(c.source) for c in columns if c.expression is None)
    name = quote(table)
    scratch = scratch_sqlite()
    if not all(column.byte_order for column in columns):
        scratch.execute("PRAGMA encoding = 'UTF-16le'")
    try:
        scratch.execute(f"CREATE TABLE {name} ({', '.join(declared)})")
        if names:
            scratch.executemany(f"INSERT INTO {name} ({names}) VALUES ({places})", rows)
        else:
            scratch.execute(f"INSERT INTO {name} DEFAULT VALUES")
        asked = f"SELECT {_VALUE}{names and ', ' + names} FROM {name} ORDER BY {_NUMBER}"
        found = scratch.execute(asked).fetchall()
        pairs = zip(found, rows or [()], strict=True)
        return [(list(map(repr, kept)) == list(map(repr, row)), v) for (v, *kept), row in pairs]
    finally:
        scratch.close()


def _declared(column: ColumnFacts) -> str:
    text = f"{quote(column.source)} {column.affinity} COLLATE {quote(column.collation)}"
    return text if column.expression is None else f"{text} AS ({column.expression}\n)"


def _postgres(
    pg: PgConnection, sql: str, columns: Sequence[ColumnFacts], rows: Sequence[ProbeRow]
) -> list[Any]:
    given = [column for column in columns if column.expression is None]
    values = [
        [None if row[place] is None else _as_text(row[place], column.meaning) for row in rows]
        for place, column in enumerate(given)
    ]
    query = _query(sql, given, [column for column in columns if column.expression is not None])
    return _asked(pg, query, [*values, list(range(len(rows)))])


def _query(sql: str, given: Sequence[ColumnFacts], computed: Sequence[ColumnFacts]) -> bytes:
    """Return a query for an expression over rows that come as arrays, and their numbers."""
    names = [quote(column.name) for column in given]
    arrays = [f"%s::text[]::{_unlimited(column)}[]" for column in given]
    fields = [*map(_by_bytes, given), _NUMBER]
    more = [
        f"({column.expression})::{column.type} AS {quote(column.name)}".replace("%", "%%")
        for column in computed
    ]
    return (
        f"SELECT {sql.replace('%', '%%')} FROM (SELECT {', '.join(['*', *more])}"
        f" FROM (SELECT {', '.join(fields)}"
        f" FROM unnest({', '.join([*arrays, '%s::integer[]'])})"
        f" AS probe ({', '.join([*names, _NUMBER])})) AS given) AS probed ORDER BY {_NUMBER}"
    ).encode()


def _asked(pg: PgConnection, query: bytes, arrays: Sequence[list[Any]]) -> list[Any]:
    """Return what the query makes of each row; _BEYOND for some, never for all of them."""
    try:
        with pg.transaction():
            return [value for (value,) in pg.execute(query, arrays).fetchall()]
    except PgError as error:
        half = len(arrays[-1]) // 2
        if error.sqlstate != OUT_OF_RANGE or not half:
            raise
    found: list[Any] = []
    for part in (slice(half), slice(half, None)):
        rows = [array[part] for array in arrays]
        try:
            found += _asked(pg, query, rows)
        except PgError as error:
            if error.sqlstate != OUT_OF_RANGE:
                raise
            found += [_BEYOND] * len(rows[-1])
            beyond = error
    if all(value is _BEYOND for value in found):
        raise beyond
    return found


def _by_bytes(column: ColumnFacts) -> str:
    name = quote(column.name)
    return f'{name} COLLATE "C" AS {name}' if column.meaning is LogicalType.TEXT else name


def _unlimited(column: ColumnFacts) -> str:
    """Return the type without a limit, to which a cast would cut the value."""
    return column.type.partition("(")[0]


def _as_text(value: Any, meaning: LogicalType) -> str:
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    if meaning is LogicalType.BOOLEAN:
        return "true" if value else "false"
    return f"{value}Z" if meaning is LogicalType.TIMESTAMP else str(value)
