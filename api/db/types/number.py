"""Numbers: sums and averages are `numeric` on PostgreSQL, INTEGER or REAL on SQLite."""

from decimal import Decimal
from typing import overload

Number = int | float | Decimal


@overload
def real(value: Number) -> float: ...
@overload
def real(value: None) -> None: ...
def real(value: Number | None) -> float | None:
    """Return a stored or computed number as a float: 7 becomes 7.0."""
    return None if value is None else float(value)


@overload
def whole(value: Number) -> int: ...
@overload
def whole(value: None) -> None: ...
def whole(value: Number | None) -> int | None:
    """Return a stored or computed number as an int. Raises ValueError if it has a fraction."""
    if value is None:
        return None
    if value != int(value):
        raise ValueError(f"{value!r} is not a whole number.")
    return int(value)
