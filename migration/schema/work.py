"""What the parts of a conversion share: the catalogue, the names and types found for it, and where
refusals and warnings are collected. `convert` makes it, `tables`, `views` and `triggers` use it.
"""

from dataclasses import dataclass, field

from migration.schema.choices import Choices, folded
from migration.schema.errors import Untranslatable
from migration.schema.model import Note
from migration.schema.names import Names
from migration.schema.refusals import Refusals
from migration.schema.scope import ROW_NUMBERS, Typed, column
from migration.schema.types import ColumnType
from migration.source.model import Catalogue, SourceColumn, SourceTable


@dataclass
class Work:
    """One database on its way; tables and columns are looked up as SQLite does, in any case."""

    catalogue: Catalogue
    schema: str
    choices: Choices
    relations: Names
    """What tables, views, indexes, keys and sequences may be called."""
    names: dict[str, str]
    """PostgreSQL's name of each table, view and index."""
    columns: dict[str, dict[str, str]]
    """PostgreSQL's names of the columns, by table."""
    types: dict[str, dict[str, ColumnType]]
    """By table and column; without those whose type is refused."""
    refusals: Refusals = field(default_factory=Refusals)
    notes: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)

    @property
    def by_utf8(self) -> bool:
        """Say whether SQLite sorts text by the bytes of UTF-8."""
        return self.catalogue.encoding == "UTF-8"

    def table(self, name: str) -> SourceTable:
        """Find a table. Raises Untranslatable."""
        try:
            return self.catalogue.table(name)
        except KeyError:
            raise Untranslatable(f"there is no table {name}") from None

    def column_names(self, table: SourceTable, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return PostgreSQL's names of columns. Raises Untranslatable."""
        names = self.columns[table.name]
        return tuple(names[named(table, column).name] for column in columns)

    def typed(self, table: SourceTable, *, of: str) -> dict[str, Typed]:
        """Return the columns as they stand in an expression, after the quoted name of a table.

        The row number goes by other names too, where no column has them.
        """
        names, types = self.columns[table.name], self.types[table.name]
        found = {
            folded(c.name): column(names[c.name], types[c.name].type, c.collation, of=of)
            for c in table.columns
            if c.name in types
        }
        if table.row_id is None or folded(table.row_id) not in found:
            return found
        return dict.fromkeys(ROW_NUMBERS, found[folded(table.row_id)]) | found

    def refused_columns(self, table: SourceTable) -> frozenset[str]:
        """Return the columns whose type is refused, as a scope knows them."""
        return frozenset(
            folded(c.name) for c in table.columns if c.name not in self.types[table.name]
        )

    def type_of(self, table: SourceTable, column: str) -> ColumnType | None:
        """Return the type of a column, None where it is refused."""
        return self.types[table.name].get(column)


def named(table: SourceTable, column: str) -> SourceColumn:
    """Find a column whatever the case in which it is spelled. Raises Untranslatable."""
    for found in table.columns:
        if folded(found.name) == folded(column):
            return found
    raise Untranslatable(f"{table.name} has no column {column}")
