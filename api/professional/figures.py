"""Reckoning alike on both engines: means over values that were read, never by the database."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import fsum

from api import runtime

WEEK, MONTH, QUARTER = timedelta(days=7), timedelta(days=30), timedelta(days=90)


def mean(values: Iterable[float | None]) -> float:
    """Return the mean to one decimal; what is unknown counts as 0, and so does no value at all."""
    known = [value or 0 for value in values]
    return ratio(fsum(known), len(known))


def ratio(total: float, count: int) -> float:
    """Return a mean to one decimal from a sum and a count; 0 where there is nothing to count."""
    return round(total / count, 1) if count else 0.0


def before_now(span: timedelta) -> datetime:
    """Return the moment that lies this far back."""
    return runtime.now() - span


def trend(newest_first: Sequence[int]) -> str:
    """Say where moods are going: the latest three against the earliest three of at least six."""
    if len(newest_first) < 6:
        return "insufficient data"
    change = sum(newest_first[:3]) - sum(newest_first[-3:])
    return "improving" if change > 0 else "declining" if change < 0 else "stable"
