"""How the second recording differs from the first: another day, other ids, other chance.

Whatever of these reaches an answer then shows as a difference between the two recordings, and
becomes a token or stops the recording (`unify.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from migration.config import Config
from migration.db import open_sqlite

# Far above any id of a seed, and by another distance for each table.
_FIRST_GAP, _NEXT_GAP = 10_000, 101
_FOUR_WEEKS = timedelta(weeks=4)
_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND upper(sql) LIKE '%AUTOINCREMENT%'"
    " ORDER BY name"
)


def later(now: datetime, zones: Collection[ZoneInfo] = ()) -> datetime:
    """Return another day, the same weekday and time in each of the zones.

    Four weeks later where no clock was changed in between, else the nearest such day.
    """
    for shift in _shifts():
        other = now + shift
        if all(
            now.astimezone(zone).utcoffset() == other.astimezone(zone).utcoffset() for zone in zones
        ):
            return other
    raise AssertionError("no day of the year has the offset of today")


def zones_of(config: Config) -> list[ZoneInfo]:
    """Return the time zones that the application's settings name."""
    zones = []
    for value in config.app.settings.values():
        if isinstance(value, str) and "/" in value:
            try:
                zones.append(ZoneInfo(value))
            except (ValueError, OSError):  # such as a path or an address
                continue
    return zones


def spread_ids(config: Config, folder: Path, *, apart: bool) -> None:
    """Give every AUTOINCREMENT table of the seed a counter; raise each when `apart` is true."""
    gaps = count(_FIRST_GAP, _NEXT_GAP)
    for database in config.databases:
        connection = open_sqlite(folder / f"{database.name}.db", readonly=False)
        try:
            for (table,) in connection.execute(_TABLES).fetchall():
                gap = next(gaps) if apart else 0
                raised = connection.execute(
                    "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ?", (gap, table)
                )
                if raised.rowcount == 0:
                    connection.execute(
                        "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, gap)
                    )
        finally:
            connection.close()


def _shifts() -> Iterator[timedelta]:
    for number in range(1, 14):
        yield number * _FOUR_WEEKS
        yield -number * _FOUR_WEEKS
