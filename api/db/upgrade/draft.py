"""A row on its way: what is stored of it so far, and what has changed it.

The rules of `values.py`, `accounts.py` and `tables.py` work on drafts; `Surroundings` is what
they may look at besides.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from api.db.upgrade.rules import Rule
from api.db.upgrade.source import OldDatabase, OldRow
from api.db.upgrade.target import NewDatabase
from api.db.upgrade.values import Value, Zones


@dataclass(frozen=True)
class Change:
    """A rule that changed a column, and what was there before."""

    rule: Rule
    column: str
    old: Value


@dataclass
class Draft:
    """A row on its way; `last_chance` says that it cannot wait for other rows any more."""

    row: OldRow
    last_chance: bool
    values: dict[str, Value] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = dict(self.row.values)

    def text(self, column: str) -> str:
        """Return a text column, empty where it is NULL."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""

    def change(self, column: str, value: Value, rule: Rule) -> None:
        """Set a column by a rule."""
        self.changes.append(Change(rule, column, self.row.values.get(column)))
        self.values[column] = value


@dataclass(frozen=True)
class Surroundings:
    """The databases that a row comes from and goes to, and what was asked for.

    `accounts` is the new main database, None where there is no old one.
    """

    old: OldDatabase
    new: NewDatabase
    accounts: NewDatabase | None
    zones: Zones
    clear_unreadable: bool


Step = Callable[[Draft, Surroundings], None]
