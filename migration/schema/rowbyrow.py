"""Which triggers come to the same whether they run after each row or after the statement.

SQLite runs them row by row, PostgreSQL when all rows are written. That shows where a trigger meets
rows that the statement has yet to write, and where the order of several triggers counts.
"""

from sqlglot import expressions as sql

from migration.schema.choices import folded
from migration.schema.errors import Untranslatable
from migration.schema.scope import ROW_NUMBERS
from migration.source.model import Catalogue, SourceObject, SourceTable
from migration.source.triggertext import trigger_text


def assert_alone(thing: SourceObject, catalogue: Catalogue) -> None:
    """Refuse a trigger that shares a table with one of the same event, or comes back by others.

    Raises Untranslatable.
    """
    mine, event = _writes(thing), trigger_text(thing.sql).event
    others = [t for t in catalogue.objects if t.kind == "trigger" and t is not thing]
    own = folded(thing.table)
    for other in others:
        same_event = folded(other.table) == own and trigger_text(other.sql).event == event
        if same_event and mine & _writes(other):
            raise Untranslatable(f"the trigger {other.name} writes to the same table")
    reached, waiting = set[str](), mine - {own}
    while waiting:
        reached |= waiting
        started = [other for other in others if folded(other.table) in waiting]
        for other in started:
            if own in _writes(other):
                raise Untranslatable(f"the trigger {other.name} writes back to {thing.table}")
        waiting = {name for other in started for name in _writes(other)} - reached


def _writes(thing: SourceObject) -> set[str]:
    return set(map(folded, trigger_text(thing.sql).writes))


def is_own_row(where: sql.Expr | None, table: SourceTable) -> bool:
    """Say whether the condition of a statement names the row of the trigger by its whole key."""
    if where is None or table.primary_key is None:
        return False
    rule = where.this.unnest()
    tests = rule.flatten() if isinstance(rule, sql.And) else [rule]
    fixed = {_fixed_column(test.unnest(), table) for test in tests}
    return fixed >= {folded(name) for name in table.primary_key.columns}


def _fixed_column(test: sql.Expr, table: SourceTable) -> str | None:
    """Return the column that a test holds equal to the same column of NEW or OLD."""
    if not isinstance(test, sql.EQ):
        return None
    sides = [s for s in (test.left.unnest(), test.right.unnest()) if isinstance(s, sql.Column)]
    if len(sides) < 2:
        return None
    rows = [folded(side.table) in ("new", "old") for side in sides]
    one, other = (_column_name(side, table) for side in sides)
    return one if sorted(rows) == [False, True] and one == other else None


def _column_name(side: sql.Column, table: SourceTable) -> str:
    is_row_number = folded(side.name) in ROW_NUMBERS and table.row_id
    return folded(str(table.row_id) if is_row_number else side.name)
