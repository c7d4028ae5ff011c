"""Which type a column becomes in PostgreSQL, and by which rule.

The type follows from migration.toml and from what is declared, never from the rows: the DDL is the
same for a database full of rows and for an empty one. Rows that do not fit are refused, with the
setting that would take them. `migration.compare` judges by a reading of its own.
"""

import re
from dataclasses import dataclass

from migration.schema.choices import Choices
from migration.schema.errors import Untranslatable
from migration.schema.model import Column, LogicalType
from migration.source.model import SourceColumn

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
_NATIVE = {
    "BOOLEAN": LogicalType.BOOLEAN,
    "BOOL": LogicalType.BOOLEAN,
    "DATETIME": LogicalType.TIMESTAMP,
    "TIMESTAMP": LogicalType.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": LogicalType.TIMESTAMP,
    "TIMESTAMP WITHOUT TIME ZONE": LogicalType.TIMESTAMP,
    "DATE": LogicalType.DATE,
    "JSON": LogicalType.JSON,
    "NUMERIC": LogicalType.NUMERIC,
    "DECIMAL": LogicalType.NUMERIC,
    "NUM": LogicalType.NUMERIC,
}
_AS_STORED = {
    LogicalType.BOOLEAN: LogicalType.INTEGER,
    LogicalType.TIMESTAMP: LogicalType.TEXT,
    LogicalType.DATE: LogicalType.TEXT,
    LogicalType.JSON: LogicalType.TEXT,
}
_LIMIT = re.compile(r"[^()]*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\s*", re.ASCII)
_MOST_CHARACTERS = 10_485_760
_MOST_DIGITS = 1000


@dataclass(frozen=True)
class ColumnType:
    """A type, its limit, and the rule that led to it, in words for a report."""

    type: LogicalType
    limit: tuple[int, ...]
    rule: str


def column_type(table: str, column: SourceColumn, choices: Choices) -> ColumnType:
    """Return what a column becomes.

    Raises Untranslatable where nothing says it.
    """
    chosen = choices.type_of(table, column.name)
    if chosen is not None:
        return ColumnType(chosen, (), "migration.toml says so")
    type = native_type(column.declared)
    if choices.types == "faithful":
        return ColumnType(_AS_STORED.get(type, type), (), f"{column.declared}, as it is stored")
    limit = () if column.generated else declared_limit(column.declared, type)
    return ColumnType(type, limit, f"declared {column.declared}")


def native_type(declared: str) -> LogicalType:
    """Return the type for a column declared so, by SQLite's own rules of affinity.

    Raises Untranslatable for a name that SQLite itself gives no particular meaning.
    """
    name = declared.upper().partition("(")[0].strip()
    if name in _NATIVE:
        return _NATIVE[name]
    if not name:
        raise Untranslatable("no type is declared")
    type = affinity(name)
    if type is LogicalType.NUMERIC:
        raise Untranslatable(f"the declared type {declared!r} allows any value")
    return type


def affinity(name: str) -> LogicalType:
    """Return what SQLite prefers to store in a column declared so."""
    name = name.upper()
    if "INT" in name:
        return LogicalType.INTEGER
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return LogicalType.TEXT
    if "BLOB" in name or not name:
        return LogicalType.BLOB
    if any(part in name for part in ("REAL", "FLOA", "DOUB")):
        return LogicalType.REAL
    return LogicalType.NUMERIC


def declared_limit(declared: str, type: LogicalType) -> tuple[int, ...]:
    """Return the length of `VARCHAR(n)`, or precision and scale of `DECIMAL(p, s)`.

    A limit that PostgreSQL could not state is none, as in SQLite.
    """
    found = _LIMIT.fullmatch(declared)
    if not found:
        return ()
    first, second = int(found[1]), int(found[2] or 0)
    if type is LogicalType.TEXT and "CHAR" in declared.upper() and not found[2]:
        return (first,) if 1 <= first <= _MOST_CHARACTERS else ()
    if type is LogicalType.NUMERIC:
        return (first, second) if 1 <= first <= _MOST_DIGITS and second <= first else ()
    return ()


def sql_type(column: Column) -> str:
    """Write the type of a column, text in the order of its bytes."""
    if column.type is LogicalType.TEXT and column.limit:
        return f'character varying({column.limit[0]}) COLLATE "C"'
    if column.type is LogicalType.NUMERIC and column.limit:
        return f"numeric({column.limit[0]}, {column.limit[1]})"
    return SQL_TYPES[column.type]
