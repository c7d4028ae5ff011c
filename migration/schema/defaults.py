"""Translating DEFAULT clauses. What SQLite evaluates at insert, PostgreSQL evaluates at insert.

Literals are written as the stored value they become under the column's affinity.
"""

import re

from migration.schema.errors import Untranslatable
from migration.schema.expressions import literal
from migration.schema.model import LogicalType
from migration.source.sqltext import tokens, unquote
from migration.source.values import BadValue, reader

_NOW = "statement_timestamp()"
_UTC = f"({_NOW} AT TIME ZONE 'UTC')"
_MOMENT, _DAY, _CLOCK = "moment", "day", "time of day"
_CLOCKS = {
    "current_timestamp": _MOMENT,
    "datetime('now')": _MOMENT,
    "datetime()": _MOMENT,
    "strftime('%Y-%m-%d %H:%M:%S','now')": _MOMENT,
    "current_date": _DAY,
    "date('now')": _DAY,
    "date()": _DAY,
    "strftime('%Y-%m-%d','now')": _DAY,
    "current_time": _CLOCK,
    "time('now')": _CLOCK,
    "time()": _CLOCK,
}
_CLOCK_SQL = {
    (_MOMENT, LogicalType.TIMESTAMP): f"date_trunc('second', {_NOW})",
    (_MOMENT, LogicalType.TEXT): f"to_char({_UTC}, 'YYYY-MM-DD HH24:MI:SS')",
    (_DAY, LogicalType.DATE): f"{_UTC}::date",
    (_DAY, LogicalType.TEXT): f"to_char({_UTC}, 'YYYY-MM-DD')",
    (_CLOCK, LogicalType.TEXT): f"to_char({_UTC}, 'HH24:MI:SS')",
}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_FRACTION = re.compile(r"^(?!0x).*[.eE]")
_CLOCK_CALL = re.compile(r"'[^']*'|\s+|[^'\s]+")


def translate_default(text: str, type: LogicalType) -> str | None:
    """Translate the text of a DEFAULT for a column of this type; None for DEFAULT NULL.

    Raises Untranslatable when PostgreSQL cannot be told to store the same.
    """
    text = _bare(text)
    if text.upper() == "NULL":
        return None
    clock = _CLOCKS.get(_spelled_alike(text))
    if clock:
        if (clock, type) not in _CLOCK_SQL:
            raise Untranslatable(f"DEFAULT {text} puts a {clock} into a {type} column")
        return _CLOCK_SQL[clock, type]
    return _literal(text, type)


def _bare(text: str) -> str:
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    return text


def _spelled_alike(text: str) -> str:
    """Return a call in lower case and without blanks, its strings as they are."""
    return "".join(
        part if part.startswith("'") else part.strip().lower() for part in _CLOCK_CALL.findall(text)
    )


def _literal(text: str, type: LogicalType) -> str:
    value = _stored(text, type)
    try:
        known = reader(type)(value)
    except BadValue as error:
        raise Untranslatable(f"DEFAULT {text} does not fit a {type} column: {error}") from error
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
        case _:
            return str(known)


_CASTS = {LogicalType.TIMESTAMP: "timestamp with time zone", LogicalType.DATE: "date"}


def _stored(text: str, type: LogicalType) -> object:
    """Return the value that SQLite would store for a literal in such a column."""
    parts = tokens(text)
    sign, parts = (parts[0].text, parts[1:]) if parts[0].text in "+-" else ("", parts)
    if len(parts) == 1:
        if parts[0].kind == "number":
            return _number(sign + parts[0].text, type)
        if parts[0].word in ("TRUE", "FALSE"):
            return _number("1" if parts[0].word == "TRUE" else "0", type)
        if parts[0].kind in ("string", "name") and not sign:
            return _string(parts[0].text, type)
    raise Untranslatable(f"DEFAULT ({text}) has no exact equal")


def _number(text: str, type: LogicalType) -> object:
    if _FRACTION.search(text) and type is LogicalType.TEXT:
        raise Untranslatable(f"DEFAULT {text} becomes a text that depends on SQLite's version")
    value = float(text) if _FRACTION.search(text) or type is LogicalType.REAL else int(text, 0)
    return str(value) if type is LogicalType.TEXT else value


def _string(text: str, type: LogicalType) -> object:
    if text[0] in "xX":
        return bytes.fromhex(text[2:-1])
    content = unquote(text)
    numeric = _NUMBER.fullmatch(content) and type is not LogicalType.TEXT
    return _number(content, type) if numeric else content
