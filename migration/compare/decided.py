"""What PostgreSQL must hold where somebody decided how a value is mended.

Each rule of `migration.policies` is worked out here a second time, in another way than the copy
does it. Without a rule the canonical form of the stored value is expected as ever.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

from migration.compare.values import Scalar, canonical_sqlite
from migration.policies import SET_NULL, Policy
from migration.schema.model import LogicalType

Expected: TypeAlias = Callable[[Any], Scalar]

_TRUE = re.compile(r"true|yes|on|t|y", re.IGNORECASE | re.ASCII)
_FALSE = re.compile(r"false|no|off|f|n", re.IGNORECASE | re.ASCII)


def expected(type: LogicalType, policy: Policy) -> Expected:
    """Return the function from a stored value to the canonical form of what is to be there."""
    if not policy.rules and policy.ending != SET_NULL:
        return partial(canonical_sqlite, type=type)

    def decided(value: Any) -> Scalar:
        for rule in policy.rules:
            value = _mended(rule, value, type)
        canonical = canonical_sqlite(value, type)
        fits = value is None or (_is_storable(value) and not _is_unfit(canonical))
        return canonical if fits or policy.ending != SET_NULL else None

    return decided


def _is_unfit(canonical: Scalar) -> bool:
    return isinstance(canonical, str) and canonical.startswith("\0")


def _is_storable(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _mended(rule: str, value: Any, type: LogicalType) -> Any:
    if rule.startswith("zone "):
        return _with_zone(value, rule.removeprefix("zone "))
    match rule, value:
        case "epoch seconds", int() | float() | str():
            return _since_1970(value, type, 1)
        case "epoch milliseconds", int() | float() | str():
            return _since_1970(value, type, 1000)
        case "midnight", str():
            return _midnight(value, type)
        case "boolean words", str():
            return 1 if _TRUE.fullmatch(value) else 0 if _FALSE.fullmatch(value) else value
        case "empty is null", "":
            return None
        case "number from text", str():
            return _number(value, type)
    return _text(rule, value)


def _text(rule: str, value: Any) -> Any:
    match rule, value:
        case "remove nul", str():
            return "".join(character for character in value if character != "\0")
        case "replace invalid utf-8", str():
            return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        case "text from blob", bytes():
            return value.decode("utf-8", "surrogateescape")
        case "text from number", int() | float():
            return str(value)
    return value


def _with_zone(value: Any, offset: str) -> Any:
    if not isinstance(value, str) or len(value) < len("2000-01-01T00:00:00"):
        return value
    return value if re.search(r"(Z|[+-]\d\d(:?\d\d)?)$", value) else value + offset


def _since_1970(value: Any, type: LogicalType, per_second: int) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[+-]?\d{1,19}", value, re.ASCII):
        return value
    with suppress(OverflowError, ValueError):
        number = Fraction(int(value) if isinstance(value, str) else value)
        seconds, millionths = divmod(round(number * 1_000_000 / per_second), 1_000_000)
        moment = datetime(1970, 1, 1) + timedelta(seconds=seconds, microseconds=millionths)
        if type is not LogicalType.DATE:
            return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z".zfill(27)
        if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
            return moment.date().isoformat()
    return value


def _midnight(value: str, type: LogicalType) -> str:
    if type is not LogicalType.DATE:
        is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII)
        return f"{value}T00:00:00Z" if is_day else value
    day, separator = value[:10], value[10:11]
    whole, point, fraction = value[11:].partition(".")
    midnights = ("00:00:00",) if point else ("00:00", "00:00:00")
    if separator not in (" ", "T") or whole not in midnights or (point and not fraction):
        return value
    return value if fraction.strip("0") else day


def _number(value: str, type: LogicalType) -> Any:
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return value
    if not exact.is_finite() or "_" in value or value != value.strip():
        return value
    whole = type is not LogicalType.REAL and exact.adjusted() < 19 and exact == int(exact)
    if whole and -(2**63) <= exact < 2**63:
        return int(exact)
    held = type is not LogicalType.INTEGER and Decimal(repr(float(value))) == exact
    return float(value) if held else value
