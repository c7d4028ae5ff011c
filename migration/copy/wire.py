"""What binary COPY looks like: one value of each type, as PostgreSQL both takes and gives it.

The forms are the ones that the server itself sends back, byte for byte: a numeric has no needless
digit groups, a JSON document is spelled as jsonb spells it. So the bytes that were sent can be
compared with the bytes that are read back. `pack` puts values together to rows.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from struct import Struct
from typing import Any, TypeAlias

from migration.schema.model import Column, LogicalType
from migration.source.values import reader

Encoder: TypeAlias = Callable[[Any], bytes]

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
TRUE, FALSE = b"\0\0\0\1\1", b"\0\0\0\1\0"
# A message of the protocol, and so a row, is shorter than a gigabyte.
LONGEST_ROW = 2**30 - 64

length = Struct(">i").pack
integer = Struct(">iq").pack
real = Struct(">id").pack
day = Struct(">ii").pack

_EPOCH = datetime(2000, 1, 1)
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_JSONB_VERSION = b"\x01"
_NUMERIC_HEAD = Struct(">hhHH").pack
_NEGATIVE = 0x4000
_GROUP = Struct(">h").pack


def row_head(columns: int) -> bytes:
    """Return what stands before the fields of each row."""
    return _GROUP(columns)


def encoder(column: Column) -> Encoder:
    """Return the function that turns a stored value, not NULL, into its field with its length.

    It raises BadValue for what the column's type does not allow.
    """
    read, limit = reader(column.type, column.limit), column.limit
    match column.type:
        case LogicalType.INTEGER:
            return lambda value: integer(8, read(value))
        case LogicalType.REAL:
            return lambda value: real(8, read(value))
        case LogicalType.TEXT:
            return lambda value: sized(read(value).encode())
        case LogicalType.BLOB:
            return lambda value: sized(read(value))
        case LogicalType.BOOLEAN:
            return lambda value: TRUE if read(value) else FALSE
        case LogicalType.TIMESTAMP:
            return lambda value: integer(8, microseconds(read(value).replace(tzinfo=None)))
        case LogicalType.DATE:
            return lambda value: day(4, days(read(value)))
        case LogicalType.JSON:
            return lambda value: sized(_JSONB_VERSION + jsonb_text(read(value)).encode())
        case LogicalType.NUMERIC:
            scale = limit[1] if limit else None
            return lambda value: sized(numeric(read(value), scale))


def sized(content: bytes) -> bytes:
    """Return a field: its length, then its content."""
    return length(len(content)) + content


def microseconds(moment: datetime) -> int:
    """Count the microseconds from 2000-01-01 to a moment in UTC that names no zone."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def days(moment: date) -> int:
    """Count the days from 2000-01-01."""
    return moment.toordinal() - _EPOCH_DAY


def numeric(number: Decimal, scale: int | None = None) -> bytes:
    """Return a finite number in groups of four digits; `scale` adds zeros after the point."""
    whole, _, fraction = format(abs(number), "f").partition(".")
    places = max(len(fraction), scale or 0)
    whole = whole.zfill(-(-len(whole) // 4) * 4)
    digits = whole + fraction.ljust(-(-len(fraction) // 4) * 4, "0")
    groups = [int(digits[at : at + 4]) for at in range(0, len(digits), 4)]
    weight = len(whole) // 4 - 1
    while groups and not groups[0]:
        del groups[0]
        weight -= 1
    while groups and not groups[-1]:
        del groups[-1]
    sign = _NEGATIVE if groups and number < 0 else 0
    head = _NUMERIC_HEAD(len(groups), weight if groups else 0, sign, places)
    return head + b"".join(map(_GROUP, groups))


def jsonb_text(text: str) -> str:
    """Spell a JSON document as PostgreSQL's jsonb does, every digit kept."""
    return _spelled(json.loads(text, parse_int=Decimal, parse_float=Decimal))


def _spelled(value: Any) -> str:
    match value:
        case dict():
            keys = sorted(((key.encode(), key) for key in value), key=lambda k: (len(k[0]), k[0]))
            members = (f"{_spelled(key)}: {_spelled(value[key])}" for _, key in keys)
            return f"{{{', '.join(members)}}}"
        case list():
            return f"[{', '.join(map(_spelled, value))}]"
        case Decimal():
            return format(value if value else abs(value), "f")
        case _:
            return json.dumps(value, ensure_ascii=False)
