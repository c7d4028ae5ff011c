"""What both engines say of a table, in one form that can be compared.

`sqlite_facts` and `postgres_facts` read it, each from the live catalogue; `schema` compares. A
`name` is PostgreSQL's on both sides: for SQLite the one that is expected there.
"""

from dataclasses import dataclass

from migration.schema.model import LogicalType


@dataclass(frozen=True)
class ColumnFacts:
    """A column; `type` is spelled as PostgreSQL's `format_type` does, `default` as its engine.

    `affinity` and `collation` are SQLite's, as a column of a table would be declared with them.
    """

    name: str
    source: str
    """The name in the engine that was read."""
    meaning: LogicalType
    type: str
    nullable: bool
    default: str | None
    hands_out_ids: bool
    byte_order: bool
    """Whether this engine sorts the text by the bytes of UTF-8, when asked to go by bytes."""
    expression: str | None = None
    """What the value is generated from, in the words of its engine."""
    affinity: str = ""
    collation: str = "BINARY"


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
    """An index that backs no constraint; terms and condition in the words of its engine.

    `collations` are those of SQLite's terms, none in PostgreSQL, where a term is an expression.
    """

    name: str
    unique: bool
    terms: tuple[str, ...]
    descending: tuple[bool, ...]
    where: str | None
    collations: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableFacts:
    """A table and everything that hangs on it.

    `folded_keys` are keys that SQLite compares otherwise than byte by byte, as indexes.
    """

    name: str
    source: str
    columns: tuple[ColumnFacts, ...]
    primary_key: tuple[str, ...]
    uniques: tuple[tuple[str, ...], ...]
    references: tuple[ReferenceFacts, ...]
    indexes: tuple[IndexFacts, ...]
    checks: tuple[str, ...]
    folded_keys: tuple[IndexFacts, ...] = ()


@dataclass(frozen=True)
class SchemaFacts:
    """A whole database on one side; `others` are views, triggers and virtual tables by name."""

    version: str
    tables: dict[str, TableFacts]
    others: frozenset[str]
