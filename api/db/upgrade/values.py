"""Reading one old value as what its column of the new schema declares.

Nothing is guessed: a value that is not exactly of its type is unreadable, and its row is
rejected. A reader returns the value and the rule that changed it, None where it stays. Where
times without an offset were written in local time is said here too.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from math import isfinite
from typing import Any, NoReturn

from api.db.types import timestamp
from api.db.upgrade import rules
from api.db.upgrade.rules import Rule

Value = str | int | float | bytes | None
Read = tuple[Value, Rule | None]

# The old program bound its own clock, local time, to these; the database's, UTC, to the rest.
LOCAL = frozenset(
    {
        "ai_memory.last_updated",
        "appointments.attendance_confirmed_at",
        "appointments.patient_response_date",
        "audit_logs.timestamp",
        "data_consent.consent_date",
        "data_consent.withdrawal_date",
        "patient_approvals.approval_date",
        "training_outcomes.timestamp",
        "users.reset_token_expiry",
        "verification_codes.expires_at",
    }
)
# Both wrote to these; only the program's moments have a fraction.
LOCAL_IF_FRACTION = frozenset({"chat_sessions.last_active", "users.last_login"})

INT64 = range(-(2**63), 2**63)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
ISO_WITHOUT_HYPHENS = range(1000_01_01, 9999_12_32)
ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
# A document that is nothing but a number is stored as one, which keeps so many digits.
DIGITS_KEPT = 15
FLAGS = {"1": 1, "true": 1, "t": 1, "yes": 1, "on": 1}
FLAGS |= {"0": 0, "false": 0, "f": 0, "no": 0, "off": 0, "": 0}


class Unreadable(ValueError):
    """A value is not what its column says; the message shows no value."""


@dataclass(frozen=True)
class Zones:
    """The zone of the old program's clock, and the one in which the users' days begin."""

    program: tzinfo
    users: tzinfo


def read(value: Value, place: str, declared: str, zones: Zones) -> Read:
    """Return a value for the column `place`, `table.column`. Raises Unreadable."""
    if isinstance(value, bytes):
        raise Unreadable("bytes are stored where none belong")
    if isinstance(value, str):
        _check_text(value)
        if declared not in ("TEXT", "JSON", "BOOLEAN") and not value.strip():
            return None, rules.BLANK_TO_NULL
    if declared in ("DATETIME", "TIMESTAMP"):
        return _moment(value, _zone(value, place, zones.program))
    if declared == "DATE":
        return _day(value, zones.users)
    return READERS[declared](value)


def in_utc(text: str, zone: tzinfo) -> str:
    """Return a moment of `zone` as it is stored. Raises Unreadable."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return timestamp.stored(moment)
    except (ValueError, OverflowError):
        raise Unreadable("this is no date and time") from None


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Unreadable("the text holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unreadable("the text is not valid UTF-8") from None


def _text(value: Value) -> Read:
    if value is None or isinstance(value, str):
        return value, None
    return str(value), rules.NUMBER_RESPELLED


def _whole(value: Value) -> Read:
    if value is None or isinstance(value, int):
        return value, None
    number = _number(value)
    if number != number.to_integral_value() or int(number) not in INT64:
        raise Unreadable("this is no whole number")
    return int(number), rules.NUMBER_RESPELLED


def _real(value: Value) -> Read:
    if value is None or isinstance(value, int):
        return value, None
    if isinstance(value, str):
        return _finite(str(_number(value))), rules.NUMBER_RESPELLED
    return _finite(str(value)), None


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise Unreadable("a number is too great")
    return number


def _number(value: object) -> Decimal:
    text = str(value).strip()
    if not NUMBER.fullmatch(text):
        raise Unreadable("this is no number")
    return Decimal(text)


def _flag(value: Value) -> Read:
    if value in (0, 1) and isinstance(value, int):
        return value, None
    if isinstance(value, str):
        if value.strip().lower() not in FLAGS:
            raise Unreadable("this is no flag")
        return FLAGS[value.strip().lower()], rules.FLAG_RESPELLED
    return int(bool(value)), rules.FLAG_RESPELLED


def _zone(value: Value, place: str, program: tzinfo) -> tzinfo:
    if place in LOCAL:
        return program
    return program if place in LOCAL_IF_FRACTION and "." in str(value) else UTC


def _moment(value: Value, zone: tzinfo) -> Read:
    if value is None:
        return None, None
    old = _iso(value)
    new = in_utc(old, zone)
    if new == value:
        return new, None
    shifted = zone is not UTC and new != in_utc(old, UTC)
    return new, rules.LOCAL_TO_UTC if shifted else rules.TIME_RESPELLED


def _day(value: Value, users: tzinfo) -> Read:
    if value is None:
        return None, None
    text = _iso(value)
    try:
        if DAY.fullmatch(text):
            day = date.fromisoformat(text)
            return day.isoformat(), None if text == value else rules.DATE_RESPELLED
        moment = datetime.fromisoformat(text)
        local = moment.astimezone(users) if moment.tzinfo else moment
        return local.date().isoformat(), rules.DATE_RESPELLED
    except (ValueError, OverflowError):
        raise Unreadable("this is no date") from None


def _iso(value: Value) -> str:
    """Return a time as text; SQLite took the digits of one without hyphens for a number."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and value in ISO_WITHOUT_HYPHENS:
        return str(value)
    raise Unreadable("this is no date")


def _document(value: Value) -> Read:
    """Check a JSON document; it is kept as it is spelled, unless it is nothing but a number."""
    if value is None or isinstance(value, int):
        return value, None
    text = str(value)
    if not text.strip():
        return "{}", rules.BLANK_DOCUMENT
    try:
        found = json.loads(
            text,
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_without_repeats,
        )
        _check_text(json.dumps(found, ensure_ascii=False))
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, Unreadable) else "this is no JSON document"
        raise Unreadable(why) from None
    if ESCAPED_NUL.search(text):
        raise Unreadable("the document holds a NUL character")
    if type(found) in (int, float):
        if len(text.strip()) > DIGITS_KEPT:
            raise Unreadable("a document that is a number has more digits than can be stored")
        return found, rules.NUMBER_RESPELLED
    return value, None


def _refuse(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not JSON")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("an object of the document holds a key twice")
    return found


READERS: Mapping[str, Callable[[Value], Read]] = {
    "TEXT": _text,
    "INTEGER": _whole,
    "REAL": _real,
    "BOOLEAN": _flag,
    "JSON": _document,
}
