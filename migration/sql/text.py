"""When two SQL texts are the same statement: layout, comments and the spelling of marks apart.

One statement reaches SQLite as `WHERE id = ?` and psycopg as `WHERE id = %s`.
"""

import re
from collections.abc import Callable
from functools import cache

_PARTS = re.compile(
    r"""
      (?P<kept>'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<blank>(?:\s|--[^\n]*|/\*.*?\*/)+)
    | (?P<named>%\((?P<name>\w+)\)s)
    | (?P<mark>%s)
    | (?P<sign>%%)
    """,
    re.VERBOSE | re.DOTALL,
)
_REPLACEMENTS: dict[str, Callable[[re.Match[str]], str]] = {
    # psycopg takes a doubled sign for one that is no mark.
    "kept": lambda found: found[0].replace("%%", "%"),
    "blank": lambda _: " ",
    "named": lambda found: f":{found['name']}",
    "mark": lambda _: "?",
    "sign": lambda _: "%",
}


@cache
def normal(sql: str) -> str:
    """Return the one spelling of a statement."""

    def spelled(found: re.Match[str]) -> str:
        return next(
            replace(found) for kind, replace in _REPLACEMENTS.items() if found[kind] is not None
        )

    return _PARTS.sub(spelled, sql).strip().removesuffix(";").rstrip()
