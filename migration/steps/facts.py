"""Facts about source and target that steps depend on, named like files. Only looks.

A live source changes all the time, so what counts of it is its declarations, never its bytes. Of
the target it is which server and database it is, and what is declared in it.
"""

from migration.config import LogicalDatabase
from migration.db import PgConnection
from migration.errors import MigrationError
from migration.evidence.inputs import Inputs, digest
from migration.site import Site
from migration.source.catalogue import read

_DECLARED = """
SELECT 'column', c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_catalog.pg_get_constraintdef(oid),
       convalidated, contype, NULL
  FROM pg_catalog.pg_constraint WHERE connamespace = to_regnamespace(%(schema)s)
UNION ALL
SELECT 'index', tablename, indexname, indexdef, NULL, NULL, NULL
  FROM pg_catalog.pg_indexes WHERE schemaname = %(plain)s
UNION ALL
SELECT 'trigger', t.tgrelid::regclass::text, t.tgname, pg_catalog.pg_get_triggerdef(t.oid),
       NULL, t.tgenabled, NULL
  FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = to_regnamespace(%(schema)s) AND NOT t.tgisinternal
UNION ALL
SELECT 'view', relname, NULL, pg_catalog.pg_get_viewdef(oid), NULL, NULL, NULL
  FROM pg_catalog.pg_class
 WHERE relnamespace = to_regnamespace(%(schema)s) AND relkind IN ('v', 'm')
UNION ALL
SELECT 'function', proname, NULL, prosrc, NULL, NULL, NULL
  FROM pg_catalog.pg_proc WHERE pronamespace = to_regnamespace(%(schema)s)
 ORDER BY 1, 2, 3
"""


def source_facts(site: Site) -> Inputs:
    """Return the declarations of every source."""
    facts: Inputs = {}
    for database in site.config.databases:
        name = f"source {database.name}"
        try:
            with site.source(database) as connection:
                catalogue = read(connection)
        except MigrationError as error:
            facts[name] = f"unreadable ({error.why})"
        else:
            facts[f"{name}: tables"] = digest(catalogue.content_hash)
            facts[f"{name}: schema cookie"] = str(catalogue.schema_cookie)
    return facts


def target_facts(site: Site) -> Inputs:
    """Return which server and database the target is."""
    if site.server is None:
        return {"target": f"unreachable ({site.unreachable})"}
    if not site.has_target():
        return {"target": f"without a database {site.config.target.database}"}
    with site.target() as connection:
        row = connection.execute(
            "SELECT system_identifier, oid, to_regclass('migration.receipts') IS NOT NULL"
            "  FROM pg_control_system(), pg_database WHERE datname = current_database()"
        ).fetchone()
    system, oid, has_ledger = row or (None, None, None)
    database = f"database {site.config.target.database} ({oid})"
    return {
        "target": f"{database} of system {system}",
        "target: PostgreSQL": str(site.server.major),
        "target: ledger": "present" if has_ledger else "missing",
    }


def declared_facts(site: Site) -> Inputs:
    """Return a digest of what is declared in each of the target's schemas."""
    if not site.has_target():
        return {}
    with site.target() as connection:
        return {
            f"target: tables of {database.name}": _declared(connection, database)
            for database in site.config.databases
        }


def _declared(connection: PgConnection, database: LogicalDatabase) -> str:
    quoted = '"' + database.schema.replace('"', '""') + '"'
    rows = connection.execute(_DECLARED, {"schema": quoted, "plain": database.schema}).fetchall()
    return digest(rows)
