"""Comparing what one column holds with what it is to become.

A column comes in batches. What is plain is read with few calls; only a batch in which a value
breaks its type is gone through value by value, to name the rows. `measure` counts, `profile` scans.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

from migration.schema.model import LogicalType
from migration.schema.types import ColumnType
from migration.source.findings import REMEDIES, ColumnProfile, Finding, Tally
from migration.source.measure import Extent, Measured, read_all
from migration.source.model import SourceColumn
from migration.source.values import BadValue, reader, shape

KeyOf: TypeAlias = Callable[[int], str]
"""Returns the key of a row by its place in the batch."""

_TEMPORAL = frozenset({LogicalType.TIMESTAMP, LogicalType.DATE})
_MOST_WHOLE = 2.0**53


class ColumnScan:
    """What is met in one column."""

    def __init__(self, table: str, column: SourceColumn, becomes: ColumnType | str) -> None:
        """Begin; `becomes` is the type, or why none is known."""
        known = becomes if isinstance(becomes, ColumnType) else None
        self.type = known.type if known else None
        self._rule = known.rule if known else ""
        self._why_unknown = "" if isinstance(becomes, ColumnType) else becomes
        self._read = reader(known.type, known.limit) if known else None
        self._place = (table, column.name)
        self._column = column
        self._required = column.not_null or bool(column.key_place)
        self.measured = Measured(column.declared)
        self._extent = Extent()
        self._faults: dict[tuple[str, str], Tally] = {}
        self._spellings: dict[str, Tally] = {}
        self._rounded = Tally()

    def take(self, values: Sequence[Any], key_of: KeyOf) -> Sequence[Any]:
        """Measure a batch and return it as the type reads it, None where it cannot be read."""
        self.measured.take(values)
        if self._read is None:
            return values
        found = None if None in values else read_all(self._read, values)
        if found is None:
            found = [self._one(value, partial(key_of, n)) for n, value in enumerate(values)]
        if self.type is LogicalType.TIMESTAMP:
            self._take_spellings(values, found, key_of)
        if self.type in (LogicalType.REAL, LogicalType.NUMERIC):
            self._take_rounded(values, key_of)
        if self.type is not LogicalType.BOOLEAN:
            self._extent.take(found)
        return found

    def _one(self, value: Any, key: Callable[[], str]) -> Any:
        try:
            if value is not None and self._read is not None:
                return self._read(value)
            if self._required:
                self._fault("null", "NULL where a value is required", key)
        except BadValue as error:
            self._fault(error.rule, str(error), key)
        return None

    def _fault(self, rule: str, detail: str, key: Callable[[], str]) -> None:
        self._faults.setdefault((rule, detail), Tally()).add(key)

    def _take_spellings(self, values: Sequence[Any], found: Sequence[Any], key_of: KeyOf) -> None:
        for place, value in enumerate(values):
            if found[place] is not None:
                self._spellings.setdefault(shape(value), Tally()).add(partial(key_of, place))

    def _take_rounded(self, values: Sequence[Any], key_of: KeyOf) -> None:
        for place, value in enumerate(values):
            if type(value) is float and abs(value) >= _MOST_WHOLE:
                self._rounded.add(partial(key_of, place))

    def findings(self) -> Iterator[Finding]:
        """Yield faults, then spellings of timestamps, then the range."""
        if self._why_unknown:
            yield self._unknown()
        for (rule, detail), tally in self._faults.items():
            yield tally.finding("error", self._place, rule, detail, self._remedy(rule))
        for spelling, tally in sorted(self._spellings.items()):
            yield tally.finding("note", self._place, "spelling", f"timestamps spelled {spelling}")
        if self._rounded.count:
            detail = "numbers beyond 15 digits, as SQLite rounded them when they were stored"
            yield self._rounded.finding("note", self._place, "rounded", detail)
        if self._extent.count:
            detail = f"{self.type} {self._extent}"
            yield Tally(self._extent.count).finding("note", self._place, "range", detail)
        for detail in self.measured.epochs(self._column.name, temporal=self.type in _TEMPORAL):
            count = sum(self.measured.classes.values())
            yield Tally(count).finding("note", self._place, "epoch", detail)

    def _unknown(self) -> Finding:
        detail = f"{self._why_unknown}; it holds {self.measured.held()}"
        remedy = "no type holds all of them: store values of one type"
        if self._better() is not None:
            remedy = f"say which type it is: {self._setting()} under columns"
        count = sum(self.measured.classes.values())
        return Tally(count).finding("error", self._place, "type", detail, remedy)

    def _remedy(self, rule: str) -> str:
        plain = REMEDIES.get(rule, "nothing to do")
        if rule == "null" or self._better() is None:
            return plain
        return f"{plain}; or keep what is stored: {self._setting()} under columns"

    def _better(self) -> LogicalType | None:
        """Return the type to be chosen, where the column's own does not hold every value."""
        if self.type is not None and all(rule == "null" for rule, _ in self._faults):
            return None
        if self.type in self.measured.fits:
            return self.type  # without the limit that is broken
        return self.measured.fitting()

    def _setting(self) -> str:
        better = self._better()
        return f'"{self._place[0]}.{self._place[1]}" = "{better}"' if better else ""

    def profile(self) -> ColumnProfile:
        """Return what the column holds and the type proposed for it."""
        sound = self.type is not None and all(rule == "null" for rule, _ in self._faults)
        type = self.type if sound else self._better()
        return ColumnProfile(
            *self._place,
            declared=self._column.declared,
            type=str(type or ""),
            rule=self._rule if sound else ("it holds every value" if type else "none fits"),
            setting=self._setting(),
            nulls=self.measured.nulls,
            classes=dict(self.measured.classes),
            smallest="" if self._extent.low is None else str(self._extent.low),
            largest="" if self._extent.high is None else str(self._extent.high),
            could_be=tuple(str(kind) for kind in self.measured.fits if kind is not type),
        )
