"""What migration.toml decides for one database: the types of columns, and what is left out.

The audit proposes these settings; `migration.config` reads them; conversion and comparison each
follow them by code of their own. Without any, every type follows from what is declared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from migration.schema.model import LogicalType

Types: TypeAlias = Literal["native", "faithful"]

KINDS = (
    "table ",
    "view ",
    "trigger ",
    "index ",
    "virtual table ",
    "check ",
    "default of ",
    "reference of ",
    "conflict clauses of ",
)
"""How a name of something that stays behind begins."""


@dataclass(frozen=True)
class Choices:
    """Decisions of whoever moves the database; names are compared as SQLite compares them."""

    types: Types = "native"
    """`native`: boolean, timestamptz, date, jsonb where declared so; `faithful`: as stored."""
    columns: Mapping[str, LogicalType] = field(default_factory=dict)
    """Types by `table.column`, before any rule."""
    leave_out: Mapping[str, str] = field(default_factory=dict)
    """Reasons by what stays behind on purpose, such as `view totals` or `check 1 of orders`."""

    def type_of(self, table: str, column: str) -> LogicalType | None:
        """Return the type that was chosen for a column."""
        wanted = folded(f"{table}.{column}")
        return next((type for name, type in self.columns.items() if folded(name) == wanted), None)

    def leaves_out(self, what: str) -> bool:
        """Say whether something stays behind."""
        return folded(what) in map(folded, self.leave_out)


NATIVE = Choices()


def check_name(table: str, number: int) -> str:
    """Name a rule of a table, counted from 1 in the order written."""
    return f"check {number} of {table}"


def reference_name(table: str, columns: Iterable[str]) -> str:
    """Name a reference of a table."""
    return f"reference of {table} ({', '.join(columns)})"


def folded(name: str) -> str:
    """Return a name so that two spellings of one name in SQLite are equal: without ASCII case."""
    return name.translate(_LOWER)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
