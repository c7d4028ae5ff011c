"""The moment of a statement, in the spellings in which SQLite stores it.

SQLite takes the time once for a statement, in UTC; so does `statement_timestamp()`. A value that
is computed at insert is computed at insert here too, never frozen.
"""

import re

from migration.schema.errors import Untranslatable
from migration.schema.model import LogicalType
from migration.schema.scope import literal

_NOW = "statement_timestamp()"
_UTC = f"({_NOW} AT TIME ZONE 'UTC')"
_SECOND, _DAY, _CLOCK = "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%H:%M:%S"
_FORMATS = {
    "current_timestamp": _SECOND,
    "current_date": _DAY,
    "current_time": _CLOCK,
    "datetime('now')": _SECOND,
    "datetime()": _SECOND,
    "date('now')": _DAY,
    "date()": _DAY,
    "time('now')": _CLOCK,
    "time()": _CLOCK,
    "unixepoch('now')": "%s",
    "unixepoch()": "%s",
}
_CALL_PART = re.compile(r"'[^']*'|\s+|[^'\s]+")
_FORMATTED = re.compile(r"strftime\('([^']*)'(?:,'now')?\)")
_FIELD = re.compile(r"%(.)|[^%]+|%")
_FIELDS = {
    "Y": "YYYY",
    "m": "MM",
    "d": "DD",
    "H": "HH24",
    "M": "MI",
    "S": "SS",
    "f": "SS.MS",
}
_EPOCH = f"floor(extract(epoch FROM {_NOW}))::bigint"
_MOMENTS = re.compile(r"%Y-%m-%d[ T]%H:%M:(%S|%f)Z?")


def is_clock(text: str) -> bool:
    """Say whether a default or value is a form of the present moment."""
    return _format(text) is not None


def clock(text: str, type: LogicalType) -> str:
    """Return PostgreSQL's expression for a form of the present moment, in a column of a type.

    Raises Untranslatable where the type cannot hold what SQLite would store.
    """
    form = _format(text)
    if form is not None and type is LogicalType.TEXT:
        return f"({_EPOCH})::text" if form == "%s" else _as_text(text, form)
    if form == "%s" and type is LogicalType.INTEGER:
        return _EPOCH
    if form == _DAY and type is LogicalType.DATE:
        return f"{_UTC}::date"
    if form and type is LogicalType.TIMESTAMP and (found := _MOMENTS.fullmatch(form)):
        unit = "second" if found[1] == "%S" else "milliseconds"
        return f"date_trunc('{unit}', {_NOW})"
    raise Untranslatable(f"{text} is a {_meaning(form)}, which does not fit the type {type}")


def _meaning(form: str | None) -> str:
    known = {_SECOND: "moment", _DAY: "day", _CLOCK: "time of day", "%s": "number of seconds"}
    return known.get(form or "", "moment of another spelling")


def _format(text: str) -> str | None:
    """Return the strftime format that gives what the text gives; None for anything else."""
    alike = "".join(
        part if part.startswith("'") else part.strip().lower() for part in _CALL_PART.findall(text)
    )
    found = _FORMATTED.fullmatch(alike)
    return found[1] if found else _FORMATS.get(alike)


def _as_text(text: str, form: str) -> str:
    parts = []
    for found in _FIELD.finditer(form):
        if found[1] in _FIELDS:
            parts.append(_FIELDS[found[1]])
        elif found[0].startswith("%"):
            raise Untranslatable(f"{text} has a part that PostgreSQL does not write alike")
        elif re.search(r"[A-Za-z\"\\]", found[0]):
            parts.append('"' + re.sub(r'(["\\])', r"\\\1", found[0]) + '"')
        else:
            parts.append(found[0])
    return f"to_char({_UTC}, {literal(''.join(parts))})"
