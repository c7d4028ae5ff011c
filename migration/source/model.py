"""What a SQLite database declares, as plain records; `catalogue` reads them from a file."""

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class SourceColumn:
    """A column; `key_place` counts from 1 in the primary key and is 0 outside of it."""

    name: str
    declared: str
    not_null: bool
    default: str | None
    key_place: int
    collation: str
    generated: str | None
    expression: str | None


@dataclass(frozen=True)
class SourceKey:
    """A key; `name` only where the author gave one, `collations` only where one is not BINARY."""

    name: str | None
    columns: tuple[str, ...]
    collations: tuple[str, ...] = ()

    def collation(self, column: str) -> str:
        """Return how this key compares a column of it."""
        return dict(zip(self.columns, self.collations, strict=False)).get(column, "BINARY")


@dataclass(frozen=True)
class SourceCheck:
    """A CHECK, with the column it was written at."""

    name: str | None
    column: str | None
    text: str


@dataclass(frozen=True)
class SourceForeignKey:
    """A reference; the target columns are filled in where the text leaves them out."""

    name: str | None
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_update: str
    on_delete: str
    deferred: bool


@dataclass(frozen=True)
class SourceTerm:
    """One place of an index: the name of a column, or else an expression."""

    column: str | None
    expression: str
    descending: bool
    collation: str


@dataclass(frozen=True)
class SourceIndex:
    """An index made by CREATE INDEX."""

    name: str
    unique: bool
    terms: tuple[SourceTerm, ...]
    where: str | None


@dataclass(frozen=True)
class SourceTable:
    """An ordinary table; `row_id` is the column that is SQLite's own row number."""

    name: str
    columns: tuple[SourceColumn, ...]
    primary_key: SourceKey | None
    row_id: str | None
    autoincrement: bool
    without_rowid: bool
    strict: bool
    uniques: tuple[SourceKey, ...]
    checks: tuple[SourceCheck, ...]
    foreign_keys: tuple[SourceForeignKey, ...]
    indexes: tuple[SourceIndex, ...]
    conflict_clauses: tuple[str, ...]


@dataclass(frozen=True)
class SourceObject:
    """A view, a trigger or a virtual table: its name, the table it hangs on, its SQL.

    `columns` are a view's, as SQLite names them; none where SQLite itself cannot read it.
    """

    kind: str
    name: str
    table: str
    sql: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """Everything declared in one file.

    `schema_cookie` changes with every change of the declarations, `sequences` are the highest ids
    that AUTOINCREMENT tables ever gave out, `shadows` the tables in which virtual ones keep their
    content; none of them is part of `content_hash`.
    """

    tables: tuple[SourceTable, ...]
    objects: tuple[SourceObject, ...]
    user_version: int
    encoding: str
    schema_cookie: int
    sequences: tuple[tuple[str, int], ...]
    shadows: tuple[str, ...] = ()
    application_id: int = 0

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of what is declared, whatever the order, spacing or comments."""
        content = {
            "tables": sorted((asdict(table) for table in self.tables), key=lambda t: t["name"]),
            "objects": sorted((asdict(thing) for thing in self.objects), key=lambda o: o["name"]),
            "user_version": self.user_version,
            "application_id": self.application_id,
            "encoding": self.encoding,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def table(self, name: str) -> SourceTable:
        """Return the table of this name, whatever its case; KeyError when there is none."""
        for table in self.tables:
            if table.name.lower() == name.lower():
                return table
        raise KeyError(name)
