"""What a column means, from the words either engine uses for its type.

A reading of its own, apart from the conversion's; `values` says what the meanings hold.
"""

import re

from migration.schema.choices import Choices
from migration.schema.model import LogicalType

_DECLARED = {
    "BOOLEAN": LogicalType.BOOLEAN,
    "BOOL": LogicalType.BOOLEAN,
    "DATETIME": LogicalType.TIMESTAMP,
    "TIMESTAMP": LogicalType.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": LogicalType.TIMESTAMP,
    "TIMESTAMP WITHOUT TIME ZONE": LogicalType.TIMESTAMP,
    "DATE": LogicalType.DATE,
    "JSON": LogicalType.JSON,
}
# SQLite's rules of affinity, in the order in which it applies them.
_AFFINITIES = (
    (("INT",), LogicalType.INTEGER),
    (("CHAR", "CLOB", "TEXT"), LogicalType.TEXT),
    (("BLOB",), LogicalType.BLOB),
    (("REAL", "FLOA", "DOUB"), LogicalType.REAL),
)
_POSTGRES = {
    "smallint": LogicalType.INTEGER,
    "integer": LogicalType.INTEGER,
    "bigint": LogicalType.INTEGER,
    "real": LogicalType.REAL,
    "double precision": LogicalType.REAL,
    "bytea": LogicalType.BLOB,
    "boolean": LogicalType.BOOLEAN,
    "timestamp with time zone": LogicalType.TIMESTAMP,
    "timestamp without time zone": LogicalType.TIMESTAMP,
    "date": LogicalType.DATE,
    "json": LogicalType.JSON,
    "jsonb": LogicalType.JSON,
    "numeric": LogicalType.NUMERIC,
}
_EXPECTED = {
    LogicalType.INTEGER: "bigint",
    LogicalType.REAL: "double precision",
    LogicalType.TEXT: "text",
    LogicalType.BLOB: "bytea",
    LogicalType.BOOLEAN: "boolean",
    LogicalType.TIMESTAMP: "timestamp with time zone",
    LogicalType.DATE: "date",
    LogicalType.JSON: "jsonb",
    LogicalType.NUMERIC: "numeric",
}
_SIZES = re.compile(r"\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\s*$", re.ASCII)


def sqlite_type(declared: str) -> LogicalType:
    """Say what a column of this declared type means."""
    name = declared.split("(")[0].strip().upper()
    return _DECLARED.get(name) or affinity(name)


def affinity(declared: str) -> LogicalType:
    """Say how SQLite stores what is put into a column declared so."""
    name = declared.upper()
    for words, meaning in _AFFINITIES:
        if any(word in name for word in words):
            return meaning
    return LogicalType.NUMERIC if name else LogicalType.BLOB


def expected_type(
    declared: str, *, chosen: LogicalType | None, choices: Choices, computed: bool
) -> tuple[LogicalType, str]:
    """Say what a column means and how PostgreSQL should call its type, a limit included.

    A choice for the column comes first; a computed value has no limit to break.
    """
    if chosen is not None:
        return chosen, _EXPECTED[chosen]
    meaning = sqlite_type(declared)
    if choices.types == "faithful":
        stored = LogicalType.INTEGER if meaning is LogicalType.BOOLEAN else LogicalType.TEXT
        meaning = stored if meaning in _DECLARED.values() else meaning
        return meaning, _EXPECTED[meaning]
    sizes = None if computed else _SIZES.search(declared)
    return meaning, _sized(declared, meaning, sizes) or _EXPECTED[meaning]


def _sized(declared: str, meaning: LogicalType, sizes: re.Match[str] | None) -> str | None:
    if sizes is None:
        return None
    first, second = int(sizes[1]), int(sizes[2] or 0)
    if meaning is LogicalType.TEXT and "CHAR" in declared.upper() and sizes[2] is None:
        return f"character varying({first})" if 0 < first <= 10_485_760 else None
    if meaning is LogicalType.NUMERIC and 0 < first <= 1_000 and second <= first:
        return f"numeric({first},{second})"
    return None


def postgres_type(name: str) -> LogicalType:
    """Say what a column of this type means, named as `format_type` does; text where in doubt."""
    return _POSTGRES.get(re.sub(r"\([\d,]*\)", "", name), LogicalType.TEXT)
