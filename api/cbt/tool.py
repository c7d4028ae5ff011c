"""What a tool is: the one description from which its routes, models and SQL are made.

The descriptions stand in `practice.py`, `worksheets.py`, `exposure.py`, `goals.py`,
`milestones.py` and `cards.py`; `statements.py` writes their SQL, `entries.py` carries it out,
`routes.py` gives each of them its addresses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api import daily
from api.cbt import statements
from api.cbt.fields import Change, Entry, OwnersPage, StatusPage, changes_of, columns_of
from api.cbt.statements import ChildStatements, Completion, ToolStatements

NEWEST_FIRST = "{moment} DESC NULLS LAST, id DESC"

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What entries of every kind have.

    `path` is their address below that of their parent, `event` what the audit trail calls
    them. The first of `moments` is when an entry was made; with `deleted_at` among them
    entries can be marked as deleted, and are then never shown. `rewarded` entries please the
    pet.
    """

    path: str
    table: str
    noun: str
    event: str
    entry: type[Entry]
    moments: tuple[str, ...] = ("entry_timestamp",)
    completion: Completion | None = None
    rewarded: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that people fill in."""
        return columns_of(self.entry)

    @property
    def written(self) -> tuple[str, ...]:
        """Return the columns of a new row, in the order of `entries.create`."""
        completed = (self.completion.column,) if self.completion else ()
        return ("username", *self.columns, self.moments[0], *completed)


@dataclass(frozen=True, kw_only=True)
class Child(Kind):
    """Entries below an entry of a tool; `parent` is their column for it and names it in paths.

    `after` is called with the person, the parent's id and the new values.
    """

    parent: str
    after: Callable[[str, int, Values], None] | None = None
    statements: ChildStatements = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "statements", _child_statements(self))

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the columns of an answer."""
        return ("id", self.parent, "username", *self.columns, *self.moments)


@dataclass(frozen=True, kw_only=True)
class Tool(Kind):
    """One of the tools, with an address of its own.

    `order` sorts its list, `by_status` lets the list be cut down to one status. `reviewed` is
    the column that remembers the last change, `daily_task` the task of the day that a new
    entry completes. `check` is called with the person and the values that are to be stored,
    and raises if they may not be.
    """

    order: str = NEWEST_FIRST.format(moment="entry_timestamp")
    by_status: bool = False
    reviewed: str | None = None
    daily_task: daily.Task | None = None
    check: Callable[[str, Values], None] | None = None
    children: tuple[Child, ...] = ()
    change: type[Change] = field(init=False)
    statements: ToolStatements = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "change", changes_of(self.entry))
        object.__setattr__(self, "statements", _tool_statements(self))

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the columns of an answer."""
        return ("id", "username", *self.columns, *self.moments)

    @property
    def page(self) -> type[OwnersPage]:
        """Return the query of the tool's list."""
        return StatusPage if self.by_status else OwnersPage


def _tool_statements(tool: Tool) -> ToolStatements:
    mine, first = "username = $1", 2
    if tool.by_status:
        mine, first = "username = $1 AND ($2 = '' OR status = $2)", 3
    mine_all = statements.select(tool.table, tool.shown, mine)
    return ToolStatements(
        insert=statements.insert(tool.table, tool.written),
        listing=statements.page(mine_all, tool.order, first),
        show=statements.select(tool.table, tool.shown, "id = $1"),
        update=statements.update(
            tool.table,
            tool.columns,
            tool.shown,
            ("id", "username"),
            completion=tool.completion,
            reviewed=tool.reviewed,
        ),
        delete=statements.delete(tool.table, tool.shown),
    )


def _child_statements(child: Child) -> ChildStatements:
    below = f"{child.parent} = $1 AND username = $2"
    all_below = statements.select(child.table, child.shown, below)
    return ChildStatements(
        insert=statements.insert(child.table, (*child.written, child.parent)),
        listing=statements.page(all_below, NEWEST_FIRST.format(moment=child.moments[0]), 3),
    )
