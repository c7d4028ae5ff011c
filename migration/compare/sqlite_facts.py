"""What a SQLite database says of its tables, read for comparison only.

This repeats on purpose what `migration.source` reads, by other means: a rule that the conversion
never saw is still seen here. Names and types are those that PostgreSQL is expected to have.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from migration.compare import sqlite_text
from migration.compare.facts import (
    ColumnFacts,
    IndexFacts,
    ReferenceFacts,
    SchemaFacts,
    TableFacts,
)
from migration.compare.types import affinity, expected_type
from migration.db import SqliteConnection
from migration.schema.choices import NATIVE, Choices, check_name, reference_name
from migration.schema.model import LogicalType

_COMPUTED = (2, 3)
_KINDS = {"virtual": "virtual table"}
_AFFINITIES = {
    LogicalType.INTEGER: "INTEGER",
    LogicalType.REAL: "REAL",
    LogicalType.TEXT: "TEXT",
    LogicalType.BLOB: "BLOB",
}
_LONGEST_NAME = 63


def read(sqlite: SqliteConnection, choices: Choices = NATIVE) -> SchemaFacts:
    """Read the facts of the main database, but for what is left out. Writes nothing."""
    reader = _Reader(sqlite, choices)
    return SchemaFacts(
        version=str(_rows(sqlite, "PRAGMA main.user_version")[0][0]),
        tables={expected_name(name): reader.table(name, sql) for name, sql in reader.texts.items()},
        others=frozenset(f"{kind} {expected_name(name)}" for kind, name, _ in reader.objects()),
    )


def objects(sqlite: SqliteConnection, choices: Choices) -> list[tuple[str, str, str]]:
    """Return kind, name and table of the views, triggers and virtual tables that are not left out.

    The table of a trigger is spelled as the trigger spells it.
    """
    return list(_Reader(sqlite, choices).objects())


def _rows(sqlite: SqliteConnection, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    cursor = sqlite.cursor()
    cursor.row_factory = None  # the connection's own may build anything
    return cursor.execute(sql, parameters).fetchall()


def expected_name(name: str) -> str:
    """Return what a name is called in PostgreSQL, which keeps 63 bytes of it."""
    encoded = name.encode()
    if len(encoded) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:8]
    return encoded[: _LONGEST_NAME - 9].decode(errors="ignore") + "_" + digest


class _Reader:
    """Reads one database as far as it is to be moved."""

    def __init__(self, sqlite: SqliteConnection, choices: Choices) -> None:
        self._sqlite = sqlite
        self._choices = choices
        self._kinds = {row[1]: row[2] for row in _rows(sqlite, "PRAGMA main.table_list")}
        self._by_utf8 = _rows(sqlite, "PRAGMA main.encoding") == [("UTF-8",)]
        rows = _rows(sqlite, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
        self.texts = {
            name: sql
            for name, sql in rows
            if not name.startswith("sqlite_")
            and self._kinds[name] == "table"
            and not choices.leaves_out(f"table {name}")
        }

    def objects(self) -> Iterator[tuple[str, str, str]]:
        """Yield kind, name and table of views, triggers and virtual tables."""
        gone = {
            name.lower()
            for name, kind in self._kinds.items()
            if self._choices.leaves_out(f"{_KINDS.get(kind, kind)} {name}")
        }
        query = "SELECT type, name, tbl_name FROM sqlite_schema WHERE type IN ('view', 'trigger')"
        for kind, name, table in _rows(self._sqlite, query):
            if not (self._choices.leaves_out(f"{kind} {name}") or table.lower() in gone):
                yield kind, name, table
        for name, kind in self._kinds.items():
            if kind == "virtual" and name.lower() not in gone:
                yield "virtual table", name, name

    def table(self, name: str, sql: str) -> TableFacts:
        """Read one table."""
        sqlite = self._sqlite
        rows = _rows(sqlite, "SELECT * FROM pragma_table_xinfo(?) ORDER BY cid", name)
        keys = tuple(row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5])
        indexes = _rows(sqlite, 'SELECT name, origin, "unique" FROM pragma_index_list(?)', name)
        row_id = keys[0] if len(keys) == 1 and "pk" not in {row[1] for row in indexes} else None
        columns = tuple(self._columns(name, sql, rows, row_id))
        uniques = [index for index, origin, _ in indexes if origin == "u"]
        return TableFacts(
            name=expected_name(name),
            source=name,
            columns=columns,
            primary_key=tuple(map(expected_name, keys)),
            uniques=tuple(tuple(self._key(index)) for index in uniques),
            references=tuple(self._references(name, sql)),
            indexes=tuple(
                self._index(index, bool(unique))
                for index, origin, unique in indexes
                if origin == "c" and not self._choices.leaves_out(f"index {index}")
            ),
            checks=tuple(
                rule
                for number, rule in enumerate(sqlite_text.checks(sql), start=1)
                if not self._choices.leaves_out(check_name(name, number))
            ),
            folded_keys=tuple(
                folded
                for index, origin, _ in indexes
                if origin in ("u", "pk")
                for folded in self._folded(index, columns)
            ),
        )

    def _columns(
        self, table: str, sql: str, rows: list[tuple[Any, ...]], row_id: str | None
    ) -> Iterator[ColumnFacts]:
        collations, expressions = sqlite_text.collations(sql), sqlite_text.expressions(sql)
        for _, name, declared, not_null, default, key_place, hidden in rows:
            meaning, type = expected_type(
                declared,
                chosen=self._choices.type_of(table, name),
                choices=self._choices,
                computed=hidden in _COMPUTED,
            )
            without = self._choices.leaves_out(f"default of {table}.{name}") or name == row_id
            no_default = default is None or default.upper() == "NULL" or without
            yield ColumnFacts(
                name=expected_name(name),
                source=name,
                meaning=meaning,
                type=type,
                nullable=not (not_null or key_place),
                default=None if no_default else default,
                hands_out_ids=name == row_id,
                byte_order=self._by_utf8 or meaning is not LogicalType.TEXT,
                expression=expressions.get(name) if hidden in _COMPUTED else None,
                affinity=_AFFINITIES.get(affinity(declared), "NUMERIC"),
                collation=collations.get(name, "BINARY"),
            )

    def _key(self, index: str) -> dict[str, str]:
        """Return the columns of a key, each once, and how each is compared."""
        query = "SELECT name, coll FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno"
        return {
            expected_name(name): collation.upper()
            for name, collation in _rows(self._sqlite, query, index)
        }

    def _folded(self, index: str, columns: tuple[ColumnFacts, ...]) -> Iterator[IndexFacts]:
        """Yield the key of an index where it is not over bytes."""
        texts = {column.name for column in columns if column.meaning is LogicalType.TEXT}
        key = self._key(index)
        collations = tuple(key[name] if name in texts else "BINARY" for name in key)
        if any(collation != "BINARY" for collation in collations):
            yield IndexFacts(index, True, tuple(key), (False,) * len(key), None, collations)

    def _references(self, table: str, sql: str) -> Iterator[ReferenceFacts]:
        columns: dict[int, list[tuple[Any, ...]]] = {}
        query = "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq"
        for row in _rows(self._sqlite, query, table):
            columns.setdefault(row[0], []).append(row)
        # SQLite numbers references from the last to the first.
        deferred = sqlite_text.deferred(sql)[::-1]
        for number, rows in columns.items():
            *_, on_update, on_delete, _ = rows[0]
            mine = tuple(row[3] for row in rows)
            if self._choices.leaves_out(reference_name(table, mine)):
                continue
            target = self._declared_name(rows[0][2])
            named = [row[4] for row in rows if row[4] is not None]
            yield ReferenceFacts(
                columns=tuple(map(expected_name, mine)),
                target=expected_name(target),
                target_columns=tuple(map(expected_name, self._declared_columns(target, named))),
                on_update=on_update,
                on_delete=on_delete,
                deferred=deferred[number],
            )

    def _declared_name(self, table: str) -> str:
        query = "SELECT name FROM sqlite_schema WHERE lower(name) = lower(?)"
        found = _rows(self._sqlite, query, table)
        return str(found[0][0]) if found else table

    def _declared_columns(self, target: str, named: list[str]) -> tuple[str, ...]:
        """Return the columns in their declared case; those of the primary key without a name."""
        query = "SELECT name, pk FROM pragma_table_info(?) ORDER BY pk"
        rows = _rows(self._sqlite, query, target)
        if not named:
            return tuple(name for name, place in rows if place)
        spelled = {name.lower(): name for name, _ in rows}
        return tuple(spelled.get(name.lower(), name) for name in named)

    def _index(self, name: str, unique: bool) -> IndexFacts:
        (row,) = _rows(self._sqlite, "SELECT sql FROM sqlite_schema WHERE name = ?", name)
        terms, where = sqlite_text.index_parts(row[0])
        query = "SELECT * FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno"
        rows = _rows(self._sqlite, query, name)
        return IndexFacts(
            name=expected_name(name),
            unique=unique,
            terms=tuple(
                text if column is None else expected_name(column)
                for (_, _, column, *_), text in zip(rows, terms, strict=True)
            ),
            descending=tuple(bool(row[3]) for row in rows),
            where=where,
            collations=tuple(row[4].upper() for row in rows),
        )
