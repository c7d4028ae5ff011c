"""What becomes of values that do not fit their column, as somebody decided it in migration.toml.

`copy` acts on it, `compare` knows of it and judges by itself. Without a decision a value that does
not fit ends the copy.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from migration.schema.model import LogicalType

FAIL, QUARANTINE, SET_NULL = "fail", "quarantine", "null"
ENDINGS = (FAIL, QUARANTINE, SET_NULL)
REST = "*"
"""The name under which the decision for all other columns stands."""

RULES = {
    "boolean words": "true, false, yes, no, on, off, t, f, y, n, in any case, are 1 or 0",
    "empty is null": "an empty text is NULL",
    "epoch milliseconds": "a number in a date or time column counts milliseconds from 1970",
    "epoch seconds": "a number in a date or time column counts seconds from 1970",
    "midnight": "a day in a time column is its first moment, and the reverse in a date column",
    "number from text": "a text that spells a number is this number, if it can be held exactly",
    "remove nul": "NUL characters are taken out of a text",
    "replace invalid utf-8": "what is not UTF-8 in a text becomes the replacement character",
    "text from blob": "a blob in a text column is its text, as UTF-8",
    "text from number": "a number in a text column is its shortest exact spelling",
    "zone +HH:MM": "a time that names no zone is of this one, instead of UTC",
}
_MOMENTS = frozenset({LogicalType.TIMESTAMP, LogicalType.DATE})
_TEXTS = frozenset({LogicalType.TEXT, LogicalType.JSON})
_FOR = {
    "boolean words": frozenset({LogicalType.BOOLEAN}),
    "empty is null": frozenset(LogicalType),
    "epoch milliseconds": _MOMENTS,
    "epoch seconds": _MOMENTS,
    "midnight": _MOMENTS,
    "number from text": frozenset({LogicalType.INTEGER, LogicalType.REAL, LogicalType.NUMERIC}),
    "remove nul": _TEXTS,
    "replace invalid utf-8": _TEXTS,
    "text from blob": _TEXTS,
    "text from number": frozenset({LogicalType.TEXT}),
    "zone": frozenset({LogicalType.TIMESTAMP}),
}
_ZONE = re.compile(r"zone [+-](?:0\d|1[0-4]):[0-5]\d", re.ASCII)


@dataclass(frozen=True)
class Policy:
    """Rules that mend a value, tried in their order, and what becomes of one they do not mend."""

    rules: tuple[str, ...] = ()
    ending: str = FAIL


@dataclass(frozen=True)
class Policies:
    """The decisions for one database: for a `table.column`, for a `table`, and for the rest."""

    named: Mapping[str, Policy] = field(default_factory=dict)
    rest: Policy = Policy()

    def of(self, table: str, column: str = "") -> Policy:
        """Return what was decided for a column, or for a table as a whole."""
        return self.named.get(f"{table}.{column}") or self.named.get(table) or self.rest

    def decides(self, table: str, columns: Sequence[str]) -> bool:
        """Say whether something was decided about each of several columns."""
        return all(self.of(table, column) != Policy() for column in columns)

    def ending(self, table: str, columns: Sequence[str]) -> str:
        """Return what becomes of a row for the sake of several columns: of `fail`, if any says so.

        A whole row cannot be NULL, so `null` is no decision about it.
        """
        endings = {self.of(table, column).ending for column in columns or [""]}
        return QUARANTINE if endings == {QUARANTINE} else FAIL


def suits(rule: str, type: LogicalType) -> bool:
    """Say whether a rule is meant for columns of a type."""
    return type in _FOR["zone" if rule.startswith("zone ") else rule]


def policy(words: Sequence[str]) -> Policy:
    """Read a decision, such as `["epoch seconds", "quarantine"]`. Raises ValueError."""
    *rules, last = words
    if last not in ENDINGS:
        rules, last = list(words), FAIL
    for rule in rules:
        if rule in ENDINGS:
            raise ValueError(f"`{rule}` can only come last")
        if rule not in RULES and not _ZONE.fullmatch(rule):
            known = ", ".join([*ENDINGS, *RULES])
            raise ValueError(f"there is no rule `{rule}` (known: {known})")
    return Policy(tuple(rules), last)


UNDECIDED = Policies()
"""No decisions: whatever does not fit ends the copy."""
