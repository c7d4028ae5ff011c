"""Whether a column's default stores the same on both engines.

A constant is evaluated on both and compared as a stored value. What SQLite evaluates at insert
must be evaluated at insert too: PostgreSQL's text has to call a clock, and must give the moment in
UTC whatever the time zone of the session.
"""

import re
from typing import Any

from migration.compare.facts import ColumnFacts
from migration.compare.values import canonical_postgres, canonical_sqlite
from migration.db import PgConnection, SqliteConnection
from migration.schema.model import LogicalType

_SQLITE_CLOCK = re.compile(r"\bcurrent_(timestamp|date|time)\b|'now'|\b\w*time\(\s*\)", re.I)
_POSTGRES_CLOCK = re.compile(
    r"\b(now|statement_timestamp|clock_timestamp|transaction_timestamp)\(\)"
    r"|\bcurrent_(timestamp|date|time)\b",
    re.I,
)
_STRINGS = re.compile(r"'(?:[^']|'')*'")
# At any moment the date in at least one of them is not that in UTC.
_FAR_ZONES = ("Etc/GMT+12", "Etc/GMT-14")
# A text that reads like a number becomes one, except in a column of text or bytes.
_STORED = {
    LogicalType.TEXT: "CAST(v AS TEXT)",
    LogicalType.BLOB: "v",
    LogicalType.REAL: "CAST(v AS REAL)",
}
_STORED_AS_NUMBER = "iif(CAST(CAST(v AS NUMERIC) AS TEXT) = v, CAST(v AS NUMERIC), v)"
_NOW = "statement_timestamp()"
_UTC = f"({_NOW} AT TIME ZONE 'UTC')"
_EXPECTED_TEXT = {
    19: f"to_char({_UTC}, 'YYYY-MM-DD HH24:MI:SS')",
    10: f"to_char({_UTC}, 'YYYY-MM-DD')",
    8: f"to_char({_UTC}, 'HH24:MI:SS')",
}


def difference(
    sqlite: SqliteConnection, pg: PgConnection, one: ColumnFacts, other: ColumnFacts
) -> str | None:
    """Return what is wrong with PostgreSQL's default, None where both store the same."""
    if one.default is None or other.default is None:
        return None if one.default == other.default else "only one side has a default"
    stored = _evaluated(sqlite, one)
    if _SQLITE_CLOCK.search(one.default):
        return _clock_difference(pg, other, stored)
    with pg.transaction():
        found = pg.execute(f"SELECT ({other.default})::{other.type}".encode()).fetchone()
    theirs = canonical_postgres(found and found[0], one.meaning)
    ours = canonical_sqlite(stored, one.meaning)
    return None if ours == theirs else f"SQLite stores {ours!r}, PostgreSQL {theirs!r}"


def _evaluated(sqlite: SqliteConnection, column: ColumnFacts) -> Any:
    """Return the value that SQLite's default is stored as, under the column's affinity."""
    cursor = sqlite.cursor()
    cursor.row_factory = None
    stored = _STORED.get(column.meaning, _STORED_AS_NUMBER)
    return cursor.execute(f"SELECT {stored} FROM (SELECT ({column.default}) AS v)").fetchone()[0]


def _clock_difference(pg: PgConnection, column: ColumnFacts, stored: Any) -> str | None:
    default = column.default or ""
    if not _POSTGRES_CLOCK.search(_STRINGS.sub("''", default)):
        return "a value fixed when the table was made, where SQLite takes the time of the insert"
    expected = _expected(column, stored)
    for zone in _FAR_ZONES:
        with pg.transaction():
            pg.execute("SELECT set_config('timezone', %s, true)", [zone])
            found = pg.execute(f"SELECT ({default}) = ({expected})".encode()).fetchone()
        if not (found and found[0]):
            return f"not the moment of the insert in UTC, to the second, in the time zone {zone}"
    return None


def _expected(column: ColumnFacts, stored: Any) -> str:
    """Return the SQL of what SQLite would store at this moment, in PostgreSQL's clock."""
    match column.meaning:
        case LogicalType.TIMESTAMP:
            return f"date_trunc('second', {_NOW})"
        case LogicalType.DATE:
            return f"{_UTC}::date"
        case _:
            return _EXPECTED_TEXT.get(len(str(stored)), "NULL")
