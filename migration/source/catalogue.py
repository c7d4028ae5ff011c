"""Reading what a SQLite database declares. Looking writes nothing.

The PRAGMAs are the first source; what they leave out comes from the SQL text (`sqltext`). What
the rows hold is the business of `profile`; what becomes of it all, of `migration.schema.convert`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from migration.db import SqliteConnection, SqliteError
from migration.schema.model import quote
from migration.source.model import (
    Catalogue,
    SourceCheck,
    SourceColumn,
    SourceForeignKey,
    SourceIndex,
    SourceKey,
    SourceObject,
    SourceTable,
    SourceTerm,
)
from migration.source.sqltext import Clause, index_text, names, table_clauses

__all__ = ["Catalogue", "read"]

_GENERATED = {2: "virtual", 3: "stored"}


def read(connection: SqliteConnection) -> Catalogue:
    """Read the catalogue of the main database of a connection."""
    kinds = {
        name: (kind, bool(without_rowid), bool(strict))
        for _, name, kind, _, without_rowid, strict in connection.execute("PRAGMA main.table_list")
    }
    statements = connection.execute(
        "SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
        " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND type <> 'index' ORDER BY rowid"
    ).fetchall()
    tables, objects = [], []
    for kind, name, table, sql in statements:
        if kind == "table" and kinds[name][0] == "table":
            tables.append(_table(connection, name, sql, *kinds[name][1:]))
        elif kind != "table" or kinds[name][0] == "virtual":
            columns = _view_columns(connection, name) if kind == "view" else ()
            kind = "virtual table" if kind == "table" else kind
            objects.append(SourceObject(kind, name, table, sql, columns))
    return Catalogue(
        tables=_with_targets(tables),
        objects=tuple(objects),
        user_version=_value(connection, "PRAGMA main.user_version"),
        encoding=_value(connection, "PRAGMA main.encoding"),
        schema_cookie=_value(connection, "PRAGMA main.schema_version"),
        sequences=_sequences(connection, "sqlite_sequence" in kinds),
        application_id=_value(connection, "PRAGMA main.application_id"),
        shadows=tuple(sorted(name for name, (kind, *_) in kinds.items() if kind == "shadow")),
    )


def _value(connection: SqliteConnection, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


def _view_columns(connection: SqliteConnection, view: str) -> tuple[str, ...]:
    try:
        rows = connection.execute("SELECT name FROM pragma_table_info(?)", [view]).fetchall()
    except SqliteError:  # it names a table or column that is not there any more
        return ()
    return tuple(name for (name,) in rows)


def _sequences(connection: SqliteConnection, exists: bool) -> tuple[tuple[str, int], ...]:
    if not exists:
        return ()
    return tuple(connection.execute("SELECT name, seq FROM main.sqlite_sequence ORDER BY name"))


def _table(
    connection: SqliteConnection, name: str, sql: str, without_rowid: bool, strict: bool
) -> SourceTable:
    clauses = table_clauses(sql)
    columns = _columns(connection, name, clauses)
    return SourceTable(
        name=name,
        columns=columns,
        primary_key=_primary_key(connection, name, columns, clauses),
        row_id=_row_id(connection, name, columns),
        autoincrement=any("AUTOINCREMENT" in clause.words for clause in clauses),
        without_rowid=without_rowid,
        strict=strict,
        uniques=_uniques(connection, name, clauses),
        checks=tuple(
            SourceCheck(clause.name, clause.column, clause.groups[0])
            for clause in clauses
            if clause.kind == "CHECK"
        ),
        foreign_keys=_foreign_keys(connection, name, clauses),
        indexes=_indexes(connection, name),
        conflict_clauses=tuple(_conflict_clauses(clauses)),
    )


def _columns(
    connection: SqliteConnection, table: str, clauses: Iterable[Clause]
) -> tuple[SourceColumn, ...]:
    collations = {c.column: c.words[1].upper() for c in clauses if c.kind == "COLLATE"}
    expressions = {c.column: c.groups[0] for c in clauses if c.kind in ("GENERATED", "AS")}
    rows = connection.execute(
        'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', [table]
    )
    return tuple(
        SourceColumn(
            name=name,
            declared=declared,
            not_null=bool(not_null),
            default=default,
            key_place=key_place,
            collation=collations.get(name, "BINARY"),
            generated=_GENERATED.get(hidden),
            expression=expressions.get(name),
        )
        for name, declared, not_null, default, key_place, hidden in rows
    )


def _primary_key(
    connection: SqliteConnection,
    table: str,
    columns: tuple[SourceColumn, ...],
    clauses: Iterable[Clause],
) -> SourceKey | None:
    keys = sorted((column.key_place, column.name) for column in columns if column.key_place)
    if not keys:
        return None
    name = next((clause.name for clause in clauses if clause.kind == "PRIMARY"), None)
    index = connection.execute(
        "SELECT name FROM pragma_index_list(?) WHERE origin = 'pk'", [table]
    ).fetchone()
    # The row number has no index of its own, and no collation.
    key = _key(connection, index[0]) if index else SourceKey(None, (keys[0][1],))
    return replace(key, name=name)


def _key(connection: SqliteConnection, index: str) -> SourceKey:
    """Read the columns of a key from its index, each once."""
    terms = {str(term.column): term.collation for term in _terms(connection, index, ())}
    if set(terms.values()) == {"BINARY"}:
        return SourceKey(None, tuple(terms))
    return SourceKey(None, tuple(terms), tuple(terms.values()))


def _row_id(
    connection: SqliteConnection, table: str, columns: tuple[SourceColumn, ...]
) -> str | None:
    """Return the key column that needs no index of its own, because it is the row number."""
    keys = [column.name for column in columns if column.key_place]
    indexed = connection.execute(
        "SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'", [table]
    ).fetchone()
    return keys[0] if len(keys) == 1 and not indexed else None


def _uniques(
    connection: SqliteConnection, table: str, clauses: Iterable[Clause]
) -> tuple[SourceKey, ...]:
    given = {_key_columns(clause): clause.name for clause in clauses if clause.kind == "UNIQUE"}
    rows = connection.execute(
        "SELECT name FROM pragma_index_list(?) WHERE origin = 'u' ORDER BY seq DESC", [table]
    ).fetchall()
    keys = [_key(connection, name) for (name,) in rows]
    return tuple(replace(key, name=given.get(key.columns)) for key in keys)


def _key_columns(clause: Clause) -> tuple[str, ...]:
    return (clause.column,) if clause.column is not None else names(clause.groups[0])


def _foreign_keys(
    connection: SqliteConnection, table: str, clauses: Iterable[Clause]
) -> tuple[SourceForeignKey, ...]:
    # SQLite numbers the references of a table from the last to the first.
    texts = [c for c in clauses if c.kind in ("REFERENCES", "FOREIGN")][::-1]
    parts: dict[int, list[tuple[Any, ...]]] = {}
    for row in connection.execute(
        'SELECT id, "table", "from", "to", on_update, on_delete'
        " FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq",
        [table],
    ):
        parts.setdefault(row[0], []).append(row[1:])
    return tuple(
        SourceForeignKey(
            name=texts[number].name,
            columns=tuple(row[1] for row in rows),
            target=rows[0][0],
            target_columns=tuple(row[2] for row in rows if row[2] is not None),
            on_update=rows[0][3],
            on_delete=rows[0][4],
            deferred=_deferred(texts[number].words),
        )
        for number, rows in parts.items()
    )


def _deferred(words: tuple[str, ...]) -> bool:
    """Say whether a reference is checked at commit: only with both words, and not after NOT."""
    if words[-3:] != ("DEFERRABLE", "INITIALLY", "DEFERRED"):
        return False
    return words[-4] != "NOT"


def _with_targets(tables: list[SourceTable]) -> tuple[SourceTable, ...]:
    """Fill in the target columns of references that name only a table."""
    keys = {table.name.lower(): table.primary_key for table in tables}

    def filled(reference: SourceForeignKey) -> SourceForeignKey:
        key = keys.get(reference.target.lower())
        if reference.target_columns or key is None:
            return reference
        return replace(reference, target_columns=key.columns)

    return tuple(
        replace(table, foreign_keys=tuple(map(filled, table.foreign_keys))) for table in tables
    )


def _indexes(connection: SqliteConnection, table: str) -> tuple[SourceIndex, ...]:
    rows = connection.execute(
        'SELECT list.name, list."unique", sql FROM pragma_index_list(?) AS list'
        " JOIN main.sqlite_schema AS kept ON kept.name = list.name"
        " WHERE origin = 'c' ORDER BY list.name",
        [table],
    ).fetchall()
    found = []
    for name, unique, sql in rows:
        text = index_text(sql)
        terms = _terms(connection, name, text.terms)
        found.append(SourceIndex(name, bool(unique), terms, text.where))
    return tuple(found)


def _terms(
    connection: SqliteConnection, index: str, texts: tuple[str, ...]
) -> tuple[SourceTerm, ...]:
    rows = connection.execute(
        'SELECT seqno, name, "desc", coll FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno',
        [index],
    )
    return tuple(
        SourceTerm(
            column, quote(column) if column else texts[place], bool(descending), collation.upper()
        )
        for place, column, descending, collation in rows
    )


def _conflict_clauses(clauses: Iterable[Clause]) -> Iterable[str]:
    for clause in clauses:
        text = " ".join(clause.words)
        # ABORT is what happens anyway: the statement ends in an error.
        if " ON CONFLICT " in text and not text.endswith(" ABORT"):
            yield text
