"""What a SQLite database says of its tables, read for comparison only.

This repeats on purpose what `migration.source` reads, by other means: a rule that the conversion
never saw is still seen here.
"""

from collections.abc import Iterator
from typing import Any

import sqlglot

from migration.compare.facts import (
    ColumnFacts,
    IndexFacts,
    ReferenceFacts,
    SchemaFacts,
    TableFacts,
)
from migration.compare.values import sqlite_type
from migration.db import SqliteConnection
from migration.schema.model import LogicalType

_NATIVE = {
    LogicalType.INTEGER: "bigint",
    LogicalType.REAL: "double precision",
    LogicalType.TEXT: "text",
    LogicalType.BLOB: "bytea",
    LogicalType.BOOLEAN: "boolean",
    LogicalType.TIMESTAMP: "timestamp with time zone",
    LogicalType.DATE: "date",
    LogicalType.JSON: "jsonb",
    LogicalType.NUMERIC: "numeric",
}


def read(sqlite: SqliteConnection) -> SchemaFacts:
    """Read the facts of the main database. Writes nothing."""
    rows = _rows(sqlite, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    texts = {name: sql for name, sql in rows if not name.startswith("sqlite_")}
    kinds = {row[1]: row[2] for row in _rows(sqlite, "PRAGMA main.table_list")}
    tables = {
        name: _table(sqlite, name, sql) for name, sql in texts.items() if kinds[name] == "table"
    }
    others = _rows(sqlite, "SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'trigger')")
    virtual = {f"virtual table {name}" for name, kind in kinds.items() if kind == "virtual"}
    return SchemaFacts(
        version=str(_rows(sqlite, "PRAGMA main.user_version")[0][0]),
        tables=tables,
        others=frozenset(f"{kind} {name}" for kind, name in others) | virtual,
    )


def _rows(sqlite: SqliteConnection, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    cursor = sqlite.cursor()
    cursor.row_factory = None  # the connection's own may build anything
    return cursor.execute(sql, parameters).fetchall()


def _table(sqlite: SqliteConnection, name: str, sql: str) -> TableFacts:
    columns = _rows(sqlite, "SELECT * FROM pragma_table_xinfo(?) ORDER BY cid", name)
    keys = tuple(row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5])
    indexes = _rows(sqlite, 'SELECT name, origin, "unique" FROM pragma_index_list(?)', name)
    row_id = keys[0] if len(keys) == 1 and "pk" not in {row[1] for row in indexes} else None
    collated = _collated(sql)
    return TableFacts(
        name=name,
        columns=tuple(_column(row, row_id, collated) for row in columns),
        primary_key=keys,
        uniques=tuple(
            tuple(str(column) for column, _ in _places(sqlite, index))
            for index, origin, _ in indexes
            if origin == "u"
        ),
        references=tuple(_references(sqlite, name, sql)),
        indexes=tuple(
            _index(sqlite, index, bool(unique))
            for index, origin, unique in indexes
            if origin == "c"
        ),
        checks=tuple(_checks(sql)),
    )


def _column(row: tuple[Any, ...], row_id: str | None, collated: set[str]) -> ColumnFacts:
    _, name, declared, not_null, default, key_place, hidden = row
    meaning = sqlite_type(declared)
    no_default = default is None or default.upper() == "NULL"
    return ColumnFacts(
        name=name,
        meaning=meaning,
        type=_NATIVE[meaning],
        nullable=not (not_null or key_place),
        default=None if no_default else default,
        hands_out_ids=name == row_id,
        byte_order=name not in collated,
        generated=hidden in (2, 3),
    )


def _places(sqlite: SqliteConnection, index: str) -> list[tuple[str | None, bool]]:
    """Return the columns of an index, None for an expression, and which are descending."""
    rows = _rows(sqlite, "SELECT * FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno", index)
    return [(name, bool(descending)) for _, _, name, descending, _, _ in rows]


def _references(sqlite: SqliteConnection, table: str, sql: str) -> Iterator[ReferenceFacts]:
    columns: dict[int, list[tuple[Any, ...]]] = {}
    for row in _rows(sqlite, "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq", table):
        columns.setdefault(row[0], []).append(row)
    deferred = _deferred(sql)[::-1]  # SQLite numbers references from the last to the first
    for number, rows in columns.items():
        *_, on_update, on_delete, _ = rows[0]
        target = _declared_name(sqlite, rows[0][2])
        named = [row[4] for row in rows if row[4] is not None]
        yield ReferenceFacts(
            columns=tuple(row[3] for row in rows),
            target=target,
            target_columns=_declared_columns(sqlite, target, named),
            on_update=on_update,
            on_delete=on_delete,
            deferred=deferred[number],
        )


def _declared_name(sqlite: SqliteConnection, table: str) -> str:
    found = _rows(sqlite, "SELECT name FROM sqlite_schema WHERE lower(name) = lower(?)", table)
    return str(found[0][0]) if found else table


def _declared_columns(sqlite: SqliteConnection, table: str, named: list[str]) -> tuple[str, ...]:
    """Return the columns in their declared case; those of the primary key where none is named."""
    rows = _rows(sqlite, "SELECT name, pk FROM pragma_table_info(?) ORDER BY pk", table)
    if not named:
        return tuple(name for name, place in rows if place)
    spelled = {name.lower(): name for name, _ in rows}
    return tuple(spelled.get(name.lower(), name) for name in named)


def _index(sqlite: SqliteConnection, name: str, unique: bool) -> IndexFacts:
    sql = _rows(sqlite, "SELECT sql FROM sqlite_schema WHERE name = ?", name)[0][0]
    words = _words(sql)
    places = _places(sqlite, name)
    body, end = _parenthesised(
        sql, words, next(n for n, word in enumerate(words) if word[0] == "(")
    )
    where = next((start for word, start in words[end:] if word == "WHERE"), None)
    return IndexFacts(
        name=name,
        unique=unique,
        terms=tuple(column or text for (column, _), text in zip(places, _terms(body), strict=True)),
        descending=tuple(descending for _, descending in places),
        where=None if where is None else sql[where + len("WHERE") :],
    )


def _terms(body: str) -> Iterator[str]:
    """Yield the terms of an index without COLLATE, ASC and DESC."""
    start, depth, end = 0, 0, None
    for word, place in [*_words(body), (",", len(body))]:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word in ("COLLATE", "ASC", "DESC") and end is None:
            end = place
        if depth == 0 and word == ",":
            yield body[start : place if end is None else end].strip()
            start, end = place + 1, None


def _words(sql: str) -> list[tuple[str, int]]:
    """Return the words and signs of a statement and where they start; quoted ones stay quoted."""
    tokens = sqlglot.tokenize(sql, read="sqlite")
    return [(sql[token.start : token.end + 1].upper(), token.start) for token in tokens]


def _parenthesised(sql: str, words: list[tuple[str, int]], opening: int) -> tuple[str, int]:
    """Return the text between a parenthesis and its partner, and the partner's number."""
    depth = 0
    for number in range(opening, len(words)):
        depth += {"(": 1, ")": -1}.get(words[number][0], 0)
        if depth == 0:
            return sql[words[opening][1] + 1 : words[number][1]], number
    raise ValueError(f"unbalanced parentheses in {sql}")


def _checks(sql: str) -> Iterator[str]:
    words = _words(sql)
    for number, (word, _) in enumerate(words[:-1]):
        if word == "CHECK" and words[number + 1][0] == "(":
            yield _parenthesised(sql, words, number + 1)[0]


def _deferred(sql: str) -> list[bool]:
    """Say for each reference, in the order written, whether it is checked at commit."""
    found: list[bool] = []
    words = ["", *(word for word, _ in _words(sql))]
    for number, word in enumerate(words):
        if word == "REFERENCES":
            found.append(False)
        if words[number : number + 3] == ["DEFERRABLE", "INITIALLY", "DEFERRED"]:
            found[-1] = words[number - 1] != "NOT"
    return found


def _collated(sql: str) -> set[str]:
    """Return the columns that are not compared byte by byte."""
    found, depth, column = set(), 0, ""
    tokens = sqlglot.tokenize(sql, read="sqlite")
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        depth += {"(": 1, ")": -1}.get(before.text, 0)
        if depth == 1 and before.text in ("(", ","):
            column = token.text
        if depth == 1 and token.text.upper() == "COLLATE" and after.text.upper() != "BINARY":
            found.add(column)
    return found
