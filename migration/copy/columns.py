"""Packing a whole column of a block of rows at once, where every value is of the plain kind.

A packer here is fast because it looks at a column with few calls, and strict because whatever is
not plainly right makes it raise `Unusual`: then the block is packed value by value with the
encoders of `wire`, which decide. So there is one meaning, and two speeds.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
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
_DAYS = {"9999-99-99"}
_FLAGS = {0: FALSE, 1: TRUE, None: NULL}
_INTEGERS: frozenset[type] = frozenset({int, type(None)})
_REALS: frozenset[type] = frozenset({float, type(None)})
_TEXTS, _BYTES = frozenset({str}), frozenset({bytes})


class Unusual(Exception):
    """A value that has to be looked at by itself, good or bad."""


def column_packer(column: Column) -> ColumnPacker | None:
    """Return the packer of a column, or None where each value has to be looked at anyway."""
    if column.limit:
        return None
    pack = _NUMBERS.get(column.type)
    if pack is None and column.type in _OTHERS:
        pack = _with_nulls(_OTHERS[column.type])
    return pack if pack is None or column.nullable else _without_nulls(pack)


def _without_nulls(pack: ColumnPacker) -> ColumnPacker:
    def packed(values: Values) -> Fields:
        if None in values:
            raise Unusual
        return pack(values)

    return packed


def _with_nulls(pack: ColumnPacker) -> ColumnPacker:
    def packed(values: Values) -> Fields:
        if None not in values:
            return pack(values)
        fields = iter(pack([value for value in values if value is not None]))
        return [NULL if value is None else next(fields) for value in values]

    return packed


def _all_of(kinds: frozenset[type], values: Values) -> None:
    if not kinds.issuperset(map(type, values)):
        raise Unusual


def _integers(values: Values) -> Fields:
    _all_of(_INTEGERS, values)
    try:
        return [NULL if value is None else integer(8, value) for value in values]
    except struct.error:
        raise Unusual from None


def _reals(values: Values) -> Fields:
    _all_of(_REALS, values)
    return [NULL if value is None else real(8, value) for value in values]


def _booleans(values: Values) -> Fields:
    _all_of(_INTEGERS, values)
    try:
        return [_FLAGS[value] for value in values]
    except KeyError:
        raise Unusual from None


def _blobs(values: Values) -> Fields:
    _all_of(_BYTES, values)
    return _sized(values)


def _texts(values: Values) -> Fields:
    _all_of(_TEXTS, values)
    try:
        encoded = list(map(str.encode, values))
    except UnicodeEncodeError:
        raise Unusual from None
    if b"\0" in b"".join(encoded):
        raise Unusual
    return _sized(encoded)


def _sized(contents: Sequence[bytes]) -> Fields:
    return list(map(add, map(length, map(len, contents)), contents))


def _timestamps(values: Values) -> Fields:
    _all_of(_TEXTS, values)
    _spelled(values, _MOMENTS)
    return [integer(8, microseconds(moment)) for moment in _read(datetime, values)]


def _dates(values: Values) -> Fields:
    _all_of(_TEXTS, values)
    _spelled(values, _DAYS)
    return [day(4, days(moment)) for moment in _read(date, values)]


def _spelled(values: Sequence[str], forms: set[str]) -> None:
    """Raise Unusual unless every text has one of the forms, digits shown as 9."""
    found = "\n".join(values).translate(_DIGITS).split("\n") if values else []
    if len(found) != len(values) or not forms.issuperset(found):
        raise Unusual


def _read(kind: type[Any], values: Values) -> Iterator[Any]:
    try:
        yield from map(kind.fromisoformat, values)
    except ValueError:
        raise Unusual from None


_NUMBERS: dict[LogicalType, ColumnPacker] = {
    LogicalType.INTEGER: _integers,
    LogicalType.REAL: _reals,
    LogicalType.BOOLEAN: _booleans,
}
_OTHERS: dict[LogicalType, ColumnPacker] = {
    LogicalType.TEXT: _texts,
    LogicalType.BLOB: _blobs,
    LogicalType.TIMESTAMP: _timestamps,
    LogicalType.DATE: _dates,
}
