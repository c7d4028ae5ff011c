"""What SQLite stores when a value is put into a column: its affinity, and then the column's type.

Defaults, generated columns and the assignments of triggers all end in a column. A literal becomes
the stored value at once; anything else is converted where nothing can be lost.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import expressions as sql

from migration.schema.clocks import clock, is_clock
from migration.schema.errors import Untranslatable
from migration.schema.expressions import translate, translate_tree
from migration.schema.kinds import whole
from migration.schema.model import LogicalType
from migration.schema.scope import Scope, Typed, literal
from migration.schema.types import ColumnType, affinity
from migration.source.sqltext import Token, tokens, unquote
from migration.source.values import BadValue, reader

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_FRACTION = re.compile(r"^(?!0x).*[.eE]")
_CASTS = {LogicalType.TIMESTAMP: "timestamp with time zone", LogicalType.DATE: "date"}


@dataclass(frozen=True)
class Place:
    """A column that something is put into: its type and limit, and what SQLite makes of a value."""

    type: LogicalType
    limit: tuple[int, ...]
    affinity: LogicalType

    @property
    def turns_digits_into_numbers(self) -> bool:
        """Say whether SQLite stores a text of digits as a number."""
        return self.affinity not in (LogicalType.TEXT, LogicalType.BLOB)


def place_of(type: ColumnType, declared: str) -> Place:
    """Return the place that a column is."""
    return Place(type.type, type.limit, affinity(declared))


def default(text: str, place: Place) -> str | None:
    """Translate a DEFAULT, evaluated at insert wherever SQLite does; None for DEFAULT NULL.

    Raises Untranslatable when PostgreSQL cannot be told to store the same.
    """
    text = _bare(text)
    if text.upper() == "NULL":
        return None
    if is_clock(text):
        return clock(text, place.type)
    parts = tokens(text)
    if _is_literal(parts):
        return _written(f"DEFAULT {text}", _value(parts, place), place)
    try:
        return stored(translate(text, Scope()), place)
    except Untranslatable as error:
        raise Untranslatable(f"DEFAULT ({text}) has no exact equal: {error}") from error


def assigned(tree: sql.Expr, scope: Scope, place: Place) -> str:
    """Translate an expression whose value is put into a column.

    Raises Untranslatable when PostgreSQL cannot be told to store the same.
    """
    text = tree.sql(dialect="sqlite")
    return clock(text, place.type) if is_clock(text) else stored(translate_tree(tree, scope), place)


def stored(value: Typed, place: Place) -> str:
    """Convert a translated value to what a column holds.

    Raises Untranslatable when something could be lost.
    """
    type = place.type
    if value.literal is not None:
        known = _from_text if value.type is LogicalType.TEXT else _from_number
        return _written(value.sql, known(value.literal, place), place)
    if type is LogicalType.NUMERIC and place.limit and value.type is not None:
        raise Untranslatable(f"{value.sql} may have more digits than the column keeps")
    if value.type is type is LogicalType.TEXT and place.turns_digits_into_numbers:
        raise Untranslatable(f"{value.sql} may be digits, which SQLite stores as a number there")
    if value.type is None or value.type is type:
        return value.sql
    value = whole(value)
    match value.type, type:
        case LogicalType.INTEGER, LogicalType.INTEGER | LogicalType.NUMERIC:
            return value.sql
        case LogicalType.INTEGER, LogicalType.REAL if place.affinity is LogicalType.REAL:
            return f"({value.sql})::double precision"
        case LogicalType.INTEGER, LogicalType.TEXT if place.affinity is LogicalType.TEXT:
            return f"({value.sql})::text"
    raise Untranslatable(f"{value.sql} ({value.type}) does not fit the type {type}")


def _bare(text: str) -> str:
    """Take away parentheses around the whole."""
    parts = tokens(text)
    while parts and parts[0].text == "(" and _closing(parts) == len(parts) - 1:
        text = text[parts[0].end : parts[-1].start].strip()
        parts = tokens(text)
    return text.strip()


def _closing(parts: Sequence[Token]) -> int:
    depth = 0
    for place, token in enumerate(parts):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return place
    return -1


def _is_literal(parts: Sequence[Token]) -> bool:
    if len(parts) == 2 and parts[0].text in "+-":
        return parts[1].kind == "number"
    # A name in a default is a string, for there is no column that it could mean.
    known = parts[0].kind in ("number", "string", "name") or parts[0].word in ("TRUE", "FALSE")
    return len(parts) == 1 and known


def _value(parts: Sequence[Token], place: Place) -> object:
    """Return the value that SQLite would store for a literal in such a column."""
    last = parts[-1]
    if last.word:
        return _from_number("1" if last.word == "TRUE" else "0", place)
    if last.kind == "number":
        return _from_number("".join(part.text for part in parts), place)
    if last.text[0] in "xX":
        return bytes.fromhex(last.text[2:-1])
    return _from_text(unquote(last.text), place)


def _from_number(text: str, place: Place) -> object:
    fraction = _FRACTION.search(text)
    if fraction and place.affinity is LogicalType.TEXT:
        raise Untranslatable(f"{text} becomes a text that depends on SQLite's version")
    number = float(text) if fraction else int(text, 16 if "x" in text.lower() else 10)
    if not -(2**63) <= number < 2**63:
        number = float(number)  # beyond 64 bits there are only real numbers
    match place.affinity:
        case LogicalType.TEXT:
            return str(number)
        case LogicalType.REAL:
            return float(number)
        case LogicalType.BLOB:
            return number
        case _:  # a whole number is stored as one wherever that is possible
            whole_number = -(2**63) <= number < 2**63 and number == int(number)
            return int(number) if whole_number else number


def _from_text(text: str, place: Place) -> object:
    number = text.strip(" \t\n\v\f\r")
    numeric = _NUMBER.fullmatch(number) and place.turns_digits_into_numbers
    return _from_number(number, place) if numeric else text


def _written(text: str, value: object, place: Place) -> str:
    """Write a stored value as PostgreSQL's literal."""
    type = place.type
    try:
        known = reader(type, place.limit)(value)
    except BadValue as error:
        raise Untranslatable(f"{text} does not fit the type {type}: {error}") from error
    match type:
        case LogicalType.BOOLEAN:
            return "true" if known else "false"
        case LogicalType.BLOB:
            return rf"'\x{known.hex()}'::bytea"
        case LogicalType.TIMESTAMP | LogicalType.DATE:
            return f"{literal(known.isoformat())}::{_CASTS[type]}"
        case LogicalType.TEXT:
            return literal(known)
        case LogicalType.JSON:
            return f"{literal(known)}::jsonb"
        case LogicalType.REAL if math.isinf(known):
            return f"'{known}'::double precision"
        case _:
            return str(known)
