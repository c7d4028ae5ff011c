"""Which stored values are the same on both engines: the one place that says so.

Every value is brought to a canonical form that JSON can hold: NULL is None, integers and booleans
stay what they are, a timestamp is ISO text in UTC (`YYYY-MM-DDTHH:MM:SS[.ffffff]Z`), a float the
shortest text that reads back to the same 64 bits, bytes are hexadecimal, JSON is text with sorted
keys. Two values are the same when their canonical forms are equal.

A value that its type cannot hold (text in an INTEGER column, 2 in a BOOLEAN one) is marked with a
NUL character and its engine, so it equals nothing on the other side.

Schemas are compared in `schema`, rows in `data`; HTTP answers are compared without this module.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from migration.compare.json_text import json_document, json_text
from migration.compare.types import postgres_type, sqlite_type
from migration.schema.model import LogicalType

__all__ = [
    "COPY_TEXT_SETTINGS",
    "Scalar",
    "canonical_copy_text",
    "canonical_postgres",
    "canonical_sqlite",
    "copy_fields",
    "postgres_type",
    "sqlite_type",
]

Scalar: TypeAlias = str | int | bool | None

# Settings under which PostgreSQL writes the COPY text that `canonical_copy_text` reads.
COPY_TEXT_SETTINGS = (
    "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; "
    "SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"
)

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6})0*)?"
    r"(?:Z|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_COPY_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_UNREADABLE = (ValueError, InvalidOperation, OverflowError, RecursionError)
_COPY_CHARACTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def canonical_sqlite(value: object, type: LogicalType) -> Scalar:
    """Return the canonical form of a value as `sqlite3` gives it."""
    if value is None:
        return None
    try:
        return _FROM_SQLITE[type](value)
    except _UNREADABLE:
        return _unfit("sqlite", value)


def canonical_postgres(value: object, type: LogicalType) -> Scalar:
    """Return the canonical form of a value as psycopg decodes it.

    JSON numbers decoded to floats have lost what lies beyond 64 bits; COPY text keeps it.
    """
    if value is None:
        return None
    try:
        return _FROM_POSTGRES[type](value)
    except _UNREADABLE:
        return _unfit("postgres", value)


def canonical_copy_text(field: str | None, type: LogicalType) -> Scalar:
    """Return the canonical form of an unescaped field of PostgreSQL's COPY text."""
    if field is None:
        return None
    try:
        return _FROM_COPY_TEXT[type](field)
    except _UNREADABLE:
        return _unfit("postgres", field)


def copy_fields(line: str) -> list[str | None]:
    """Split a line of COPY text, without its line end, into unescaped fields."""
    if "\\" not in line:
        return list(line.split("\t"))
    return [None if field == "\\N" else _unescape(field) for field in line.split("\t")]


def _unescape(field: str) -> str:
    return _COPY_ESCAPE.sub(lambda m: _COPY_CHARACTERS.get(m[1], m[1]), field)


def _unfit(engine: str, value: object) -> str:
    text = bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
    return f"\0{engine} {type(value).__name__} {text}"


def _integer(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("not an integer")


def _real(value: object) -> str:
    if isinstance(value, float):
        return repr(value)
    raise ValueError("not a float")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("not text")


def _blob(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise ValueError("not bytes")


def _sqlite_boolean(value: object) -> bool:
    if value in (0, 1) and isinstance(value, int):
        return bool(value)
    raise ValueError("neither 0 nor 1")


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("not a boolean")


def _utc(moment: datetime) -> str:
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat() + "Z"


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return _utc(value)
    found = _MOMENT.fullmatch(_text(value))
    if not found:
        raise ValueError("not a timestamp")
    day, clock, fraction, sign, hours, minutes = found.groups()
    moment = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '').ljust(6, '0')}")
    if not sign:
        return _utc(moment)
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return _utc(moment.replace(tzinfo=timezone(offset if sign == "+" else -offset)))


def _day(value: object) -> str:
    text = value.isoformat() if type(value) is date else _text(value)
    if not _DAY.fullmatch(text):
        raise ValueError("not a date")
    date.fromisoformat(text)
    return text


def _numeric(value: object) -> str:
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        return str(number)
    text = format(number if number else abs(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _sqlite_numeric(value: object) -> str:
    if isinstance(value, int | float):
        return _numeric(value)
    raise ValueError("not a number")


def _sqlite_json(value: object) -> str:
    if isinstance(value, int | float):  # the affinity of JSON turns a bare number's text into one
        return json_text(Decimal(repr(value)))
    return json_document(_text(value))


def _copy_real(field: str) -> str:
    number = float(field)
    return "nan" if math.isnan(number) else repr(number)


_Reader: TypeAlias = Callable[[Any], Scalar]

_FROM_SQLITE: dict[LogicalType, _Reader] = {
    LogicalType.INTEGER: _integer,
    LogicalType.REAL: _real,
    LogicalType.TEXT: _text,
    LogicalType.BLOB: _blob,
    LogicalType.BOOLEAN: _sqlite_boolean,
    LogicalType.TIMESTAMP: _moment,
    LogicalType.DATE: _day,
    LogicalType.JSON: _sqlite_json,
    LogicalType.NUMERIC: _sqlite_numeric,
}
_FROM_POSTGRES: dict[LogicalType, _Reader] = {
    **_FROM_SQLITE,
    LogicalType.TEXT: str,
    LogicalType.BOOLEAN: _boolean,
    LogicalType.JSON: json_text,
    LogicalType.NUMERIC: _numeric,
}
_FROM_COPY_TEXT: dict[LogicalType, _Reader] = {
    LogicalType.INTEGER: int,
    LogicalType.REAL: _copy_real,
    LogicalType.TEXT: str,
    LogicalType.BLOB: lambda field: bytes.fromhex(field[2:]).hex(),
    LogicalType.BOOLEAN: {"t": True, "f": False}.__getitem__,
    LogicalType.TIMESTAMP: _moment,
    LogicalType.DATE: _day,
    LogicalType.JSON: json_document,
    LogicalType.NUMERIC: lambda field: _numeric(Decimal(field)),
}
