"""Moving the rows of a database: every one is either stored or rejected, and counted.

Types first, then what is special to a table, then the references; the constraints of the new
schema have the last word.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from api.db.catalogue import Column, Table
from api.db.upgrade import rules
from api.db.upgrade.draft import Draft, Surroundings
from api.db.upgrade.ledger import Ledger, Tally
from api.db.upgrade.rules import Later, Rejected
from api.db.upgrade.source import OldRow
from api.db.upgrade.tables import AFTER, BEFORE, recount_likes
from api.db.upgrade.values import Unreadable, Value, read

Progress = Callable[[str, int, int], None]

TOLD_EVERY = 100
LITERAL = re.compile(r"'(?P<text>[^']*)'|(?P<number>-?\d+)")


def move_database(around: Surroundings, ledger: Ledger, progress: Progress) -> Iterator[str]:
    """Settle every row of a database; yield notes."""
    old, new = around.old, around.new
    for table in new.in_order():
        if table.name in old.tables:
            tally = ledger.open(new.logical, table.name, old.count(table.name))
            _move_table(table, around, tally, progress)
    for name in old.tables.keys() - new.tables.keys():
        tally = ledger.open(new.logical, name, old.count(name))
        for row in old.rows(name, None):
            tally.reject(row, Rejected(rules.TABLE_UNKNOWN, f"there is no table {name}"))
    if "community_posts" in old.tables:
        recount_likes(around, ledger)
    missing = sorted(new.tables.keys() - old.tables.keys())
    if missing:
        yield f"{new.logical}.db lacks tables, which are empty now: {', '.join(missing)}."


def _move_table(table: Table, around: Surroundings, tally: Tally, progress: Progress) -> None:
    waiting = _watched(around.old.rows(table.name, table), table.name, tally.old, progress)
    left = [row for row in waiting if not _settle(table, row, around, tally, last_chance=False)]
    while left:
        before = left
        left = [row for row in before if not _settle(table, row, around, tally, last_chance=False)]
        if len(left) == len(before):
            left = [row for row in left if not _settle(table, row, around, tally, last_chance=True)]
    if "id" in table.key:
        around.new.count_ids_from(table.name, around.old.last_id(table.name))


def _watched(
    rows: Iterable[OldRow], table: str, total: int, progress: Progress
) -> Iterator[OldRow]:
    for done, row in enumerate(rows):
        if done % TOLD_EVERY == 0:
            progress(table, done, total)
        yield row


def _settle(
    table: Table, row: OldRow, around: Surroundings, tally: Tally, *, last_chance: bool
) -> bool:
    """Store or reject a row; return False if it must wait for others."""
    draft = Draft(row, last_chance)
    try:
        BEFORE.get(table.name, _nothing)(draft, around)
        _read_types(table, draft, around)
        AFTER.get(table.name, _nothing)(draft, around)
        _check_references(table, draft, around)
        around.new.insert(table.name, draft.values)
    except Later:
        return False
    except Rejected as rejected:
        tally.reject(row, rejected)
    else:
        tally.keep(draft)
    return True


def _nothing(_draft: Draft, _around: Surroundings) -> None:
    """Do nothing: most tables have nothing special."""


def _read_types(table: Table, draft: Draft, around: Surroundings) -> None:
    """Bring every value to its column's type. Raises Rejected with all that cannot be read."""
    faults = []
    for column in table.columns:
        try:
            _read_type(table, column, draft, around)
        except Unreadable as fault:
            faults.append(f"{column.name}: {fault}")
    if faults:
        raise Rejected(rules.UNREADABLE, "; ".join(faults))
    for name in draft.values.keys() - {column.name for column in table.columns}:
        if draft.values[name] is not None:
            draft.change(name, None, rules.COLUMN_LEFT_OUT)
        del draft.values[name]


def _read_type(table: Table, column: Column, draft: Draft, around: Surroundings) -> None:
    name, default = column.name, _default(column)
    if name not in draft.values:
        draft.values[name] = default
        if default is not None:
            draft.change(name, default, rules.COLUMN_MISSING)
        return
    before = draft.values[name]
    value, rule = read(before, f"{table.name}.{name}", column.declared, around.zones)
    if value is None and column.required and default is not None:
        value, rule = default, rules.NULL_TO_DEFAULT
    if rule:
        draft.change(name, value, rule)


def _default(column: Column) -> Value:
    """Return a column's default; None where there is none or it is a moment."""
    found = LITERAL.fullmatch(column.default or "")
    if not found:
        return None
    return int(found["number"]) if found["number"] else found["text"]


def _check_references(table: Table, draft: Draft, around: Surroundings) -> None:
    """Clear what refers to nothing and need not; raise Rejected where it must refer to a row."""
    for column in table.columns:
        value = draft.values[column.name]
        if column.refers_to is None or value is None:
            continue
        parent, _, key = column.refers_to.partition(".")
        if around.new.has(parent, **{key: value}):
            continue
        if parent == table.name and not draft.last_chance:
            raise Later
        if column.required:
            was_there = around.old.has(parent, key, value)
            why = "which was rejected itself" if was_there else "which is not there"
            raise Rejected(rules.ORPHAN, f"{column.name}: refers to a row of {parent} {why}")
        draft.change(column.name, None, rules.REFERENCE_CLEARED)
