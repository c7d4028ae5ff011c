"""What is done with the entries of every tool: made, listed, shown, changed, deleted.

Nothing here commits, except that a clinician's look at a patient's entries is recorded at once
(`api.disclosure`). Only the owner changes an entry; to everybody else it does not exist.
"""

from collections.abc import Callable, Mapping
from typing import Any

from api import audit, daily, memory, runtime
from api.access import Caller
from api.cbt.fields import Change, Entry, OwnersPage, Page, StatusPage
from api.cbt.rewards import reward
from api.cbt.tool import Child, Kind, Tool, Values
from api.db import Row, get_db
from api.db.types import boolean, date, number, timestamp
from api.disclosure import disclose
from api.errors import Forbidden, NotFound


def _zero_or_one(value: Any) -> int:
    return int(boolean.flag(value))


# Columns that the engines do not hand out alike. What a column is called says what it holds.
FORMS: Mapping[str, Callable[[Any], Any]] = {
    "completed": _zero_or_one,
    "is_active": _zero_or_one,
    "is_completed": _zero_or_one,
    "is_favorite": _zero_or_one,
    "sleep_date": date.text,
    "target_date": date.text,
    "total_sleep_hours": number.real,
    "attempt_timestamp": timestamp.text,
    "checkin_timestamp": timestamp.text,
    "completed_timestamp": timestamp.text,
    "deleted_at": timestamp.text,
    "entry_timestamp": timestamp.text,
    "last_reviewed": timestamp.text,
    "last_used": timestamp.text,
    "timestamp": timestamp.text,
}


def shown(row: Row) -> dict[str, Any]:
    """Format a row for an answer."""
    return {name: FORMS[name](value) if name in FORMS else value for name, value in row.items()}


def create(tool: Tool, person: str, body: Entry, *, blank_is_null: bool = False) -> int:
    """Add an entry with all that follows from it; return its id.

    With `blank_is_null` an empty text counts as none.
    """
    values = _values(tool, body)
    if blank_is_null:
        values = {name: None if value == "" else value for name, value in values.items()}
    if tool.check:
        tool.check(person, values)
    entry_id = get_db().insert(tool.statements.insert, *_new_row(tool, person, values))
    _welcome(tool, person, values, task=tool.daily_task)
    audit.record(person, "cbt", f"{tool.event}_created")
    return entry_id


def add(child: Child, tool: Tool, person: str, parent_id: int, body: Entry) -> int:
    """Add an entry below one of this person's; return its id. Raises NotFound without that."""
    parent = get_db().one(tool.statements.show, parent_id)
    if parent is None or parent["username"] != person:
        raise NotFound
    values = _values(child, body)
    child_id = get_db().insert(child.statements.insert, *_new_row(child, person, values), parent_id)
    if child.after:
        child.after(person, parent_id, values)
    _welcome(child, person, {child.parent: parent_id, **values})
    audit.record(person, "cbt", f"{child.event}_created", f"{child.parent} {parent_id}")
    return child_id


def listed(tool: Tool, caller: Caller, query: OwnersPage) -> list[dict[str, Any]]:
    """Return a page of somebody's entries; raises Forbidden like `patient_for`."""
    person = disclose(caller, query.username, tool.event)
    status = (query.status or "",) if isinstance(query, StatusPage) else ()
    rows = get_db().all(tool.statements.listing, person, *status, query.limit, query.offset)
    return [shown(row) for row in rows]


def visible(tool: Tool, caller: Caller, entry_id: int) -> Row:
    """Return an entry that the caller may see. Raises NotFound for all others."""
    row = get_db().one(tool.statements.show, entry_id)
    if row is None:
        raise NotFound
    try:
        disclose(caller, row["username"], tool.event)
    except Forbidden:
        raise NotFound from None
    return row


def listed_below(
    child: Child, tool: Tool, caller: Caller, parent_id: int, query: Page
) -> list[dict[str, Any]]:
    """Return a page of what hangs below an entry. Raises NotFound like `visible`."""
    owner = visible(tool, caller, parent_id)["username"]
    rows = get_db().all(child.statements.listing, parent_id, owner, query.limit, query.offset)
    return [shown(row) for row in rows]


def change(tool: Tool, person: str, entry_id: int, body: Change) -> None:
    """Set the fields that were sent. Raises NotFound unless it is this person's entry."""
    if tool.check:
        tool.check(person, _values(tool, body))
    clock = (runtime.now(),) if tool.completion or tool.reviewed else ()
    changed = get_db().run(
        tool.statements.update, *assignments(tool, body), *clock, entry_id, person
    )
    if not changed:
        raise NotFound
    audit.record(person, "cbt", f"{tool.event}_updated", f"id {entry_id}")


def delete(tool: Tool, person: str, entry_id: int) -> None:
    """Delete an entry for good, and what hangs below it. Raises NotFound like `change`."""
    if not get_db().run(tool.statements.delete, entry_id, person):
        raise NotFound
    audit.record(person, "cbt", f"{tool.event}_deleted", f"id {entry_id}")


def assignments(kind: Kind, body: Change) -> list[object]:
    """Return, for each column, whether it was sent, and its value."""
    sent = body.model_fields_set
    return [part for name in kind.columns for part in (name in sent, getattr(body, name))]


def _welcome(kind: Kind, person: str, values: Values, task: daily.Task | None = None) -> None:
    """Let the memory, the day's tasks and, where it is rewarded, the pet learn of a new entry."""
    memory.refresh(person)
    if task:
        daily.complete_task(person, task)
    if kind.rewarded:
        reward(person, kind.path, values)


def _values(kind: Kind, body: Entry | Change) -> dict[str, Any]:
    return {name: getattr(body, name) for name in kind.columns}


def _new_row(kind: Kind, person: str, values: Values) -> list[object]:
    """Return the values of `kind.written`."""
    row = [person, *values.values(), runtime.now()]
    if kind.completion:
        done = values[kind.completion.field] == kind.completion.value
        row.append(runtime.now() if done else None)
    return row
