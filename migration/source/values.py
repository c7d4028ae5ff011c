"""Reading stored values strictly: each becomes exactly what its logical type says, or raises.

`profile` counts what raises, the copier in `migration.copy` packs what does not. Nothing is
guessed: a boolean is 0 or 1, a timestamp is spelled in full, text has no NUL. Whether both sides
hold the same is judged elsewhere, by `migration.compare.values`.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeAlias

from migration.schema.model import LogicalType

Reader: TypeAlias = Callable[[Any], Any]

_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?)?", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_CLASSES = {int: "integer", float: "real", str: "text", bytes: "blob", type(None): "null"}
# Beyond these powers of ten PostgreSQL's numeric rounds or refuses.
_NUMERIC_POWERS = range(-16000, 131000)
_SHAPE_LENGTH = 40


class BadValue(ValueError):
    """A stored value is not what its column's type says; `rule` names which rule it breaks."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


def reader(type: LogicalType, limit: tuple[int, ...] = ()) -> Reader:
    """Return the function that reads a stored value, not NULL, as this type.

    It returns int, float, str, bytes, bool, aware datetime (UTC), date, Decimal, or for JSON the
    text of the document. `limit` is that of a column: most characters of a text, or precision and
    scale of a number. It raises BadValue, whose message never shows the value.
    """
    if limit and type is LogicalType.TEXT:
        return lambda value: _within(value, limit[0])
    if limit and type is LogicalType.NUMERIC:
        return lambda value: _with_digits(value, limit[0], limit[1])
    return _READERS[type]


def storage_class(value: object) -> str:
    """Return SQLite's name for how a value is stored."""
    return _CLASSES.get(type(value), type(value).__name__)


def key_text(key: Iterable[tuple[str, object]]) -> str:
    """Return a row's key as it stands in reports, such as `id=17`."""
    return ", ".join(f"{name}={value!r}" for name, value in key)


def shape(text: str) -> str:
    """Return the spelling of a text without its content: digits as 9, letters but T and Z as a."""
    spelled = re.sub(r"[^\W\d_TZ]", "a", re.sub(r"\d", "9", text[:_SHAPE_LENGTH]))
    return f"{spelled!r}" + ("…" if len(text) > _SHAPE_LENGTH else "")


def _wrong_class(value: object, wanted: str) -> BadValue:
    return BadValue("storage class", f"{storage_class(value)} is stored where {wanted} belongs")


def _integer(value: object) -> int:
    if type(value) is int:
        return value
    raise _wrong_class(value, "an integer")


def _real(value: object) -> float:
    if type(value) is float:
        return value
    raise _wrong_class(value, "a real number")


def _text(value: object) -> str:
    if type(value) is not str:
        raise _wrong_class(value, "text")
    if "\0" in value:
        raise BadValue("nul character", "the text holds a NUL character, which PostgreSQL cannot")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise BadValue("invalid utf-8", "the text is not valid UTF-8") from None
    return value


def _within(value: object, characters: int) -> str:
    # PostgreSQL would cut off blanks beyond the length without a word.
    text = _text(value)
    if len(text) > characters:
        raise BadValue("length", f"the text is longer than {characters} characters")
    return text


def _blob(value: object) -> bytes:
    if type(value) is bytes:
        return value
    raise _wrong_class(value, "a blob")


def _boolean(value: object) -> bool:
    if type(value) is int and value in (0, 1):
        return value == 1
    if type(value) is int:
        raise BadValue("boolean", "the number is neither 0 nor 1")
    raise _wrong_class(value, "0 or 1")


def _timestamp(value: object) -> datetime:
    text = _text(value)
    found = _TIMESTAMP.fullmatch(text)
    if not found:
        raise BadValue("timestamp", f"spelled {shape(text)}, not YYYY-MM-DD HH:MM:SS[.ffffff]")
    day, clock, fraction, _, sign, hours, minutes = found.groups()
    fraction = (fraction or "").rstrip("0")
    if len(fraction) > 6:
        raise BadValue("timestamp", "the fraction is finer than a microsecond")
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}.{fraction.ljust(6, '0')}")
        ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = timezone(-ahead if sign == "-" else ahead)
        return moment.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue("timestamp", "there is no such moment in the calendar") from None


def _date(value: object) -> date:
    text = _text(value)
    if not _DATE.fullmatch(text):
        raise BadValue("date", f"spelled {shape(text)}, not YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("date", "there is no such day in the calendar") from None


def _json(value: object) -> str:
    # A declared type of JSON has numeric affinity: the text of a bare number became a number.
    text = repr(value) if type(value) in (int, float) else _text(value)
    try:
        document = json.loads(
            text,
            parse_int=_json_number,
            parse_float=_json_number,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
        if _ESCAPED_SURROGATE.search(text):
            json.dumps(document, ensure_ascii=False, default=str).encode()
    except BadValue:
        raise
    except (ValueError, RecursionError):
        raise BadValue("json", "the text is not a JSON document") from None
    if _ESCAPED_NUL.search(text):
        raise BadValue("nul character", "the JSON holds a NUL character, which PostgreSQL cannot")
    return text


def _json_number(text: str) -> Decimal:
    number = Decimal(text)
    if number and number.adjusted() not in _NUMERIC_POWERS:
        raise BadValue("json", "a number is beyond what PostgreSQL stores exactly")
    return number


def _no_constant(name: str) -> None:
    raise BadValue("json", f"{name} is not JSON")


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(members)
    if len(content) < len(members):
        raise BadValue("json", "an object holds a key twice, of which PostgreSQL keeps one")
    return content


def _numeric(value: object) -> Decimal:
    if type(value) is int or type(value) is float:
        number = Decimal(repr(value))
        if number.is_finite():
            return number
    raise _wrong_class(value, "a finite number")


def _with_digits(value: object, precision: int, scale: int) -> Decimal:
    # PostgreSQL would round to the scale without a word.
    number = _numeric(value)
    exponent = number.normalize().as_tuple().exponent
    if -int(exponent) > scale:
        raise BadValue("digits", f"the number has more than {scale} digits after the point")
    if number and number.adjusted() >= precision - scale:
        raise BadValue("digits", f"the number has more than {precision - scale} digits before it")
    return number


_READERS: dict[LogicalType, Reader] = {
    LogicalType.INTEGER: _integer,
    LogicalType.REAL: _real,
    LogicalType.TEXT: _text,
    LogicalType.BLOB: _blob,
    LogicalType.BOOLEAN: _boolean,
    LogicalType.TIMESTAMP: _timestamp,
    LogicalType.DATE: _date,
    LogicalType.JSON: _json,
    LogicalType.NUMERIC: _numeric,
}
