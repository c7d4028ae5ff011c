"""SQLite's other operators: AND, OR, NOT, CASE, COLLATE and ||.

Each rule gets a node of the parsed expression and a way to translate what is below it;
`expressions` puts the rules together.
"""

from collections.abc import Sequence

from sqlglot import expressions as sql

from migration.schema.comparisons import compared, unified
from migration.schema.kinds import Below, as_text, boolean, text, truth
from migration.schema.model import LogicalType
from migration.schema.scope import Typed

CONNECTIVES: dict[type[sql.Expr], str] = {sql.And: "AND", sql.Or: "OR"}


def connective(tree: sql.Connector, below: Below) -> Typed:
    """Translate AND and OR."""
    left, right = truth(below(tree.left)), truth(below(tree.right))
    return boolean(f"({left} {CONNECTIVES[type(tree)]} {right})")


def negation(tree: sql.Not, below: Below) -> Typed:
    """Translate NOT."""
    return boolean(f"(NOT {truth(below(tree.this))})")


def choice(tree: sql.Case, below: Below) -> Typed:
    """Translate CASE."""
    base = below(tree.this) if tree.this else None
    tests = [_test(base, below(branch.this)) for branch in tree.args["ifs"]]
    values = [below(branch.args["true"]) for branch in tree.args["ifs"]]
    if tree.args.get("default"):
        values.append(below(tree.args["default"]))
    return chosen(tests, values)


def _test(base: Typed | None, value: Typed) -> str:
    return truth(value) if base is None else compared(base, "=", value).sql


def chosen(tests: Sequence[str], values: Sequence[Typed]) -> Typed:
    """Return the CASE that gives one of the values for each test, and the last one otherwise."""
    type, values = unified(values)
    parts = [f"WHEN {test} THEN {value.sql}" for test, value in zip(tests, values, strict=False)]
    if len(values) > len(tests):
        parts.append(f"ELSE {values[-1].sql}")
    loose = all(value.loose or value.type is None for value in values)
    return Typed(f"(CASE {' '.join(parts)} END)", type, loose=loose)


def collated(tree: sql.Collate, below: Below) -> Typed:
    """Translate COLLATE, which only says how the value is compared."""
    value = text(below(tree.this))
    name = tree.expression.name.upper()
    return Typed(value.sql, LogicalType.TEXT, value.literal, name, explicit=True, loose=value.loose)


def concatenation(tree: sql.DPipe, below: Below) -> Typed:
    """Translate ||, where whole numbers become their digits."""
    left, right = as_text(below(tree.left)), as_text(below(tree.right))
    return Typed(f"({left.sql} || {right.sql})", LogicalType.TEXT, loose=left.loose and right.loose)
