"""Flags: `boolean` on PostgreSQL, 0 and 1 on SQLite."""


def flag(value: bool | int | None) -> bool:
    """Return a stored flag; one never set is off. Raises ValueError for any other value."""
    if value is None:
        return False
    if value not in (0, 1):
        raise ValueError(f"{value!r} is not a flag.")
    return bool(value)


def stored(value: bool) -> int:
    """Spell a flag for SQLite."""
    return int(value)
