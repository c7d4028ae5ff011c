"""Translating SQLite's expressions (CHECK, index terms and conditions) into PostgreSQL's.

Only what is known to mean the same on both engines is written; anything else raises, so nothing
changes its meaning in silence. Parsing is sqlglot's, the rules are ours: SQLite compares booleans
with 0 and 1, takes a number for a truth value, and a double-quoted unknown name for a string.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlglot
from sqlglot import expressions as sql

from migration.schema.errors import Untranslatable
from migration.schema.model import LogicalType, quote

_NUMBERS = frozenset({LogicalType.INTEGER, LogicalType.REAL, LogicalType.NUMERIC})
_COMPARISONS: dict[type[sql.Expr], str] = {
    sql.EQ: "=",
    sql.NEQ: "<>",
    sql.LT: "<",
    sql.LTE: "<=",
    sql.GT: ">",
    sql.GTE: ">=",
    sql.NullSafeEQ: "IS NOT DISTINCT FROM",
    sql.NullSafeNEQ: "IS DISTINCT FROM",
}
_ARITHMETIC: dict[type[sql.Expr], str] = {sql.Add: "+", sql.Sub: "-", sql.Mul: "*"}
_CONNECTIVES: dict[type[sql.Expr], str] = {sql.And: "AND", sql.Or: "OR"}
_TEXT_FUNCTIONS: dict[type[sql.Expr], str] = {
    sql.Lower: "lower",
    sql.Upper: "upper",
    sql.Trim: "btrim",
}


@dataclass(frozen=True)
class Typed:
    """PostgreSQL's SQL of an expression, and what its value means; None for NULL."""

    sql: str
    type: LogicalType | None
    literal: str | None = None


Columns: TypeAlias = Mapping[str, LogicalType]
_Rule: TypeAlias = Callable[[Any, Columns], Typed]


def translate(text: str, columns: Columns) -> Typed:
    """Translate an expression over the given columns.

    Raises Untranslatable when it cannot be said exactly.
    """
    return _typed(_parsed(text), columns)


def condition(text: str, columns: Columns) -> str:
    """Translate an expression that is used as a truth value.

    Raises Untranslatable when it cannot be said exactly.
    """
    return _truth(_parsed(text), columns)


def implied_by_type(text: str, columns: Columns, *, required: Collection[str]) -> bool:
    """Say whether the type of a column already enforces this rule: 0 or 1, or valid JSON.

    `required` are the columns that are NOT NULL: whether json_valid(NULL) is NULL or 0 depends on
    the version of SQLite.
    """
    tree, null_allowed = _without_null(_parsed(text))
    if isinstance(tree, sql.Anonymous) and tree.name.lower() == "json_valid":
        document = tree.expressions[0]
        known = null_allowed or document.name in required
        return known and _typed(document, columns).type is LogicalType.JSON
    if isinstance(tree, sql.In):
        allowed = {item.sql() for item in tree.expressions}
    elif isinstance(tree, sql.Between):
        allowed = {tree.args["low"].sql(), tree.args["high"].sql()}
    else:
        return False
    return _typed(tree.this, columns).type is LogicalType.BOOLEAN and allowed == {"0", "1"}


def _without_null(tree: sql.Expr) -> tuple[sql.Expr, bool]:
    """Return a rule without its `OR column IS NULL`, and whether it had one."""
    if isinstance(tree, sql.Or):
        for null, rest in ((tree.left, tree.right), (tree.right, tree.left)):
            if isinstance(null, sql.Is) and isinstance(null.expression, sql.Null):
                return (rest, True) if null.this in rest.find_all(sql.Column) else (tree, False)
    return tree, False


def literal(text: str) -> str:
    """Write a string literal."""
    return "'" + text.replace("'", "''") + "'"


def _parsed(text: str) -> sql.Expr:
    try:
        tree: sql.Expr = sqlglot.parse_one(text, read="sqlite")
    except sqlglot.errors.SqlglotError as error:
        raise Untranslatable(f"{text} cannot be parsed") from error
    return tree


def _typed(tree: sql.Expr, columns: Columns) -> Typed:
    for kind, rule in _RULES:
        if isinstance(tree, kind):
            return rule(tree, columns)
    raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no exact equal")


def _truth(tree: sql.Expr, columns: Columns) -> str:
    value = _typed(tree, columns)
    if value.type is LogicalType.BOOLEAN or value.type is None:
        return value.sql
    if value.type in _NUMBERS:
        return f"({value.sql} <> 0)"
    raise Untranslatable(f"{value.sql} is no truth value")


def _column(tree: sql.Column, columns: Columns) -> Typed:
    for name, meaning in columns.items():
        if name.lower() == tree.name.lower():
            return Typed(quote(name), meaning)
    if tree.this.quoted:
        return _string(tree.name)
    raise Untranslatable(f"{tree.name} is no column of the table")


def _string(text: str) -> Typed:
    return Typed(literal(text), LogicalType.TEXT, text)


def _literal(tree: sql.Literal, _columns: Columns) -> Typed:
    if tree.is_string:
        return _string(tree.name)
    whole = tree.name.isdigit()
    return Typed(tree.name, LogicalType.INTEGER if whole else LogicalType.REAL, tree.name)


def _negative(tree: sql.Neg, columns: Columns) -> Typed:
    value = _number(tree.this, columns)
    return Typed(f"(- {value.sql})", value.type)


def _number(tree: sql.Expr, columns: Columns) -> Typed:
    value = _typed(tree, columns)
    if value.type not in _NUMBERS:
        raise Untranslatable(f"{value.sql} is no number")
    return value


def _text(tree: sql.Expr, columns: Columns) -> Typed:
    value = _typed(tree, columns)
    if value.type is not LogicalType.TEXT:
        raise Untranslatable(f"{value.sql} is no text")
    return value


