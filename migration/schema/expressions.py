"""Translating SQLite's expressions (rules, defaults, indexes, views, triggers) into PostgreSQL's.

Only what is known to mean the same on both engines is written; anything else raises, so nothing
changes its meaning in silence. Parsing is sqlglot's; what may be translated, and how, is listed
here, each kind of node with the parts of it that its rule looks at. A part that no rule looks at
refuses the whole.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlglot
from sqlglot import expressions as sql

from migration.schema import arithmetic, comparisons, functions, kinds, operators, patterns
from migration.schema.errors import Untranslatable
from migration.schema.kinds import Below
from migration.schema.model import LogicalType
from migration.schema.scope import Scope, Typed

_Translate: TypeAlias = Callable[[Any, Below], Typed]


@dataclass(frozen=True)
class _Rule:
    """Which nodes, the parts of them that are understood, and the translation."""

    kinds: tuple[type[sql.Expr], ...]
    parts: frozenset[str]
    translate: _Translate


_SORTING = (sql.LT, sql.LTE, sql.GT, sql.GTE, sql.Between, sql.Min, sql.Max)


def _rule(
    kinds: type[sql.Expr] | Collection[type[sql.Expr]], parts: str, translate: _Translate
) -> _Rule:
    several = tuple(kinds) if isinstance(kinds, Collection) else (kinds,)
    return _Rule(several, frozenset(parts.split()), translate)


_RULES = (
    _rule(sql.Literal, "this is_string", arithmetic.literal),
    _rule(sql.Null, "", lambda _tree, _below: Typed("NULL", None)),
    _rule(sql.Boolean, "this", lambda tree, _below: kinds.boolean(tree.sql().upper())),
    _rule(sql.HexString, "this", lambda tree, _below: _blob(tree.name)),
    _rule(sql.Paren, "this", lambda tree, below: below(tree.this)),
    _rule(sql.Neg, "this", arithmetic.negative),
    _rule(arithmetic.ARITHMETIC, "this expression", arithmetic.arithmetic),
    _rule(arithmetic.ON_WHOLE_NUMBERS, "this expression", arithmetic.on_whole_numbers),
    # `typed` and `safe` say how SQLite divides, which the rule knows.
    _rule((sql.Div, sql.Mod), "this expression typed safe", arithmetic.division),
    _rule(operators.CONNECTIVES, "this expression", operators.connective),
    _rule(comparisons.COMPARISONS, "this expression", comparisons.comparison),
    _rule(sql.Not, "this", operators.negation),
    _rule(sql.Is, "this expression", comparisons.identity),
    _rule(sql.In, "this expressions", comparisons.membership),
    _rule(sql.Between, "this low high", comparisons.between),
    _rule(sql.Case, "this ifs default", operators.choice),
    _rule(sql.Collate, "this expression", operators.collated),
    _rule(sql.DPipe, "this expression safe", operators.concatenation),
    _rule(sql.Like, "this expression negate", patterns.like),
    _rule(sql.Escape, "this expression", patterns.escaped_like),
    _rule(sql.Glob, "this expression", patterns.glob),
    _rule((sql.Lower, sql.Upper), "this", functions.letters),
    _rule(sql.Trim, "this expression position", functions.trim),
    _rule(sql.Length, "this", functions.length),
    _rule(sql.Substring, "this start length", functions.substring),
    _rule(sql.StrPosition, "this substr", functions.position),
    _rule(sql.Replace, "this expression replacement", functions.replacement),
    _rule(sql.Abs, "this", functions.absolute),
    _rule(sql.Coalesce, "this expressions", functions.first_known),
    _rule(sql.Nullif, "this expression", functions.null_if),
    _rule(sql.If, "this true false", functions.if_else),
    _rule(sql.Typeof, "this", functions.storage_class),
    _rule(sql.Cast, "this to", functions.cast),
    _rule(sql.Anonymous, "this expressions", functions.hint),
    _rule((sql.Min, sql.Max), "this", functions.least_or_greatest),
    _rule(sql.Count, "this big_int", functions.count),
    _rule(sql.Sum, "this", functions.total),
)


def parsed(text: str) -> sql.Expr:
    """Parse an expression. Raises Untranslatable."""
    try:
        # On a line of its own, because a comment may end the text.
        tree: sql.Expr = sqlglot.parse_one(f"SELECT ({text}\n)", read="sqlite")
    except sqlglot.errors.SqlglotError as error:
        raise Untranslatable(f"{text} cannot be parsed") from error
    (inner,) = tree.expressions
    if not isinstance(inner, sql.Paren):
        raise Untranslatable(f"{text} is more than one value")
    return inner.unnest()


def translate(text: str, scope: Scope) -> Typed:
    """Translate an expression over the given columns.

    Raises Untranslatable when it cannot be said exactly.
    """
    return translate_tree(parsed(text), scope)


def condition(text: str, scope: Scope) -> str:
    """Translate an expression that is used as a truth value.

    Raises Untranslatable when it cannot be said exactly.
    """
    return kinds.truth(translate(text, scope))


def translate_tree(tree: sql.Expr, scope: Scope) -> Typed:
    """Translate a parsed expression.

    Raises Untranslatable when it cannot be said exactly.
    """

    def below(node: sql.Expr) -> Typed:
        if isinstance(node, sql.Column):
            return scope.column(node)
        if isinstance(node, _SORTING) and not scope.by_utf8:
            _assert_no_text(node, below(node.this))
        for rule in _RULES:
            if isinstance(node, rule.kinds) and _understood(node) <= rule.parts:
                return rule.translate(node, below)
        raise Untranslatable(f"{node.sql(dialect='sqlite')} has no exact equal")

    return below(tree)


def _assert_no_text(node: sql.Expr, value: Typed) -> None:
    if value.type is LogicalType.TEXT:
        raise Untranslatable(f"{node.sql(dialect='sqlite')} sorts text by the bytes of UTF-16")


def _understood(node: sql.Expr) -> frozenset[str]:
    """Return the parts that the node has."""
    return frozenset(name for name, part in node.args.items() if part not in (None, False, []))


def implied_by_type(text: str, scope: Scope, *, required: Collection[str]) -> bool:
    """Say whether the type of a column already enforces this rule: 0 or 1, or valid JSON.

    `required` are the columns that are NOT NULL: whether json_valid(NULL) is NULL or 0 depends on
    the version of SQLite.
    """
    tree, null_allowed = _without_null(parsed(text))
    if isinstance(tree, sql.Anonymous) and tree.name.lower() == "json_valid":
        document = tree.expressions[0]
        known = null_allowed or document.name in required
        return known and translate_tree(document, scope).type is LogicalType.JSON
    if isinstance(tree, sql.In):
        allowed = {item.sql() for item in tree.expressions}
    elif isinstance(tree, sql.Between):
        allowed = {tree.args["low"].sql(), tree.args["high"].sql()}
    else:
        return False
    subject = tree.this.unnest()
    if not isinstance(subject, sql.Column) or allowed != {"0", "1"}:
        return False
    return translate_tree(subject, scope).type is LogicalType.BOOLEAN


def _without_null(tree: sql.Expr) -> tuple[sql.Expr, bool]:
    """Return a rule without its `OR column IS NULL`, and whether it had one."""
    if isinstance(tree, sql.Or):
        for null, rest in ((tree.left, tree.right), (tree.right, tree.left)):
            if isinstance(null, sql.Is) and isinstance(null.expression, sql.Null):
                return (rest, True) if null.this in rest.find_all(sql.Column) else (tree, False)
    return tree, False


def _blob(digits: str) -> Typed:
    return Typed(rf"'\x{digits}'::bytea", LogicalType.BLOB, loose=True)
