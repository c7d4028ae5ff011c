"""Calendar days: `date` on PostgreSQL, `YYYY-MM-DD` text on SQLite."""

from datetime import date, datetime

from api.db.types import timestamp


def day(value: date | str | None) -> date | None:
    """Return a stored day; of a moment, its day in UTC. Raises ValueError for other text."""
    if isinstance(value, str | datetime):
        found = timestamp.moment(value)
        return None if found is None else found.date()
    return value


def text(value: date | str | None) -> str | None:
    """Return a stored day as answers spell it: `YYYY-MM-DD`."""
    found = day(value)
    return None if found is None else found.isoformat()


def stored(value: date) -> str:
    """Spell a day for SQLite."""
    return value.isoformat()