def _arithmetic(tree: sql.Binary, columns: Columns) -> Typed:
    left, right = _number(tree.left, columns), _number(tree.right, columns)
    meaning = left.type if left.type is right.type else LogicalType.REAL
    return Typed(f"({left.sql} {_ARITHMETIC[type(tree)]} {right.sql})", meaning)


def _comparison(tree: sql.Binary, columns: Columns) -> Typed:
    left, right = _alike(_typed(tree.left, columns), _typed(tree.right, columns))
    return _boolean(f"({left.sql} {_COMPARISONS[type(tree)]} {right.sql})")


def _alike(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Return both sides of a comparison so that PostgreSQL compares what SQLite compares."""
    left, right = _as(left, right.type), _as(right, left.type)
    comparable = (
        left.type is right.type
        or None in (left.type, right.type)
        or {left.type, right.type} <= _NUMBERS
    )
    if not comparable:
        raise Untranslatable(
            f"{left.sql} ({left.type}) is compared with {right.sql} ({right.type})"
        )
    return left, right


def _as(value: Typed, other: LogicalType | None) -> Typed:
    """Give a literal the type of the other side where it says the same in it."""
    if other is LogicalType.BOOLEAN and value.literal in ("0", "1"):
        return _boolean("TRUE" if value.literal == "1" else "FALSE")
    return value


def _boolean(text: str) -> Typed:
    return Typed(text, LogicalType.BOOLEAN)


def _connective(tree: sql.Connector, columns: Columns) -> Typed:
    left, right = _truth(tree.left, columns), _truth(tree.right, columns)
    return _boolean(f"({left} {_CONNECTIVES[type(tree)]} {right})")


def _not(tree: sql.Not, columns: Columns) -> Typed:
    return _boolean(f"(NOT {_truth(tree.this, columns)})")


def _is(tree: sql.Is, columns: Columns) -> Typed:
    value = _typed(tree.this, columns)
    if isinstance(tree.expression, sql.Null):
        return _boolean(f"({value.sql} IS NULL)")
    if isinstance(tree.expression, sql.Boolean):
        return _boolean(f"({_truth(tree.this, columns)} IS {tree.expression.sql().upper()})")
    raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no exact equal")


def _in(tree: sql.In, columns: Columns) -> Typed:
    if not tree.expressions:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no list of values")
    value = _typed(tree.this, columns)
    items = [_alike(value, _typed(item, columns))[1].sql for item in tree.expressions]
    return _boolean(f"({value.sql} IN ({', '.join(items)}))")


def _between(tree: sql.Between, columns: Columns) -> Typed:
    value = _typed(tree.this, columns)
    low = _alike(value, _typed(tree.args["low"], columns))[1]
    high = _alike(value, _typed(tree.args["high"], columns))[1]
    return _boolean(f"({value.sql} BETWEEN {low.sql} AND {high.sql})")


def _like(tree: sql.Like, columns: Columns) -> Typed:
    # SQLite folds ASCII only, as ILIKE does under the collation "C", and knows no escape.
    value, pattern = _text(tree.this, columns), _text(tree.expression, columns)
    return _boolean(f"({value.sql} ILIKE {pattern.sql} ESCAPE '')")


def _length(tree: sql.Length, columns: Columns) -> Typed:
    value = _typed(tree.this, columns)
    if value.type not in (LogicalType.TEXT, LogicalType.BLOB):
        raise Untranslatable(f"length of {value.sql}, which is {value.type}")
    return Typed(f"length({value.sql})", LogicalType.INTEGER)


def _text_function(tree: sql.Func, columns: Columns) -> Typed:
    values = [_text(tree.this, columns).sql]
    if tree.expression:
        values.append(_text(tree.expression, columns).sql)
    return Typed(f"{_TEXT_FUNCTIONS[type(tree)]}({', '.join(values)})", LogicalType.TEXT)


def _abs(tree: sql.Abs, columns: Columns) -> Typed:
    value = _number(tree.this, columns)
    return Typed(f"abs({value.sql})", value.type)


def _coalesce(tree: sql.Coalesce, columns: Columns) -> Typed:
    first = _typed(tree.this, columns)
    rest = [_alike(first, _typed(item, columns))[1].sql for item in tree.expressions]
    return Typed(f"coalesce({', '.join([first.sql, *rest])})", first.type)


def _concatenation(tree: sql.DPipe, columns: Columns) -> Typed:
    left, right = _text(tree.left, columns), _text(tree.right, columns)
    return Typed(f"({left.sql} || {right.sql})", LogicalType.TEXT)


_RULES: tuple[tuple[Any, _Rule], ...] = (
    (sql.Column, _column),
    (sql.Literal, _literal),
    (sql.Null, lambda _tree, _columns: Typed("NULL", None)),
    (sql.Boolean, lambda tree, _columns: _boolean(tree.sql().upper())),
    (sql.HexString, lambda tree, _columns: Typed(rf"'\x{tree.name}'::bytea", LogicalType.BLOB)),
    (sql.Paren, lambda tree, columns: _typed(tree.this, columns)),
    (sql.Neg, _negative),
    (tuple(_ARITHMETIC), _arithmetic),
    (tuple(_CONNECTIVES), _connective),
    (tuple(_COMPARISONS), _comparison),
    (sql.Not, _not),
    (sql.Is, _is),
    (sql.In, _in),
    (sql.Between, _between),
    (sql.Like, _like),
    (sql.Length, _length),
    (tuple(_TEXT_FUNCTIONS), _text_function),
    (sql.Abs, _abs),
    (sql.Coalesce, _coalesce),
    (sql.DPipe, _concatenation),
)
