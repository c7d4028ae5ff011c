"""What kind of value an expression comes to, and how PostgreSQL is spared from guessing it.

The rules for operators and functions are built on this: `arithmetic`, `comparisons`, `operators`,
`functions`, `patterns`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sqlglot import expressions as sql

from migration.schema.errors import Untranslatable
from migration.schema.model import LogicalType
from migration.schema.scope import Typed

Below: TypeAlias = Callable[[sql.Expr], Typed]
"""Translates what is below a node."""

NUMBERS = frozenset({LogicalType.INTEGER, LogicalType.REAL, LogicalType.NUMERIC})
_DEFINITE = {
    LogicalType.INTEGER: "bigint",
    LogicalType.REAL: "double precision",
    LogicalType.TEXT: 'text COLLATE "C"',
}


def boolean(text: str) -> Typed:
    """Return a condition."""
    return Typed(text, LogicalType.BOOLEAN)


def truth(value: Typed) -> str:
    """Return a value as a condition; SQLite takes any number but 0 for true."""
    if value.type is LogicalType.BOOLEAN or value.type is None:
        return value.sql
    if value.type in NUMBERS:
        return f"({value.sql} <> 0)"
    raise Untranslatable(f"{value.sql} is no truth value")


def whole(value: Typed) -> Typed:
    """Return a condition as the 0 or 1 that SQLite makes of it; other values as they are."""
    if value.type is not LogicalType.BOOLEAN:
        return value
    return Typed(f"({value.sql})::integer", LogicalType.INTEGER, loose=True)


def number(value: Typed) -> Typed:
    """Return a number with which PostgreSQL calculates as SQLite does: 64 bits, binary fractions.

    Raises Untranslatable for anything else; SQLite would read digits at the start of a text.
    """
    value = whole(value)
    if value.type not in (LogicalType.INTEGER, LogicalType.REAL):
        raise Untranslatable(f"{value.sql} ({value.type}) is no number that both calculate alike")
    if value.type is LogicalType.REAL and value.loose:
        return Typed(f"({value.sql})::double precision", LogicalType.REAL)
    return value


def text(value: Typed) -> Typed:
    """Return a text in the order of its bytes. Raises Untranslatable for anything else."""
    if value.type is not LogicalType.TEXT:
        raise Untranslatable(f"{value.sql} is no text")
    return value


def by_bytes(value: Typed) -> str:
    """Return a text so that no locale of the database changes what is done with it."""
    return f'({value.sql} COLLATE "C")' if value.loose else value.sql


def definite(value: Typed) -> Typed:
    """Return a value of a type that PostgreSQL does not have to guess."""
    if value.type is None:
        return Typed("NULL::text", LogicalType.TEXT)
    if not value.loose or value.type not in _DEFINITE:
        return value
    return replace(value, sql=f"({value.sql})::{_DEFINITE[value.type]}", loose=False)


def as_text(value: Typed) -> Typed:
    """Return a text, or the digits of a whole number. Raises Untranslatable for others."""
    value = whole(value)
    if value.type is LogicalType.INTEGER:
        return Typed(f"({value.sql})::text", LogicalType.TEXT, loose=True)
    return text(value)
