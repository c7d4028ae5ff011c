"""The one text by which two JSON documents are compared: what `jsonb` keeps of them, no more.

Both functions raise ValueError for what is not JSON.
"""

import json
from decimal import Decimal
from typing import Any


def json_document(text: str) -> str:
    """Return the canonical text of a JSON document, its numbers kept to the last digit."""
    return json_text(
        json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)
    )


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def json_text(value: Any) -> str:
    """Return the canonical text of a decoded JSON value: sorted keys, no blanks."""
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() | Decimal():
            return _number(Decimal(value))
        case float():
            return _number(Decimal(repr(value)))
        case list():
            return "[" + ",".join(map(json_text, value)) + "]"
        case dict():
            members = (f"{json_text(key)}:{json_text(value[key])}" for key in sorted(value))
            return "{" + ",".join(members) + "}"
    raise ValueError("not JSON")


def _number(number: Decimal) -> str:
    """Write a number so that 1 and 1.0 stay apart while 1.5 and 1.50 are the same."""
    if not number.is_finite():
        raise ValueError("not a JSON number")
    text = format(number if number else abs(number), "f")
    if "." not in text:
        return text
    text = text.rstrip("0")
    return text + "0" if text.endswith(".") else text
