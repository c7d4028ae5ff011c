"""The rules that mend a stored value; which column follows which is said in `migration.policies`.

A rule takes a value as SQLite holds it and returns it as it should have been stored, or as it is
when the rule does not concern it. Whether it then fits is decided by the strict readers as ever.
What `migration.compare` expects of a mended value it works out in a way of its own.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias

from migration.schema.model import LogicalType

Rule: TypeAlias = Callable[[Any], Any]

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "t", "y"), 1),
    **dict.fromkeys(("false", "no", "off", "f", "n"), 0),
}
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(?::00(?:\.0+)?)?", re.ASCII)
_WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII)


def mending(rules: Iterable[str], type: LogicalType) -> Rule:
    """Return one function that applies the rules to the values of a column, in their order."""
    chosen = [_rule(name, type) for name in rules]

    def mended(value: Any) -> Any:
        for rule in chosen:
            value = rule(value)
        return value

    return mended


def _rule(name: str, type: LogicalType) -> Rule:
    if name.startswith("zone "):
        return partial(_zone, name.removeprefix("zone "))
    return partial(_TYPED[name], type) if name in _TYPED else _PLAIN[name]


def _epoch(per_second: int, type: LogicalType, value: Any) -> Any:
    number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
    if not isinstance(number, int | float):
        return value
    try:
        exact = Decimal(number) * (1_000_000 // per_second)
        moment = _BEGIN + timedelta(microseconds=round(exact))
    except (OverflowError, ValueError):
        return value
    if type is not LogicalType.DATE:
        return moment.isoformat(" ")
    return value if moment.time() != time.min else str(moment.date())


def _midnight(type: LogicalType, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if type is LogicalType.DATE:
        found = _MIDNIGHT.fullmatch(value)
        return found[1] if found else value
    return f"{value} 00:00:00" if _DAY.fullmatch(value) else value


def _number(type: LogicalType, value: Any) -> Any:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    exact = Decimal(value)
    whole = type is not LogicalType.REAL and exact == exact.to_integral_value()
    if whole and -(2**63) <= exact < 2**63:
        return int(exact)
    number = float(value)
    # A number that 64 bits cannot hold stays the text that it is.
    return number if type is not LogicalType.INTEGER and Decimal(repr(number)) == exact else value


def _zone(offset: str, value: Any) -> Any:
    concerned = isinstance(value, str) and _WITHOUT_ZONE.fullmatch(value)
    return value + offset if concerned else value


def _boolean(value: Any) -> Any:
    return _WORDS.get(value.lower(), value) if isinstance(value, str) else value


def _empty(value: Any) -> Any:
    return None if value == "" else value


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value


def _readable(value: Any) -> Any:
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode(errors="surrogateescape").decode(errors="replace")


def _text_of_blob(value: Any) -> Any:
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else value


def _text_of_number(value: Any) -> Any:
    return repr(value) if isinstance(value, int | float) else value


_PLAIN: dict[str, Rule] = {
    "boolean words": _boolean,
    "empty is null": _empty,
    "remove nul": _without_nul,
    "replace invalid utf-8": _readable,
    "text from blob": _text_of_blob,
    "text from number": _text_of_number,
}
_TYPED: dict[str, Callable[[LogicalType, Any], Any]] = {
    "epoch milliseconds": partial(_epoch, 1000),
    "epoch seconds": partial(_epoch, 1),
    "midnight": _midnight,
    "number from text": _number,
}
