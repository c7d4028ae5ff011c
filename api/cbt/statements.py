"""The SQL of the tools: pure functions from the description of a table to finished texts.

Called once, when the descriptions are made (`tool.py`), and only with constants of this
package, so the texts are known without running a request. The same text serves both engines.
Values are bound in the order in which each function names them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

DELETED = "deleted_at"


@dataclass(frozen=True)
class Completion:
    """Which value of a field completes an entry, and the column that remembers when it did."""

    field: str
    value: str | bool
    column: str = "completed_timestamp"

    @property
    def literal(self) -> str:
        """Return the value in SQL."""
        return f"'{self.value}'" if isinstance(self.value, str) else str(self.value).upper()


@dataclass(frozen=True)
class Statements:
    """Finished texts: every field of a subclass is one."""


@dataclass(frozen=True)
class ToolStatements(Statements):
    """The texts of a tool's entries."""

    insert: str
    listing: str
    show: str
    update: str
    delete: str


@dataclass(frozen=True)
class ChildStatements(Statements):
    """The texts of what hangs below an entry."""

    insert: str
    listing: str


def insert(table: str, columns: Sequence[str]) -> str:
    """Write the INSERT of a row; values: one for each column."""
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) RETURNING id"


def select(table: str, columns: Sequence[str], condition: str) -> str:
    """Write a SELECT of rows that are not deleted."""
    return f"SELECT {', '.join(columns)} FROM {table} WHERE {condition}{_alive(columns)}"


def page(text: str, order: str, first: int) -> str:
    """Sort a SELECT and cut a page out of it; values: `first` is the limit, then the offset."""
    return f"{text} ORDER BY {order} LIMIT ${first} OFFSET ${first + 1}"


def update(
    table: str,
    columns: Sequence[str],
    shown: Sequence[str],
    condition: Sequence[str],
    *,
    completion: Completion | None = None,
    reviewed: str | None = None,
) -> str:
    """Write the UPDATE that sets any of the columns.

    Values: for each of `columns` whether to set it, and to what; then the time, where
    `completion` or `reviewed` want it; then one for each column of `condition`.
    """
    number = {name: 2 * place + 1 for place, name in enumerate(columns)}
    clock = 2 * len(columns) + 1
    first = clock + 1 if completion or reviewed else clock
    changes = [
        f"{name} = CASE WHEN ${mark} THEN ${mark + 1} ELSE {name} END"
        for name, mark in number.items()
    ]
    if completion:
        mark = number[completion.field]
        changes.append(
            f"{completion.column} = CASE WHEN NOT ${mark} THEN {completion.column}"
            f" WHEN ${mark + 1} = {completion.literal}"
            f" THEN COALESCE({completion.column}, ${clock}) END"
        )
    if reviewed:
        changes.append(f"{reviewed} = ${clock}")
    where = " AND ".join(f"{name} = ${first + place}" for place, name in enumerate(condition))
    return f"UPDATE {table} SET {', '.join(changes)} WHERE {where}{_alive(shown)}"


def delete(table: str, shown: Sequence[str]) -> str:
    """Write the DELETE of somebody's row; values: id, username."""
    return f"DELETE FROM {table} WHERE id = $1 AND username = $2{_alive(shown)}"


def _alive(columns: Sequence[str]) -> str:
    return f" AND {DELETED} IS NULL" if DELETED in columns else ""
