"""What a PostgreSQL schema of ours consists of, as plain records.

`convert` makes these records from the catalogue of a SQLite file, `ddl` writes them as SQL, and
`copy` moves rows into what they describe. All SQL text in here is PostgreSQL's, identifiers
already quoted.
"""

from dataclasses import dataclass
from enum import StrEnum


class LogicalType(StrEnum):
    """What a column means, whatever the engine that stores it."""

    INTEGER = "integer"
    REAL = "real"
    TEXT = "text"
    BLOB = "blob"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"
    JSON = "json"
    NUMERIC = "numeric"


@dataclass(frozen=True)
class Column:
    """A column: `declared` is SQLite's type text, `default` an SQL expression."""

    name: str
    type: LogicalType
    declared: str
    nullable: bool
    default: str | None
    identity: bool


@dataclass(frozen=True)
class Key:
    """A primary or unique key."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """A rule that each row obeys."""

    name: str
    expression: str


@dataclass(frozen=True)
class ForeignKey:
    """A reference to another table's key; the actions are SQL words such as `CASCADE`."""

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_update: str
    on_delete: str
    deferred: bool


@dataclass(frozen=True)
class IndexTerm:
    """One place of an index: a quoted column, or an expression in parentheses."""

    expression: str
    descending: bool


@dataclass(frozen=True)
class Index:
    """An index that is no constraint; `where` makes it partial."""

    name: str
    terms: tuple[IndexTerm, ...]
    unique: bool
    where: str | None


@dataclass(frozen=True)
class Table:
    """A table with everything that hangs on it; columns in the order of the source."""

    name: str
    columns: tuple[Column, ...]
    primary_key: Key | None
    uniques: tuple[Key, ...]
    checks: tuple[Check, ...]
    foreign_keys: tuple[ForeignKey, ...]
    indexes: tuple[Index, ...]

    @property
    def identity(self) -> Column | None:
        """Return the column whose values the database hands out."""
        return next((column for column in self.columns if column.identity), None)


@dataclass(frozen=True)
class Note:
    """Something that was left out on purpose, because the target says it in another way."""

    table: str
    what: str
    why: str


@dataclass(frozen=True)
class Schema:
    """The tables of one logical database, parents before children where no cycle forbids it."""

    name: str
    version: int
    tables: tuple[Table, ...]
    notes: tuple[Note, ...] = ()


def quote(name: str) -> str:
    """Quote an identifier for either engine."""
    return '"' + name.replace('"', '""') + '"'
