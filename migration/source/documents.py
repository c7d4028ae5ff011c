"""When two JSON texts are one value to PostgreSQL's jsonb: a key of it can be there only once."""

import json
from collections.abc import Hashable
from decimal import Decimal


def identity(text: str) -> Hashable:
    """Return what is equal for two texts of one document, and for no others.

    Blanks, the order of members, escapes and the zeros at the end of a number do not count.
    """
    return _identity(json.loads(text, parse_int=Decimal, parse_float=Decimal))


def _identity(part: object) -> Hashable:
    match part:
        case dict():
            return frozenset((name, _identity(value)) for name, value in part.items())
        case list():
            return tuple(map(_identity, part))
        case bool():  # which Python takes for the same as 0 and 1
            return ("boolean", part)
        case str():
            return ("text", part)
        case Decimal():
            return part
        case _:
            return ("null",)
