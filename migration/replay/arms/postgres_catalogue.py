"""What the PostgreSQL arm asks of the catalogues: its tables, their versions, their structure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from migration.compare.values import postgres_type
from migration.config import Config
from migration.db import PgConnection, PgError
from migration.replay.rows import Column, Shape
from migration.schema.model import quote

_TABLES = """
    SELECT n.nspname, c.relname, c.oid,
        ARRAY(SELECT r.conrelid FROM pg_constraint r WHERE r.contype = 'f' AND r.confrelid = c.oid),
        ARRAY(SELECT a.attname::text FROM pg_index i
            CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
            WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.place)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%s) AND c.relkind = 'r'
    ORDER BY n.nspname, c.relname
"""
_COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod),
        (SELECT s.oid::regclass::text FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
            AND d.deptype IN ('a', 'i') AND s.relkind = 'S' ORDER BY s.oid LIMIT 1)
    FROM pg_attribute a
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    ORDER BY a.attnum
"""
# A text that differs once a table or column came or went.
_EXTENT = """
    SELECT coalesce(string_agg(oid || ' ' || relnatts, ',' ORDER BY oid), '') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = ANY (schemas::regnamespace[])
"""
# Any change of a column, default, constraint, index or trigger writes a row in one of these;
# TRUNCATE, COPY and VACUUM write to none of them. Lower numbers are the server's own objects.
_STRUCTURE = """
    SELECT concat_ws(' ',
        (SELECT count(*) || ':' || sum(xmin::text::bigint) FROM pg_attribute
            WHERE attrelid >= 16384),
        (SELECT count(*) || ':' || sum(xmin::text::bigint) FROM pg_attrdef),
        (SELECT count(*) || ':' || sum(xmin::text::bigint) FROM pg_constraint
            WHERE conrelid >= 16384),
        (SELECT count(*) || ':' || sum(xmin::text::bigint) FROM pg_trigger
            WHERE NOT tgisinternal))
"""
# In a function each table's query keeps its own plan, so that a reset costs one new plan and not
# one for all tables. The first row is the extent; where it is another than the function was made
# for, its queries may no longer fit the tables.
_MARKS = """
    CREATE OR REPLACE FUNCTION pg_temp.marks(schemas text[], known text)
    RETURNS TABLE (versions text, next_id bigint) LANGUAGE plpgsql AS $marks$ BEGIN
    versions := ({extent});
    RETURN NEXT;
    IF versions <> known THEN RETURN; END IF;
    {tables}
    END $marks$
"""
_MARK = """
    versions := (SELECT string_agg(ctid::text || xmin::text, '') FROM {table});
    next_id := {next_id};
    RETURN NEXT;
"""


@dataclass(frozen=True)
class PgTable:
    """A table: its shape, quoted names, and the tables that refer to it."""

    shape: Shape
    oid: int
    sql: str
    columns: str
    sequence: str | None
    referrers: frozenset[str]


@dataclass(frozen=True)
class Mark:
    """The row versions of a table and what its sequence hands out next.

    A row can only change by becoming another version, with another place or transaction; tables
    with equal marks hold equal rows.
    """

    versions: str | None
    next_id: int | None


def suspend_triggers(connection: PgConnection) -> bool:
    """Stop triggers and foreign keys from acting here; say whether that is allowed."""
    try:
        connection.execute("SET session_replication_role = replica")
    except PgError:
        return False
    return True


def read_structure(connection: PgConnection) -> str:
    """Return a mark that differs once anything of the database's structure was changed."""
    row = connection.execute(_STRUCTURE, prepare=True).fetchone()
    return str(row and row[0])


def prepare_marks(connection: PgConnection, tables: Iterable[PgTable]) -> None:
    """Let `read_marks` look at these tables, as long as the connection lasts."""
    text = _MARKS.format(extent=_EXTENT, tables="".join(map(_mark, tables)))
    connection.execute(text.encode())


def read_marks(connection: PgConnection, config: Config, known: str) -> tuple[str, list[Mark]]:
    """Return the extent, and the marks of the prepared tables in their order.

    The extent is a text that differs once a table or column came or went. Where it is another than
    `known`, that of the prepared tables, there are no marks.
    """
    schemas = [quote(database.schema) for database in config.databases]
    rows = connection.execute(
        "SELECT versions, next_id FROM pg_temp.marks(%s, %s)", [schemas, known], prepare=True
    )
    (extent, _), *marks = rows
    return extent, [Mark(*row) for row in marks]


def read_tables(connection: PgConnection, config: Config) -> list[PgTable]:
    """Return the tables of the logical databases, by schema and name."""
    logical = {database.schema: database for database in config.databases}
    rows = connection.execute(_TABLES, [list(logical)]).fetchall()
    names = {oid: f"{logical[schema].name}.{table}" for schema, table, oid, *_ in rows}
    found = []
    for schema, table, oid, referrers, key in rows:
        columns = connection.execute(_COLUMNS, [oid]).fetchall()
        counted = [(name, sequence) for name, _, sequence in columns if sequence is not None]
        protected = logical[schema].protected
        found.append(
            PgTable(
                shape=Shape(
                    name=names[oid],
                    columns=tuple(
                        Column(name, postgres_type(type), f"{table}.{name}" in protected)
                        for name, type, _ in columns
                    ),
                    key=tuple(key),
                    identity=counted[0][0] if counted else None,
                ),
                oid=oid,
                sql=f"{quote(schema)}.{quote(table)}",
                columns=", ".join(quote(name) for name, *_ in columns),
                sequence=counted[0][1] if counted else None,
                referrers=frozenset(names[referrer] for referrer in referrers if referrer in names),
            )
        )
    return found


def _mark(table: PgTable) -> str:
    next_id = "NULL"
    if table.sequence is not None:
        next_id = f"(SELECT last_value + is_called::int FROM {table.sequence})"
    return _MARK.format(table=table.sql, next_id=next_id)
