"""What a profile can find, and the counters it is made from; `profile` does the finding."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from migration.schema.model import LogicalType
from migration.schema.types import native_type
from migration.source.model import SourceColumn
from migration.source.values import BadValue, Reader, reader, shape

Severity: TypeAlias = Literal["error", "note"]

EXAMPLES = 5
_REMEDIES = {
    "storage class": "store values of the declared type, or declare what is stored",
    "boolean": "store 0 or 1",
    "timestamp": "spell it YYYY-MM-DD HH:MM:SS, with an offset where it is not UTC",
    "date": "spell it YYYY-MM-DD",
    "json": "store a valid JSON document, or declare the column TEXT",
    "nul character": "remove the NUL character from the text",
    "invalid utf-8": "store UTF-8, or declare the column BLOB",
    "null": "give these rows a value",
    "duplicate key": "keep one of the rows: their keys are different spellings of one value",
    "orphan": "delete these rows, or add the rows they refer to",
}


@dataclass(frozen=True)
class Finding:
    """One thing found in one column; an `error` means that the copy would reject the rows.

    `examples` are keys of rows, such as `id=17`; no text that a person wrote is shown.
    """

    severity: Severity
    table: str
    column: str
    rule: str
    detail: str
    count: int
    examples: tuple[str, ...]
    remedy: str

    def __str__(self) -> str:
        """Return one line for a report."""
        rows = f"{self.count} rows" + (f" ({'; '.join(self.examples)})" if self.examples else "")
        return f"{self.severity}: {self.table}.{self.column}: {self.detail}: {rows}"


@dataclass
class Tally:
    """How often something was met, and the keys of the first rows."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, key: Callable[[], str]) -> None:
        """Count one more row."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(key())

    def finding(
        self, severity: Severity, place: tuple[str, str], rule: str, detail: str
    ) -> Finding:
        """Return what was counted as a finding at a table and column."""
        remedy = _REMEDIES.get(rule, "nothing to do")
        return Finding(severity, *place, rule, detail, self.count, tuple(self.examples), remedy)


class ColumnScan:
    """What is met in one column while its table is scanned."""

    def __init__(self, table: str, column: SourceColumn) -> None:
        self._place = (table, column.name)
        self._required = column.not_null or bool(column.key_place)
        self._faults: dict[tuple[str, str], Tally] = {}
        self._spellings: dict[str, Tally] = {}
        self._extent = _Extent()
        self.type = native_type(column.declared)
        self._read: Reader = reader(self.type)

    def take(self, value: Any, key: Callable[[], str]) -> Any:
        """Count one value and return it as its type reads it, None where it cannot be read."""
        if value is None:
            if self._required:
                self._fault("null", "NULL where a value is required", key)
            return None
        try:
            read = self._read(value)
        except BadValue as error:
            return self._fault(error.rule, str(error), key)
        if self.type is LogicalType.TIMESTAMP:
            self._spellings.setdefault(shape(value), Tally()).add(key)
        if self.type is not LogicalType.BOOLEAN:
            self._extent.take(read)
        return read

    def _fault(self, rule: str, detail: str, key: Callable[[], str]) -> None:
        self._faults.setdefault((rule, detail), Tally()).add(key)

    def findings(self) -> Iterator[Finding]:
        """Yield what was met: faults, then spellings of timestamps, then the range."""
        for (rule, detail), tally in self._faults.items():
            yield tally.finding("error", self._place, rule, detail)
        for spelling, tally in sorted(self._spellings.items()):
            yield tally.finding("note", self._place, "spelling", f"timestamps spelled {spelling}")
        if self._extent.count:
            detail = f"{self.type} {self._extent}"
            yield Tally(self._extent.count).finding("note", self._place, "range", detail)


class _Extent:
    """The lowest and highest value, for text and bytes the shortest and longest."""

    def __init__(self) -> None:
        self.count = 0
        self._sized = False
        self._low: Any = None
        self._high: Any = None

    def take(self, value: Any) -> None:
        self.count += 1
        self._sized = isinstance(value, str | bytes)
        measure = len(value) if self._sized else value
        if self.count == 1:
            self._low = self._high = measure
        elif measure < self._low:
            self._low = measure
        elif measure > self._high:
            self._high = measure

    def __str__(self) -> str:
        unit = " long" if self._sized else ""
        return f"from {self._low} to {self._high}{unit}"
