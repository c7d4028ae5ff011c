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
    """A column: `declared` is SQLite's type text, `default` and `generated` are SQL expressions."""

    name: str
    type: LogicalType
    declared: str
    nullable: bool
    default: str | None
    identity: bool
    limit: tuple[int, ...] = ()
    """Most characters of a TEXT, or precision and scale of a NUMERIC; empty for no limit."""
    generated: str | None = None
    """What PostgreSQL computes the value from; such a column is not copied."""
    collation: str = "BINARY"
    """How SQLite compares the text; other than BINARY, keys and indexes hold it folded."""
    source_name: str = ""
    """The name in SQLite, where it had to be changed."""
    sequence: str = ""
    """The name of the sequence that hands out its values, where the usual one is taken."""

    @property
    def source(self) -> str:
        """Return the name in SQLite."""
        return self.source_name or self.name


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
    without_rowid: bool = False
    source_name: str = ""
    """The name in SQLite, where it had to be changed."""

    @property
    def source(self) -> str:
        """Return the name in SQLite."""
        return self.source_name or self.name

    @property
    def copied_columns(self) -> tuple[Column, ...]:
        """Return the columns whose values come from the source, and not from an expression."""
        return tuple(column for column in self.columns if column.generated is None)

    @property
    def identity(self) -> Column | None:
        """Return the column whose values the database hands out."""
        return next((column for column in self.columns if column.identity), None)


@dataclass(frozen=True)
class View:
    """A view: its columns' names, and the query with every name qualified."""

    name: str
    columns: tuple[str, ...]
    query: str


@dataclass(frozen=True)
class Trigger:
    """A trigger and its function, which bears the same name; `body` are lines of PL/pgSQL."""

    name: str
    table: str
    moment: str
    """BEFORE or AFTER."""
    event: str
    """Such as `INSERT` or `UPDATE OF "a"`."""
    condition: str | None
    body: tuple[str, ...]
    once: bool
    """Whether it could start itself, which SQLite never lets happen."""


@dataclass(frozen=True)
class Note:
    """Something about a table, or about the whole where `table` is empty: what, and why."""

    table: str
    what: str
    why: str

    def __str__(self) -> str:
        """Return one line for a report."""
        return (
            f"{self.table}: {self.what}: {self.why}" if self.table else f"{self.what}: {self.why}"
        )


@dataclass(frozen=True)
class Schema:
    """One logical database, parents before children where no cycle forbids it.

    `notes` tell what the target says in another way, `warnings` what an application may notice,
    `left_out` what stays behind because migration.toml says so.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    notes: tuple[Note, ...] = ()
    views: tuple[View, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    warnings: tuple[Note, ...] = ()
    left_out: tuple[Note, ...] = ()


def quote(name: str) -> str:
    """Quote an identifier for either engine."""
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: Schema, name: str) -> str:
    """Return the quoted name of a table, view or index of the schema."""
    return f"{quote(schema.name)}.{quote(name)}"


def column_list(names: tuple[str, ...]) -> str:
    """Return quoted names with commas between."""
    return ", ".join(map(quote, names))
