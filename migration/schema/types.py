"""Native types: what a declared type of SQLite becomes in PostgreSQL.

`migration.compare` judges by a reading of its own.
"""

from migration.schema.errors import Untranslatable
from migration.schema.model import LogicalType

SQL_TYPES = {
    LogicalType.INTEGER: "bigint",
    LogicalType.REAL: "double precision",
    # Byte order, as SQLite sorts.
    LogicalType.TEXT: 'text COLLATE "C"',
    LogicalType.BLOB: "bytea",
    LogicalType.BOOLEAN: "boolean",
    LogicalType.TIMESTAMP: "timestamp with time zone",
    LogicalType.DATE: "date",
    LogicalType.JSON: "jsonb",
    LogicalType.NUMERIC: "numeric",
}

_EXACT = {
    "BOOLEAN": LogicalType.BOOLEAN,
    "BOOL": LogicalType.BOOLEAN,
    "DATETIME": LogicalType.TIMESTAMP,
    "TIMESTAMP": LogicalType.TIMESTAMP,
    "DATE": LogicalType.DATE,
    "JSON": LogicalType.JSON,
    "NUMERIC": LogicalType.NUMERIC,
    "DECIMAL": LogicalType.NUMERIC,
}


def native_type(declared: str) -> LogicalType:
    """Return the type for a column declared so, by SQLite's own rules of affinity.

    Raises Untranslatable for a name that SQLite itself gives no particular meaning.
    """
    name = declared.upper().partition("(")[0].strip()
    if name in _EXACT:
        return _EXACT[name]
    if "INT" in name:
        return LogicalType.INTEGER
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return LogicalType.TEXT
    if "BLOB" in name:
        return LogicalType.BLOB
    if any(part in name for part in ("REAL", "FLOA", "DOUB")):
        return LogicalType.REAL
    raise Untranslatable(
        f"the declared type {declared!r} allows any value" if name else "no type is declared"
    )
