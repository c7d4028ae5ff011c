"""SQLite's comparisons, and values of which an expression gives one, in a type that both share.

SQLite compares anything with anything, under rules of affinity and collation; what PostgreSQL
cannot be told to compare alike is refused.
"""

from collections.abc import Sequence
from datetime import date

from sqlglot import expressions as sql

from migration.schema.collations import common, fold
from migration.schema.errors import Untranslatable
from migration.schema.kinds import NUMBERS, Below, boolean, by_bytes, truth, whole
from migration.schema.model import LogicalType
from migration.schema.scope import Typed

COMPARISONS: dict[type[sql.Expr], str] = {
    sql.EQ: "=",
    sql.NEQ: "<>",
    sql.LT: "<",
    sql.LTE: "<=",
    sql.GT: ">",
    sql.GTE: ">=",
    sql.NullSafeEQ: "IS NOT DISTINCT FROM",
    sql.NullSafeNEQ: "IS DISTINCT FROM",
}
_EXACT_IN_A_REAL = 2**53


def comparison(tree: sql.Binary, below: Below) -> Typed:
    """Translate a comparison."""
    return compared(below(tree.left), COMPARISONS[type(tree)], below(tree.right))


def compared(left: Typed, sign: str, right: Typed, *, collation: str | None = None) -> Typed:
    """Compare two values under the collation that SQLite would take.

    Raises Untranslatable where SQLite compares by rules that PostgreSQL does not have.
    """
    if collation is None:
        collation = common(left, right)
    left, right = alike(fold(left, collation), fold(right, collation))
    if left.type is right.type is LogicalType.TEXT and left.loose and right.loose:
        return boolean(f"({by_bytes(left)} {sign} {right.sql})")
    return boolean(f"({left.sql} {sign} {right.sql})")


def alike(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Return both sides of a comparison so that PostgreSQL compares what SQLite compares."""
    one, other = _converted(left, right), _converted(right, left)
    if not _comparable(one, other):
        raise Untranslatable(
            f"{left.sql} ({left.type}) is compared with {right.sql} ({right.type})"
        )
    return one, other


def _converted(value: Typed, other: Typed) -> Typed:
    """Return one side in the type of the other where it says the same in it."""
    match value.type, other.type:
        case LogicalType.INTEGER, LogicalType.BOOLEAN if value.literal in ("0", "1"):
            return boolean("TRUE" if value.literal == "1" else "FALSE")
        case LogicalType.BOOLEAN, LogicalType.INTEGER if other.literal not in ("0", "1"):
            return whole(value)
        case LogicalType.TEXT, LogicalType.DATE if _is_day(value.literal):
            return Typed(f"{value.sql}::date", LogicalType.DATE)
    return value


def _is_day(text: str | None) -> bool:
    try:
        return text is not None and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _comparable(left: Typed, right: Typed) -> bool:
    if None in (left.type, right.type):
        return True
    if left.type is right.type:
        return left.type is not LogicalType.JSON
    types = {left.type, right.type}
    if types == {LogicalType.INTEGER, LogicalType.REAL}:
        # A column of each would be compared after rounding the integer to 53 bits.
        whole_side, real_side = (left, right) if left.type is LogicalType.INTEGER else (right, left)
        small = whole_side.literal and abs(int(whole_side.literal)) <= _EXACT_IN_A_REAL
        return bool(small) or real_side.literal is not None
    if types == {LogicalType.NUMERIC, LogicalType.REAL}:
        return (left if left.type is LogicalType.REAL else right).literal is not None
    return types == {LogicalType.NUMERIC, LogicalType.INTEGER}


def unified(values: Sequence[Typed]) -> tuple[LogicalType | None, list[Typed]]:
    """Return values of which an expression gives one, in the one type that holds them all.

    Raises Untranslatable where SQLite would give values of different types.
    """
    types = {value.type for value in values if value.type is not None}
    flags = all(v.type is not LogicalType.INTEGER or v.literal in ("0", "1") for v in values)
    if types == {LogicalType.BOOLEAN, LogicalType.INTEGER} and flags:
        return LogicalType.BOOLEAN, [_converted(value, boolean("")) for value in values]
    if types == {LogicalType.BOOLEAN, LogicalType.INTEGER}:
        return LogicalType.INTEGER, [whole(value) for value in values]
    for wide in (LogicalType.REAL, LogicalType.NUMERIC):
        if wide in types and types <= NUMBERS and _only_literals(values, but=wide):
            return wide, list(values)
    if len(types) > 1:
        raise Untranslatable("it gives values of different types: " + ", ".join(sorted(types)))
    return next(iter(types), None), list(values)


def _only_literals(values: Sequence[Typed], *, but: LogicalType) -> bool:
    return all(v.type in (None, but) or v.literal is not None for v in values)


def identity(tree: sql.Is, below: Below) -> Typed:
    """Translate IS NULL, IS TRUE and IS FALSE."""
    value = below(tree.this)
    if isinstance(tree.expression, sql.Null):
        return boolean(f"({value.sql} IS NULL)")
    if isinstance(tree.expression, sql.Boolean):
        return boolean(f"({truth(value)} IS {tree.expression.sql().upper()})")
    raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no exact equal")


def membership(tree: sql.In, below: Below) -> Typed:
    """Translate IN with a list, under the collation of its left side."""
    if not tree.expressions:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no list of values")
    value = below(tree.this)
    collation = value.collation or "BINARY"
    value = fold(value, collation)
    pairs = [alike(value, fold(below(item), collation)) for item in tree.expressions]
    (subject, *others) = dict.fromkeys(one.sql for one, _ in pairs)
    if others:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} lists values of different types")
    return boolean(f"({subject} IN ({', '.join(other.sql for _, other in pairs)}))")


def between(tree: sql.Between, below: Below) -> Typed:
    """Translate BETWEEN, each end under the collation of its own comparison."""
    value, low, high = (below(part) for part in (tree.this, tree.args["low"], tree.args["high"]))
    ends = [compared(value, ">=", low), compared(value, "<=", high)]
    if common(value, low) == common(value, high) == "BINARY":
        one, low = alike(value, low)
        other, high = alike(value, high)
        if one == other:
            return boolean(f"({one.sql} BETWEEN {low.sql} AND {high.sql})")
    return boolean(f"({ends[0].sql} AND {ends[1].sql})")
