"""What both engines say of a table, in one form that can be compared.

`sqlite_facts` and `postgres_facts` read it, each from the live catalogue; `schema` compares.
"""

from dataclasses import dataclass

from migration.schema.model import LogicalType


@dataclass(frozen=True)
class ColumnFacts:
    """A column; `type` is spelled as PostgreSQL's `format_type` does, `default` as its engine."""

    name: str
    meaning: LogicalType
    type: str
    nullable: bool
    default: str | None
    hands_out_ids: bool
    byte_order: bool
    generated: bool

    @property
    def source(self) -> str:
        """The name in SQLite."""
        return self.name


@dataclass(frozen=True, order=True)
class ReferenceFacts:
    """A foreign key without its name."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_update: str
    on_delete: str
    deferred: bool


@dataclass(frozen=True)
class IndexFacts:
    """An index that backs no constraint; terms and condition in the words of its engine."""

    name: str
    unique: bool
    terms: tuple[str, ...]
    descending: tuple[bool, ...]
    where: str | None


@dataclass(frozen=True)
class TableFacts:
    """A table and everything that hangs on it."""

    name: str
    columns: tuple[ColumnFacts, ...]
    primary_key: tuple[str, ...]
    uniques: tuple[tuple[str, ...], ...]
    references: tuple[ReferenceFacts, ...]
    indexes: tuple[IndexFacts, ...]
    checks: tuple[str, ...]

    @property
    def source(self) -> str:
        """The name in SQLite."""
        return self.name


@dataclass(frozen=True)
class SchemaFacts:
    """A whole database on one side; `others` are views, triggers and virtual tables by name."""

    version: str
    tables: dict[str, TableFacts]
    others: frozenset[str]
