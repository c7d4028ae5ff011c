"""SQLite's NOCASE and RTRIM, said in PostgreSQL by an expression over the text.

Two texts are the same under a collation exactly when their folded forms are the same bytes, and
they sort as the bytes of these do. NOCASE folds the letters A to Z and no others, so neither ICU
nor `lower` under any locale but "C" would do.
"""

from migration.schema.choices import folded
from migration.schema.errors import Untranslatable
from migration.schema.model import LogicalType
from migration.schema.scope import Typed, literal

BINARY, NOCASE, RTRIM = "BINARY", "NOCASE", "RTRIM"
_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"


def fold(value: Typed, collation: str) -> Typed:
    """Return a text so that comparing its bytes is comparing it under the collation.

    Raises Untranslatable for a collation of the application's own.
    """
    if collation == BINARY or value.type is not LogicalType.TEXT:
        return value
    if collation not in (NOCASE, RTRIM):
        raise Untranslatable(f"the collation {collation} is the application's own")
    if value.literal is not None:
        text = folded(value.literal) if collation == NOCASE else value.literal.rstrip(" ")
        return Typed(literal(text), LogicalType.TEXT, text, loose=True)
    call = f"rtrim({value.sql}, ' ')"
    if collation == NOCASE:
        call = f"translate({value.sql}, '{_UPPER}', '{_LOWER}')"
    return Typed(call, LogicalType.TEXT, loose=value.loose)


def common(left: Typed, right: Typed) -> str:
    """Return the collation of a comparison: COLLATE before a column's own, left before right."""
    for explicit in (True, False):
        for side in (left, right):
            if side.collation and side.explicit is explicit:
                return side.collation
    return BINARY
