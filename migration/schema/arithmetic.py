"""Numbers and how SQLite calculates with them, in PostgreSQL: 64 bits and binary fractions.

Beyond 64 bits PostgreSQL ends in an error, where SQLite goes on with a rounded number.
"""

from operator import add, mul, sub

from sqlglot import expressions as sql

from migration.schema.errors import Untranslatable
from migration.schema.kinds import Below, number
from migration.schema.model import LogicalType
from migration.schema.scope import Typed, string

ARITHMETIC: dict[type[sql.Expr], str] = {sql.Add: "+", sql.Sub: "-", sql.Mul: "*"}
ON_WHOLE_NUMBERS: dict[type[sql.Expr], str] = {sql.BitwiseAnd: "&", sql.BitwiseOr: "|"}
_EXACT = {"+": add, "-": sub, "*": mul}


def literal(tree: sql.Literal, _below: Below) -> Typed:
    """Translate a literal; a whole number beyond 64 bits is a real one to SQLite."""
    digits = tree.name
    if tree.is_string:
        return string(digits)
    if digits.isdigit() and int(digits) < 2**63:
        return Typed(digits, LogicalType.INTEGER, digits, loose=True)
    value = float(digits)
    if value == float("inf"):
        raise Untranslatable(f"{digits} is infinite")
    return Typed(repr(value), LogicalType.REAL, repr(value), loose=True)


def negative(tree: sql.Neg, below: Below) -> Typed:
    """Translate a minus sign."""
    if isinstance(tree.this, sql.Literal) and tree.this.name == str(2**63):
        return Typed(f"(- {2**63})", LogicalType.INTEGER, str(-(2**63)))
    value = number(below(tree.this))
    known = value.literal and f"-{value.literal}".replace("--", "")
    return Typed(f"(- {value.sql})", value.type, known, loose=value.loose)


def arithmetic(tree: sql.Binary, below: Below) -> Typed:
    """Translate a sum, difference or product."""
    left, right = _operands(tree, below)
    return _calculated(left, (ARITHMETIC | ON_WHOLE_NUMBERS)[type(tree)], right)


def on_whole_numbers(tree: sql.Binary, below: Below) -> Typed:
    """Translate `&` and `|`."""
    return _all_whole(tree, arithmetic(tree, below))


def division(tree: sql.Binary, below: Below) -> Typed:
    """Translate a division, or a remainder of whole numbers; by nothing it gives NULL."""
    left, right = _operands(tree, below)
    if right.literal is None or float(right.literal) == 0:
        right = Typed(f"NULLIF({right.sql}, 0)", right.type, loose=right.loose)
    if isinstance(tree, sql.Mod):
        return _all_whole(tree, _calculated(left, "%", right))
    return _calculated(left, "/", right)


def _operands(tree: sql.Binary, below: Below) -> tuple[Typed, Typed]:
    left, right = number(below(tree.left)), number(below(tree.right))
    if left.loose and right.loose:
        # Two short integers would be calculated in 32 bits.
        left = Typed(f"({left.sql})::bigint", left.type, left.literal)
    return left, right


def _calculated(left: Typed, sign: str, right: Typed) -> Typed:
    meaning = left.type if left.type is right.type else LogicalType.REAL
    if left.literal and right.literal and meaning is LogicalType.INTEGER and sign in _EXACT:
        _assert_fits(_EXACT[sign](int(left.literal), int(right.literal)))
    return Typed(f"({left.sql} {sign} {right.sql})", meaning)


def _assert_fits(result: int) -> None:
    if not -(2**63) <= result < 2**63:
        raise Untranslatable("a calculation with literals goes beyond 64 bits")


def _all_whole(tree: sql.Binary, value: Typed) -> Typed:
    if value.type is not LogicalType.INTEGER:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} cuts its numbers to whole ones")
    return value
