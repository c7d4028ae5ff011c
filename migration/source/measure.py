"""What the values of one column are, measured batch by batch: storage, range, types that fit.

Nothing is judged here; `column_scan` compares it with what the column is to become.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from migration.schema.model import LogicalType
from migration.schema.types import affinity
from migration.source.values import BadValue, Reader, reader

# Chosen in this order for a column whose declaration does not say, or says something else.
_PREFERRED = (
    LogicalType.INTEGER,
    LogicalType.REAL,
    LogicalType.NUMERIC,
    LogicalType.TEXT,
    LogicalType.BLOB,
)
_STORED_AS: dict[type, str] = {int: "integer", float: "real", str: "text", bytes: "blob"}
_SPELLED = (LogicalType.TEXT, LogicalType.TIMESTAMP, LogicalType.DATE)
_TIME_NAME = re.compile(r"(^|_)(at|on|time|date|day|ts|timestamp|created|updated|expires)(_|$)")
_UNITS = (("seconds", 1), ("milliseconds", 1_000), ("microseconds", 1_000_000))
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_LONG = 500


@dataclass
class Measured:
    """The values of a column so far."""

    declared: str
    nulls: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    """How many values are stored as integer, real, text, blob."""
    longest: int = 0
    """Bytes of the longest text or blob, where it is long."""
    _numbers: list[float] = field(default_factory=list)
    _readers: dict[LogicalType, Reader] = field(
        default_factory=lambda: {kind: reader(kind) for kind in _SPELLED}
    )

    def take(self, values: Sequence[Any]) -> None:
        """Measure a batch."""
        known = [value for value in values if value is not None]
        self.nulls += len(values) - len(known)
        for kind, count in Counter(map(type, known)).items():
            self.classes[_STORED_AS[kind]] += count
        # What is spelled as text is found out by reading it; the rest the storage tells.
        self._readers = {k: r for k, r in self._readers.items() if read_all(r, known) is not None}
        if numbers := [value for value in known if type(value) in (int, float)]:
            self._numbers = [min([*self._numbers, *numbers]), max([*self._numbers, *numbers])]
        for value in known:
            if type(value) in (str, bytes) and len(value) > _LONG:
                self.longest = max(self.longest, len(_raw(value)))

    @property
    def fits(self) -> tuple[LogicalType, ...]:
        """Return the types that hold every value."""
        stored = set(self.classes)
        bounded = not self._numbers or all(map(math.isfinite, self._numbers))
        flags = not self._numbers or (self._numbers[0] >= 0 and self._numbers[-1] <= 1)
        found = {
            LogicalType.INTEGER: stored <= {"integer"},
            LogicalType.REAL: stored <= {"real"},
            LogicalType.NUMERIC: stored <= {"integer", "real"} and bounded,
            LogicalType.BLOB: stored <= {"blob"},
            LogicalType.BOOLEAN: stored <= {"integer"} and flags,
            **dict.fromkeys(self._readers, True),
        }
        return tuple(kind for kind in LogicalType if found.get(kind))

    def fitting(self) -> LogicalType | None:
        """Return the first type that holds every value; that of the declaration where none is."""
        if not self.classes:
            natural = affinity(self.declared)
            return LogicalType.TEXT if natural is LogicalType.BLOB else natural
        return next((kind for kind in _PREFERRED if kind in self.fits), None)

    def held(self) -> str:
        """Return what is stored, in words."""
        counts = (f"{count} {name}" for name, count in sorted(self.classes.items()))
        return ", ".join(counts) or "no value"

    def epochs(self, name: str, *, temporal: bool) -> Iterator[str]:
        """Yield how the numbers of a column that is about time could be read as moments."""
        only_numbers = self._numbers and not self.classes["text"] + self.classes["blob"]
        if not only_numbers or not (temporal or _TIME_NAME.search(name.lower())):
            return
        for unit, factor in _UNITS:
            low, high = (number / factor for number in self._numbers)
            if _EARLIEST.timestamp() <= low and high <= _LATEST.timestamp():
                first, last = (f"{datetime.fromtimestamp(n, UTC):%Y-%m-%d}" for n in (low, high))
                yield f"could be {unit} since 1970, from {first} to {last}"


def read_all(read: Reader, values: Sequence[Any]) -> list[Any] | None:
    """Return every value as read; None where one cannot be."""
    try:
        return list(map(read, values))
    except BadValue:
        return None


def _raw(value: str | bytes) -> bytes:
    return value.encode(errors="surrogateescape") if isinstance(value, str) else value


class Extent:
    """The lowest and highest value, for text and bytes the shortest and longest."""

    def __init__(self) -> None:
        self.count = 0
        self.low: Any = None
        self.high: Any = None
        self._sized = False

    def take(self, values: Sequence[Any]) -> None:
        """Widen it to what a batch holds, None apart."""
        known = [value for value in values if value is not None]
        if not known:
            return
        self._sized = isinstance(known[0], str | bytes)
        measures = list(map(len, known)) if self._sized else known
        low, high = min(measures), max(measures)
        self.low = min(low, self.low) if self.count else low
        self.high = max(high, self.high) if self.count else high
        self.count += len(known)

    def __str__(self) -> str:
        unit = " long" if self._sized else ""
        return f"from {self.low} to {self.high}{unit}"
