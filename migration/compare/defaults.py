"""Whether a column's default stores the same on both engines.

SQLite stores its own in a table in memory. What reads the clock there must read it at insert in
PostgreSQL too, and give the same moment in UTC whatever the time zone of the session.
"""

import re
from typing import Any

from migration.compare.facts import ColumnFacts
from migration.compare.values import canonical_postgres, canonical_sqlite
from migration.db import PgConnection, SqliteError, scratch_sqlite

_POSTGRES_CLOCK = re.compile(
    r"\b(now|statement_timestamp|clock_timestamp|transaction_timestamp)\(\)"
    r"|\bcurrent_(timestamp|date|time)\b",
    re.I,
)
_CONSTANT = re.compile(r"""\s*('(?:[^']|'')*'|"(?:[^"]|"")*")\s*""")
_STRINGS = re.compile(r"'(?:[^']|'')*'")
# At any moment the date in at least one of them is not that in UTC.
_FAR_ZONES = ("Etc/GMT+12", "Etc/GMT-14")
_MOMENT = "to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')"
# How SQLite asks for the present, and how it is asked for another moment.
_SQLITE_CLOCKS = (
    (re.compile(r"\bcurrent_timestamp\b", re.I), "datetime({moment})"),
    (re.compile(r"\bcurrent_date\b", re.I), "date({moment})"),
    (re.compile(r"\bcurrent_time\b", re.I), "time({moment})"),
    (re.compile(r"\b(datetime|date|time|unixepoch|julianday)\(\s*\)", re.I), r"\1({moment})"),
    (re.compile(r"'now'", re.I), "{moment}"),
)


def difference(pg: PgConnection, one: ColumnFacts, other: ColumnFacts) -> str | None:
    """Return what is wrong with PostgreSQL's default, None where both store the same."""
    if one.default is None or other.default is None:
        return None if one.default == other.default else "only one side has a default"
    constant = _CONSTANT.fullmatch(one.default)
    if not constant and any(clock.search(one.default) for clock, _ in _SQLITE_CLOCKS):
        return _clock_difference(pg, one, other)
    with pg.transaction():
        found = pg.execute(f"SELECT ({other.default})::{_unlimited(other)}".encode()).fetchone()
    return _said(one, _stored(one, one.default), found and found[0])


def _said(one: ColumnFacts, stored: Any, found: Any) -> str | None:
    ours, theirs = canonical_sqlite(stored, one.meaning), canonical_postgres(found, one.meaning)
    return None if ours == theirs else f"SQLite stores {ours!r}, PostgreSQL {theirs!r}"


def _unlimited(column: ColumnFacts) -> str:
    """Return the type without a limit, to which a cast would cut the value."""
    return column.type.partition("(")[0]


def _stored(column: ColumnFacts, default: str) -> Any:
    """Return what SQLite stores for a default in a column of this affinity."""
    scratch = scratch_sqlite()
    try:
        try:
            scratch.execute(f"CREATE TABLE t (v {column.affinity} DEFAULT {default})")
        except SqliteError:  # the catalogue keeps an expression without its parentheses
            scratch.execute(f"CREATE TABLE t (v {column.affinity} DEFAULT ({default}))")
        scratch.execute("INSERT INTO t DEFAULT VALUES")
        return scratch.execute("SELECT v FROM t").fetchone()[0]
    finally:
        scratch.close()


def _clock_difference(pg: PgConnection, one: ColumnFacts, other: ColumnFacts) -> str | None:
    default = other.default or ""
    if not _POSTGRES_CLOCK.search(_STRINGS.sub("''", default)):
        return "a value fixed when the table was made, where SQLite takes the time of the insert"
    for zone in _FAR_ZONES:
        with pg.transaction():
            pg.execute("SELECT set_config('timezone', %s, true)", [zone])
            query = f"SELECT {_MOMENT}, ({default})::{_unlimited(other)}"
            moment, found = pg.execute(query.encode()).fetchone() or ("", None)
        why = _said(one, _stored(one, _at(one.default or "", moment)), found)
        if why:
            return f"not the moment of the insert in UTC, in the time zone {zone}: {why}"
    return None


def _at(default: str, moment: str) -> str:
    """Return a default of SQLite as it would be at a moment."""
    for clock, asked in _SQLITE_CLOCKS:
        default = clock.sub(asked.format(moment=f"'{moment}'"), default)
    return default
