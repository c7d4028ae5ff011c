"""What a PostgreSQL schema says of its tables, read from its catalogue. Writes nothing."""

from collections import defaultdict
from typing import Any

from migration.compare.facts import (
    ColumnFacts,
    IndexFacts,
    ReferenceFacts,
    SchemaFacts,
    TableFacts,
)
from migration.compare.values import postgres_type
from migration.db import PgConnection

_ACTIONS = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}
_BYTE_ORDERS = ("C", "POSIX", "C.UTF-8", "C.UTF8", "ucs_basic", "pg_c_utf8")

_VERSION = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s"
_DATABASE_ORDER = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
_TABLES = """
SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid), a.attidentity, coll.collname, a.attgenerated <> ''
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation AS coll ON coll.oid = a.attcollation
WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
_NAMES = """
(SELECT array_agg(a.attname::text ORDER BY k.place)
 FROM unnest({numbers}) WITH ORDINALITY AS k(number, place)
 JOIN pg_attribute AS a ON a.attrelid = {table} AND a.attnum = k.number)
"""
_CONSTRAINTS = f"""
SELECT c.relname, con.contype::text, {_NAMES.format(numbers="con.conkey", table="con.conrelid")},
       target.relname, {_NAMES.format(numbers="con.confkey", table="con.confrelid")},
       con.confupdtype::text, con.confdeltype::text, con.condeferred,
       pg_get_expr(con.conbin, con.conrelid)
FROM pg_constraint AS con
JOIN pg_class AS c ON c.oid = con.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_class AS target ON target.oid = con.confrelid
WHERE n.nspname = %s AND con.contype IN ('p', 'u', 'f', 'c') AND con.convalidated
ORDER BY con.conname
"""
_INDEXES = """
SELECT c.relname, i.relname, x.indisunique,
       ARRAY(SELECT pg_get_indexdef(x.indexrelid, place, true)
             FROM generate_series(1, x.indnkeyatts) AS place),
       ARRAY(SELECT x.indoption[place] & 1 = 1 FROM generate_series(0, x.indnkeyatts - 1) AS place),
       ARRAY(SELECT x.indkey[place] FROM generate_series(0, x.indnkeyatts - 1) AS place),
       pg_get_expr(x.indpred, x.indrelid)
FROM pg_index AS x
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_class AS c ON c.oid = x.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND x.indisvalid
  AND NOT EXISTS (SELECT 1 FROM pg_constraint AS con WHERE con.conindid = x.indexrelid
                  AND con.contype IN ('p', 'u', 'x'))
ORDER BY i.relname
"""
_OTHERS = """
SELECT 'view ' || c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND c.relkind IN ('v', 'm')
UNION ALL
SELECT 'trigger ' || t.tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND NOT t.tgisinternal
"""
_VERSION_COMMENT = "schema version "


def read(pg: PgConnection, schema: str) -> SchemaFacts:
    """Read the facts of one schema."""
    columns, parts, indexes = _columns(pg, schema), _constraints(pg, schema), _indexes(pg, schema)
    tables = {
        name: TableFacts(
            name=name,
            source=name,
            columns=tuple(columns[name]),
            primary_key=next(iter(parts[name, "p"]), ()),
            uniques=tuple(parts[name, "u"]),
            references=tuple(parts[name, "f"]),
            indexes=tuple(indexes[name]),
            checks=tuple(parts[name, "c"]),
        )
        for (name,) in pg.execute(_TABLES, [schema]).fetchall()
    }
    comment = (pg.execute(_VERSION, [schema]).fetchone() or ("",))[0] or ""
    others = pg.execute(_OTHERS, {"schema": schema}).fetchall()
    return SchemaFacts(
        version=comment.removeprefix(_VERSION_COMMENT),
        tables=tables,
        others=frozenset(name for (name,) in others),
    )


def _columns(pg: PgConnection, schema: str) -> dict[str, list[ColumnFacts]]:
    database_order = (pg.execute(_DATABASE_ORDER).fetchone() or ("",))[0]
    found: dict[str, list[ColumnFacts]] = defaultdict(list)
    for row in pg.execute(_COLUMNS, [schema]).fetchall():
        table, name, type, nullable, default, identity, collation, generated = row
        serial = default is not None and default.startswith("nextval(")
        order = database_order if collation == "default" else collation
        found[table].append(
            ColumnFacts(
                name=name,
                source=name,
                meaning=postgres_type(type),
                type=type,
                nullable=nullable,
                default=None if serial or generated else default,
                hands_out_ids=serial or identity == "d",
                byte_order=order is None or order in _BYTE_ORDERS,
                expression=default if generated else None,
            )
        )
    return found


def _constraints(pg: PgConnection, schema: str) -> dict[tuple[str, str], list[Any]]:
    """Return key columns, references and rules by table and kind of constraint."""
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in pg.execute(_CONSTRAINTS, [schema]).fetchall():
        table, kind, columns, target, target_columns, updated, deleted, deferred, rule = row
        fact: Any = tuple(columns or ())
        if kind == "c":
            fact = rule
        elif kind == "f":
            fact = ReferenceFacts(
                columns=tuple(columns),
                target=target,
                target_columns=tuple(target_columns),
                on_update=_ACTIONS[updated],
                on_delete=_ACTIONS[deleted],
                deferred=deferred,
            )
        found[table, kind].append(fact)
    return found


def _indexes(pg: PgConnection, schema: str) -> dict[str, list[IndexFacts]]:
    found: dict[str, list[IndexFacts]] = defaultdict(list)
    for table, name, unique, terms, descending, columns, where in pg.execute(
        _INDEXES, [schema]
    ).fetchall():
        plain = (
            _unquoted(term) if number else term for term, number in zip(terms, columns, strict=True)
        )
        found[table].append(IndexFacts(name, unique, tuple(plain), tuple(descending), where))
    return found


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
