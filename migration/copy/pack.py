"""Packing a row of SQLite for binary COPY, one strict packer for each table.

How a value is read is fixed in `migration.source.values`; here it only gets the form that goes
over the wire. What does not fit raises: the server's text parser never gets to guess.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from migration.schema.model import Column, LogicalType, Table
from migration.source.values import BadValue, reader

Fault: TypeAlias = tuple[str, str]

# jsonb travels as a version byte before the text, which keeps every digit of its numbers.
_WIRE_TYPES = {
    LogicalType.INTEGER: "int8",
    LogicalType.REAL: "float8",
    LogicalType.TEXT: "text",
    LogicalType.BLOB: "bytea",
    LogicalType.BOOLEAN: "bool",
    LogicalType.TIMESTAMP: "timestamptz",
    LogicalType.DATE: "date",
    LogicalType.JSON: "bytea",
    LogicalType.NUMERIC: "numeric",
}
_JSONB_VERSION = b"\x01"


class BadRow(ValueError):
    """A row has values that cannot be stored: `faults` are pairs of column and reason."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


class Packer:
    """Packs the rows of one table, their values in the order of its columns."""

    def __init__(self, table: Table) -> None:
        columns = table.copied_columns
        self._columns = columns
        self._packers = [_packer(column) for column in columns]
        self._required = [n for n, column in enumerate(columns) if not column.nullable]
        self.types = [_WIRE_TYPES[column.type] for column in columns]

    def pack(self, row: Sequence[Any]) -> list[Any]:
        """Return the values as psycopg sends them under `types`.

        Raises BadRow with every fault of the row.
        """
        try:
            packed = [
                None if value is None else pack(value)
                for pack, value in zip(self._packers, row, strict=True)
            ]
        except BadValue:
            raise BadRow(self._faults(row)) from None
        if None in packed and any(packed[place] is None for place in self._required):
            raise BadRow(self._faults(row))
        return packed

    def _faults(self, row: Sequence[Any]) -> list[Fault]:
        faults = []
        for column, pack, value in zip(self._columns, self._packers, row, strict=True):
            try:
                if value is not None:
                    pack(value)
                elif not column.nullable:
                    faults.append((column.name, "it is NULL, which the column or key forbids"))
            except BadValue as error:
                faults.append((column.name, str(error)))
        return faults


def _packer(column: Column) -> Callable[[Any], Any]:
    read = reader(column.type, column.limit)
    if column.type is LogicalType.JSON:
        return lambda value: _JSONB_VERSION + read(value).encode()
    return read
