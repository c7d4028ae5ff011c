"""What a profile can find, and how it is counted; `measure` finds it in columns, `profile` in rows
and between tables.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]

EXAMPLES = 5
REMEDIES = {
    "storage class": "store values of the declared type, or declare what is stored",
    "boolean": "store 0 or 1",
    "timestamp": "spell it YYYY-MM-DD HH:MM:SS, with an offset where it is not UTC",
    "date": "spell it YYYY-MM-DD",
    "json": "store a valid JSON document, or declare the column TEXT",
    "nul character": "remove the NUL character from the text",
    "invalid utf-8": "store UTF-8, or declare the column BLOB",
    "length": "shorten these texts, or declare a longer one",
    "digits": "round these numbers, or declare more digits",
    "null": "give these rows a value",
    "duplicate key": "keep one of the rows: their keys are different spellings of one value",
    "orphan": "delete these rows, or add the rows they refer to",
    "index size": "index the beginning of the text or a digest of it, or leave the index behind",
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


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds, and which type is proposed for it by which rule.

    `type` is empty where no type holds every value. `setting` is the line under `columns` that
    chooses the proposal, where it is not what would be chosen anyway.
    """

    table: str
    column: str
    declared: str
    type: str
    rule: str
    setting: str
    nulls: int
    classes: dict[str, int]
    """How many values are stored as integer, real, text, blob."""
    smallest: str
    largest: str
    could_be: tuple[str, ...]
    """Other types that hold every value."""


@dataclass
class Tally:
    """How often something was met, and the keys of the first rows."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, key: Callable[[], str], times: int = 1) -> None:
        """Count rows, of which the key of the first is given."""
        self.count += times
        if len(self.examples) < EXAMPLES:
            self.examples.append(key())

    def finding(
        self,
        severity: Severity,
        place: tuple[str, str],
        rule: str,
        detail: str,
        remedy: str | None = None,
    ) -> Finding:
        """Return what was counted as a finding at a table and column."""
        remedy = remedy or REMEDIES.get(rule, "nothing to do")
        return Finding(severity, *place, rule, detail, self.count, tuple(self.examples), remedy)
