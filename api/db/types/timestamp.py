"""Moments: `timestamptz` on PostgreSQL, UTC text on SQLite."""

from datetime import UTC, datetime
from typing import overload


@overload
def moment(value: datetime | str) -> datetime: ...
@overload
def moment(value: None) -> None: ...
def moment(value: datetime | str | None) -> datetime | None:
    """Return a stored moment as an aware datetime in UTC, its fraction kept.

    Reads every ISO 8601 spelling: a blank or `T` between date and time, with or without a
    fraction, `Z`, an offset, or a date alone (midnight). Without an offset it is UTC. Raises
    ValueError for other text.
    """
    if value is None:
        return None
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def text(value: datetime | str | None) -> str | None:
    """Return a stored moment as answers spell it: `YYYY-MM-DD HH:MM:SS` in UTC, cut to seconds."""
    found = moment(value)
    return None if found is None else found.replace(tzinfo=None).isoformat(" ", "seconds")


def stored(value: datetime) -> str:
    """Spell a moment for SQLite: UTC, six digits of fraction only where there is one.

    Raises ValueError for a naive one, which could mean any place's time.
    """
    aware(value)
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def aware(value: datetime) -> datetime:
    """Return `value`; raise ValueError unless it says which zone it is in."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: bind moments of the application's clock.")
    return value
