"""What a column means, from the words either engine uses for its type.

A reading of its own, apart from the conversion's; `values` says what the meanings hold.
"""

import re

from migration.schema.model import LogicalType

_DECLARED = {
    "BOOLEAN": LogicalType.BOOLEAN,
    "BOOL": LogicalType.BOOLEAN,
    "DATETIME": LogicalType.TIMESTAMP,
    "TIMESTAMP": LogicalType.TIMESTAMP,
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


def sqlite_type(declared: str) -> LogicalType:
    """Say what a column of this declared type means."""
    name = declared.split("(")[0].strip().upper()
    if name in _DECLARED:
        return _DECLARED[name]
    for words, meaning in _AFFINITIES:
        if any(word in name for word in words):
            return meaning
    return LogicalType.NUMERIC if name else LogicalType.BLOB


def postgres_type(name: str) -> LogicalType:
    """Say what a column of this type means, named as `format_type` does; text where in doubt."""
    return _POSTGRES.get(re.sub(r"\([\d,]*\)", "", name), LogicalType.TEXT)
