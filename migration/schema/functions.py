"""SQLite's functions that PostgreSQL has with the same meaning, for arguments of which types.

Everything in here is immutable in PostgreSQL, so that it may stand in rules, indexes and generated
columns. What reads the clock is in `clocks`; operators are in `operators`.
"""

from sqlglot import expressions as sql

from migration.schema.collations import BINARY
from migration.schema.comparisons import compared, unified
from migration.schema.errors import Untranslatable
from migration.schema.kinds import Below, as_text, by_bytes, number, text, truth, whole
from migration.schema.model import LogicalType
from migration.schema.operators import chosen
from migration.schema.scope import Typed
from migration.schema.types import affinity

_TRIMS = {None: "btrim", "LEADING": "ltrim", "TRAILING": "rtrim"}
_STORAGE_CLASSES = {
    LogicalType.INTEGER: "integer",
    LogicalType.BOOLEAN: "integer",
    LogicalType.REAL: "real",
    LogicalType.TEXT: "text",
    LogicalType.TIMESTAMP: "text",
    LogicalType.DATE: "text",
    LogicalType.BLOB: "blob",
}


def letters(tree: sql.Lower | sql.Upper, below: Below) -> Typed:
    """Translate lower() and upper(), which fold the letters A to Z and no others."""
    value = text(below(tree.this))
    name = "lower" if isinstance(tree, sql.Lower) else "upper"
    return Typed(f"{name}({_inside(value)})", LogicalType.TEXT, loose=value.loose)


def _inside(value: Typed) -> str:
    return f'{value.sql} COLLATE "C"' if value.loose else value.sql


def trim(tree: sql.Trim, below: Below) -> Typed:
    """Translate trim(), ltrim() and rtrim()."""
    values = [text(below(part)) for part in (tree.this, tree.expression) if part]
    name = _TRIMS[tree.args.get("position")]
    arguments = ", ".join(value.sql for value in values)
    return Typed(f"{name}({arguments})", LogicalType.TEXT, loose=values[0].loose)


def length(tree: sql.Length, below: Below) -> Typed:
    """Translate length(): characters of a text, bytes of a blob, digits of a whole number."""
    value = below(tree.this)
    if value.type is not LogicalType.BLOB:
        value = as_text(value)
    return Typed(f"length({value.sql})", LogicalType.INTEGER, loose=True)


def substring(tree: sql.Substring, below: Below) -> Typed:
    """Translate substr() from a known place on, for which both count alike."""
    value = text(below(tree.this))
    numbers = [tree.args["start"], *filter(None, [tree.args.get("length")])]
    places = [below(part).literal or "" for part in numbers]
    if not all(place.isdigit() for place in places) or places[0] == "0":
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} may count from the end")
    arguments = ", ".join([value.sql, *places])
    return Typed(f"substr({arguments})", LogicalType.TEXT, loose=value.loose)


def position(tree: sql.StrPosition, below: Below) -> Typed:
    """Translate instr()."""
    value, part = text(below(tree.this)), text(below(tree.args["substr"]))
    return Typed(f"strpos({value.sql}, {part.sql})", LogicalType.INTEGER, loose=True)


def replacement(tree: sql.Replace, below: Below) -> Typed:
    """Translate replace()."""
    parts = [text(below(tree.args[key])) for key in ("this", "expression", "replacement")]
    arguments = ", ".join(part.sql for part in parts)
    return Typed(f"replace({arguments})", LogicalType.TEXT, loose=parts[0].loose)


def absolute(tree: sql.Abs, below: Below) -> Typed:
    """Translate abs()."""
    value = below(tree.this)
    if value.type is not LogicalType.NUMERIC:
        value = number(value)
    return Typed(f"abs({value.sql})", value.type, loose=value.loose)


def first_known(tree: sql.Coalesce, below: Below) -> Typed:
    """Translate coalesce() and ifnull()."""
    type, values = unified([below(part) for part in (tree.this, *tree.expressions)])
    loose = all(value.loose or value.type is None for value in values)
    return Typed(f"coalesce({', '.join(v.sql for v in values)})", type, loose=loose)


