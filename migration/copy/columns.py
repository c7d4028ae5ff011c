"""Packing a whole column of a block of rows at once, where every value is of the plain kind.

A packer here is fast because it looks at a column with few calls, and strict because whatever is
not plainly right makes it raise `Unusual`: then the block is packed value by value with the
encoders of `wire`, which decide. So there is one meaning, and two speeds.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import repeat
from operator import add
from typing import Any, TypeAlias

from migration.copy.wire import FALSE, NULL, TRUE, day, days, integer, length, microseconds, real
from migration.schema.model import Column, LogicalType

Values: TypeAlias = Sequence[Any]
Fields: TypeAlias = Sequence[bytes]
ColumnPacker: TypeAlias = Callable[[Values], Fields]

_DIGITS = str.maketrans("012345678", "9" * 9)
_MOMENTS = {
    f"9999-99-99{between}99:99:99{fraction}"
    for between in " T"
    for fraction in ("", ".999", ".999999")
}
_DAY = "9999-99-99"
_FLAGS = {0: FALSE, 1: TRUE}
# Those of a lifetime: days come again and again.
_DAYS_KEPT = 25_000


class Unusual(Exception):
    """A value that has to be looked at by itself, good or bad."""


def column_packer(column: Column) -> ColumnPacker | None:
    """Return the packer of a column, or None where each value has to be looked at anyway."""
    pack = None if column.limit else _PACKERS.get(column.type)
    if pack is None or not column.nullable:
        return pack
    return _NULLABLE.get(column.type) or _with_nulls(pack)


def _with_nulls(pack: ColumnPacker) -> ColumnPacker:
    """Take NULLs too, which `pack` finds unusual."""

    def packed(values: Values) -> Fields:
        try:
            return pack(values)
        except Unusual:
            present = [value for value in values if value is not None]
            if len(present) == len(values):
                raise
        fields = iter(pack(present) if present else ())
        return [NULL if value is None else next(fields) for value in values]

    return packed


def _all_of(kinds: set[type], values: Values) -> None:
    if not kinds.issuperset(map(type, values)):
        raise Unusual


def _integers(values: Values) -> Fields:
    _all_of({int}, values)
    try:
        return list(map(integer, repeat(8), values))
    except struct.error:
        raise Unusual from None


def _integers_or_nulls(values: Values) -> Fields:
    _all_of({int, type(None)}, values)
    try:
        return [NULL if value is None else integer(8, value) for value in values]
    except struct.error:
        raise Unusual from None


def _reals(values: Values) -> Fields:
    _all_of({float}, values)
    return list(map(real, repeat(8), values))


def _reals_or_nulls(values: Values) -> Fields:
    _all_of({float, type(None)}, values)
    return [NULL if value is None else real(8, value) for value in values]


def _booleans(values: Values) -> Fields:
    _all_of({int}, values)
    try:
        return list(map(_FLAGS.__getitem__, values))
    except KeyError:
        raise Unusual from None


def _blobs(values: Values) -> Fields:
    _all_of({bytes}, values)
    return _sized(values)


def _texts(values: Values) -> Fields:
    try:
        encoded = list(map(str.encode, values))
    except (TypeError, UnicodeEncodeError):
        raise Unusual from None
    if b"\0" in b"".join(encoded):
        raise Unusual
    return _sized(encoded)


def _sized(contents: Sequence[bytes]) -> Fields:
    return list(map(add, map(length, map(len, contents)), contents))


def _timestamps(values: Values) -> Fields:
    try:
        found = "\n".join(values).translate(_DIGITS).split("\n")
        moments = list(map(datetime.fromisoformat, values))
    except (TypeError, ValueError):
        raise Unusual from None
    if not _MOMENTS.issuperset(found):
        raise Unusual
    return list(map(integer, repeat(8), map(microseconds, moments)))


def _dates(values: Values) -> Fields:
    _all_of({str}, values)
    return list(map(_KNOWN_DAYS.__getitem__, values))


class _KnownDays(dict[str, bytes]):
    """The fields of the days that came by."""

    def __missing__(self, text: str) -> bytes:
        if text.translate(_DIGITS) != _DAY:
            raise Unusual
        try:
            field = day(4, days(date.fromisoformat(text)))
        except ValueError:
            raise Unusual from None
        if len(self) >= _DAYS_KEPT:
            self.clear()
        self[text] = field
        return field


_KNOWN_DAYS = _KnownDays()
# A NULL is unusual for these.
_PACKERS: dict[LogicalType, ColumnPacker] = {
    LogicalType.INTEGER: _integers,
    LogicalType.REAL: _reals,
    LogicalType.BOOLEAN: _booleans,
    LogicalType.TEXT: _texts,
    LogicalType.BLOB: _blobs,
    LogicalType.TIMESTAMP: _timestamps,
    LogicalType.DATE: _dates,
}
# These take NULLs at less cost than by taking them out and putting them back.
_NULLABLE: dict[LogicalType, ColumnPacker] = {
    LogicalType.INTEGER: _integers_or_nulls,
    LogicalType.REAL: _reals_or_nulls,
}
