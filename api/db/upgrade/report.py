"""What an upgrade did: per database, table and rule. Printed by `console.py`."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class RuleReport:
    """How many rows of a table a rule changed or rejected. A row may be changed by several."""

    rule: str
    does: str
    outcome: Literal["changed", "rejected"]
    rows: int


@dataclass(frozen=True)
class TableReport:
    """What became of the rows of an old table: rows = kept + changed + rejected."""

    database: str
    table: str
    rows: int
    kept: int
    changed: int
    rejected: int
    rules: tuple[RuleReport, ...]


@dataclass(frozen=True)
class Report:
    """The account of all rows; `notes` are sentences about the whole."""

    old: Path
    new: Path
    rejects: Path
    tables: tuple[TableReport, ...]
    notes: tuple[str, ...]

    @property
    def rejected(self) -> int:
        """Return how many rows are in `upgrade_rejects`."""
        return sum(table.rejected for table in self.tables)

    def plain(self) -> dict[str, Any]:
        """Return the report as JSON can hold it."""
        return {
            **asdict(self),
            "old": str(self.old),
            "new": str(self.new),
            "rejects": str(self.rejects),
            "rejected": self.rejected,
        }