def null_if(tree: sql.Nullif, below: Below) -> Typed:
    """Translate nullif()."""
    value, other = below(tree.this), below(tree.expression)
    if (value.collation or other.collation or BINARY) != BINARY:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} compares under a collation")
    compared(value, "=", other)
    return Typed(f"NULLIF({value.sql}, {other.sql})", value.type, loose=value.loose)


def if_else(tree: sql.If, below: Below) -> Typed:
    """Translate iif()."""
    values = [below(tree.args[key]) for key in ("true", "false") if tree.args.get(key)]
    return chosen([truth(below(tree.this))], values)


def storage_class(tree: sql.Typeof, below: Below) -> Typed:
    """Translate typeof(), which the type of a column has settled but for NULL."""
    value = below(tree.this)
    if value.type not in _STORAGE_CLASSES:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} depends on how a number is stored")
    known = _STORAGE_CLASSES[value.type]
    call = f"(CASE WHEN {value.sql} IS NULL THEN 'null' ELSE '{known}' END)"
    return Typed(call, LogicalType.TEXT, loose=True)


def cast(tree: sql.Cast, below: Below) -> Typed:
    """Translate CAST where nothing has to be guessed: of whole numbers, and to the type it has."""
    value = whole(below(tree.this))
    wanted = affinity(tree.to.sql(dialect="sqlite"))
    if value.type is wanted:
        return value
    if value.type is LogicalType.INTEGER and wanted is LogicalType.REAL:
        return Typed(f"({value.sql})::double precision", LogicalType.REAL)
    if value.type is LogicalType.INTEGER and wanted is LogicalType.NUMERIC:
        return value
    if value.type is LogicalType.INTEGER and wanted is LogicalType.TEXT:
        return as_text(value)
    raise Untranslatable(f"{tree.sql(dialect='sqlite')} would have to guess")


def hint(tree: sql.Anonymous, below: Below) -> Typed:
    """Translate likely() and unlikely(), which only advise SQLite's planner."""
    if tree.name.lower() in ("likely", "unlikely") and len(tree.expressions) == 1:
        return below(tree.expressions[0])
    raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no exact equal")


def least_or_greatest(tree: sql.Min | sql.Max, below: Below) -> Typed:
    """Translate min() and max() over rows."""
    value = below(tree.this)
    if value.type not in _ORDERED or (value.collation or BINARY) != BINARY:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no exact equal")
    name = "min" if isinstance(tree, sql.Min) else "max"
    inside = by_bytes(value) if value.type is LogicalType.TEXT else value.sql
    return Typed(f"{name}({inside})", value.type, loose=value.loose)


_ORDERED = frozenset(
    {LogicalType.INTEGER, LogicalType.REAL, LogicalType.NUMERIC, LogicalType.TEXT, LogicalType.DATE}
)


def count(tree: sql.Count, below: Below) -> Typed:
    """Translate count()."""
    inner = tree.this
    if isinstance(inner, sql.Star):
        return Typed("count(*)", LogicalType.INTEGER)
    distinct = isinstance(inner, sql.Distinct)
    if distinct and len(inner.expressions) != 1:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} counts more than one column")
    value = below(inner.expressions[0] if distinct else inner)
    if distinct and (value.type not in _ORDERED or (value.collation or BINARY) != BINARY):
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no exact equal")
    return Typed(f"count({'DISTINCT ' if distinct else ''}{value.sql})", LogicalType.INTEGER)


def total(tree: sql.Sum, below: Below) -> Typed:
    """Translate sum() of whole numbers; that of others depends on the order of the rows."""
    value = whole(below(tree.this))
    if value.type is not LogicalType.INTEGER:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} depends on the order of the rows")
    return Typed(f"sum({value.sql})::bigint", LogicalType.INTEGER)
