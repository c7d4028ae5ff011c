"""Dates and times inside texts: where they stand, what they mean, how they are written.

A moment found in a recording is kept as its distance from the case's clock together with its
format, so that a changed format, zone or offset shows. Three distances exist: seconds from *now*
(timestamps), days from *today* (dates) and months from this *month* (`2026-02`, `February 2026`).
All reckoning is done in naive UTC; a text in local time is simply some hours off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_DIRECTIVES = {
    "%Y": r"(?:19|20)\d\d",
    "%m": r"(?:0[1-9]|1[0-2])",
    "%d": r"(?:0[1-9]|[12]\d|3[01])",
    "%-d": r"(?:[12]\d|3[01]|[1-9])",
    "%H": r"(?:[01]\d|2[0-3])",
    "%M": r"[0-5]\d",
    "%S": r"[0-5]\d",
    "%a": r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
    "%A": r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    "%b": r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
    "%B": r"(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)",
    "%G": r"(?:19|20)\d\d",
    "%V": r"(?:0[1-9]|[1-4]\d|5[0-3])",
}
_DIRECTIVE = re.compile(r"%-?[A-Za-z]")

# The longer spelling first: a timestamp is not to be read as a date and a rest.
_TIMESTAMPS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%a, %d %b %Y %H:%M:%S",
    "%a, %d-%b-%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d %b %Y %H:%M",
    "%d %B %Y %H:%M",
    "%Y%m%d%H%M%S",
    "%Y%m%d_%H%M%S",
    "%Y%m%d-%H%M%S",
    "%Y%m%dT%H%M%S",
)
_DATES = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%A, %d %B %Y",
    "%A %d %B %Y",
    "%d %B %Y",
    "%-d %B %Y",
    "%d %b %Y",
    "%-d %b %Y",
    "%B %d, %Y",
    "%B %-d, %Y",
    "%b %d, %Y",
    "%b %-d, %Y",
    "%d %B",
    "%-d %B",
    "%d %b",
    "%-d %b",
    "%b %d",
    "%B %d",
    "%Y%m%d",
)
_MONTHS = ("%Y-%m", "%B %Y", "%b %Y", "%B", "%b")
_FORMATS = (
    *((format, "now") for format in _TIMESTAMPS),
    *((format, "today") for format in (*_DATES, "%G-W%V")),
    *((format, "month") for format in _MONTHS),
)
_DAY = timedelta(days=1)
_MONTHS_AROUND = 48
_EPOCH = "epoch"
_EPOCH_UNITS = {"epoch": 1, "epoch.ms": 1000}
_A_LIFETIME = 100 * 366 * 86400
# Databases round, and their clock is read apart from ours.
_GRACE = timedelta(seconds=1)


def _pattern(format: str) -> str:
    parts = _DIRECTIVE.split(format)
    directives = [_DIRECTIVES[found] for found in _DIRECTIVE.findall(format)]
    return re.escape(parts[0]) + "".join(
        directive + re.escape(part) for directive, part in zip(directives, parts[1:], strict=True)
    )


_WHOLE = tuple((format, base, re.compile(_pattern(format))) for format, base in _FORMATS)
_ANYWHERE = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    + "|".join(sorted((_pattern(format) for format, _ in _FORMATS[:-2]), key=len, reverse=True))
    + r")(?!(?!Z\b)[A-Za-z0-9])"
)


@dataclass(frozen=True)
class Distance:
    """How far a moment is from the clock: seconds, days or months by `base`, and its format."""

    base: str
    amount: int | Decimal
    format: str

    def written(self, now: datetime) -> str:
        """Spell the moment out for a case whose clock shows `now`."""
        if self.format.startswith(_EPOCH):
            return _epoch_text(now, Decimal(self.amount), self.format)
        start = _second(now)
        if self.base == "now":
            moment = start + timedelta(seconds=int(self.amount))
        elif self.base == "today":
            moment = start + int(self.amount) * _DAY
        else:
            moment = _months_later(start, int(self.amount))
        return moment.strftime(self.format)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where in `text` something stands that is written like a date or a time."""
    return (found.span() for found in _ANYWHERE.finditer(text))


def distance(first: str, second: str, *, now: datetime, later: datetime) -> Distance | None:
    """Return the distance that both texts share from their own clocks, None when they do not."""
    for format, base, pattern in _WHOLE:
        if pattern.fullmatch(first) and pattern.fullmatch(second):
            for amount in _amounts(first, format, base, now):
                found = Distance(base, amount, format)
                if found.written(now) == first and found.written(later) == second:
                    return found
    return None


def epoch_distance(first: str, second: str, *, now: datetime, later: datetime) -> Distance | None:
    """Do the same for two numbers that count seconds or milliseconds since 1970."""
    decimals = len(first.partition(".")[2])
    for unit, per_second in _EPOCH_UNITS.items():
        if Decimal(second) - Decimal(first) == _epoch(later, per_second) - _epoch(now, per_second):
            amount = (Decimal(first) - _epoch(now, per_second)) / per_second
            format = f"{unit}:{decimals}" if decimals else unit
            found = Distance("now", int(amount) if amount == int(amount) else amount, format)
            return found if abs(amount) < _A_LIFETIME and found.written(now) == first else None
    return None


def wall_format(text: str, *, since: datetime, until: datetime) -> str | None:
    """Return the format of a timestamp that lies between two readings of the wall clock."""
    for format in _TIMESTAMPS:
        if shown_by_wall(text, format, since=since, until=until):
            return format
    return None


def shown_by_wall(text: str, format: str, *, since: datetime, until: datetime) -> bool:
    """Say whether `text`, read in that format as UTC, lies between the two moments."""
    try:
        moment = datetime.strptime(text, format)
    except ValueError:
        return False
    first = datetime.strptime(_second(since - _GRACE).strftime(format), format)
    return first <= moment <= _second(until + _GRACE)


def _amounts(text: str, format: str, base: str, now: datetime) -> Iterator[int]:
    """Yield the distances from `now` that `text` may mean; a missing year leaves several."""
    if base == "month":
        yield from sorted(range(-_MONTHS_AROUND, _MONTHS_AROUND + 1), key=abs)
        return
    for moment in _readings(text, format, now):
        if base == "now":
            yield int((moment - _second(now)).total_seconds())
        else:
            yield (moment.date() - now.date()).days


def _readings(text: str, format: str, now: datetime) -> Iterator[datetime]:
    if format == "%G-W%V":
        text, format = f"{text} {now:%a}", "%G-W%V %a"
    format = format.replace("%-d", "%d")
    years = [""] if "%Y" in format or "%G" in format else [f" {now.year + n}" for n in (0, -1, 1)]
    for year in years:
        with suppress(ValueError):  # such as 29 February in another year
            yield datetime.strptime(text + year, format + (" %Y" if year else ""))


def _epoch(now: datetime, per_second: int) -> Decimal:
    return Decimal(int(_second(now).replace(tzinfo=UTC).timestamp())) * per_second


def _epoch_text(now: datetime, amount: Decimal, format: str) -> str:
    unit, _, decimals = format.partition(":")
    per_second = _EPOCH_UNITS[unit]
    return f"{_epoch(now, per_second) + amount * per_second:.{int(decimals or 0)}f}"


def _second(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0, tzinfo=None)


def _months_later(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    return start.replace(year=start.year + years, month=month + 1, day=1)
