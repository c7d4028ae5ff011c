"""Schema: the tables, generated from what the sources declare and committed for review.

The committed DDL is the generated one, and the target holds what it says: the suite compares the
first with a fresh generation and the second with the sources, catalogue by catalogue.
"""

from difflib import unified_diff

from migration.compare.schema import compare_schemas
from migration.config import LogicalDatabase
from migration.errors import TargetError
from migration.evidence.inputs import Inputs, files, settings, tool_files
from migration.schema.apply import apply
from migration.schema.convert import convert
from migration.schema.ddl import render
from migration.schema.model import Schema, quote
from migration.site import Site
from migration.source.catalogue import read
from migration.steps.facts import declared_facts, source_facts, target_facts
from migration.steps.step import Say, Step
from migration.steps.target import create_schemas


def model_of(site: Site, database: LogicalDatabase, *, schema: str | None = None) -> Schema:
    """Convert what a source declares, for the target's schema or another one."""
    with site.source(database) as source:
        return convert(read(source), schema=schema or database.schema, choices=database.choices)


def ddl_difference(site: Site, database: LogicalDatabase) -> str:
    """Return how the committed DDL differs from the generated one; empty when it does not."""
    if database.ddl is None:
        return ""
    committed = database.ddl.read_text(encoding="utf-8") if database.ddl.exists() else ""
    return "".join(
        unified_diff(
            committed.splitlines(keepends=True),
            render(model_of(site, database)).splitlines(keepends=True),
            f"{site.config.relative(database.ddl)} (committed)",
            "generated from the source",
        )
    )


def _inputs(site: Site) -> Inputs:
    config = site.config
    generated = [database.ddl for database in config.databases if database.ddl]
    return {
        **settings(config.sections, "databases"),
        **files(config.root, [*config.app.schema, *generated]),
        **source_facts(site),
        **target_facts(site),
        **declared_facts(site),
        **tool_files("source", "schema", "compare"),
    }


def _work(site: Site, say: Say) -> None:
    for database in site.config.databases:
        model = model_of(site, database)
        ddl = render(model)
        _tell(database, model, say)
        _write(site, database, ddl, say)
        if _is_in_place(site, database):
            say(f"schema: {database.name} is in place")
            continue
        _clear(site, database)
        with site.target(role=site.roles.owner) as connection:
            apply(connection, ddl)
        say(f"schema: created the tables of {database.name} ({len(model.tables)})")


def _tell(database: LogicalDatabase, model: Schema, say: Say) -> None:
    for warning in model.warnings:
        say(f"schema: {database.name}: warning: {warning}")
    for note in model.left_out:
        say(f"schema: {database.name}: left out: {note}")


def _write(site: Site, database: LogicalDatabase, ddl: str, say: Say) -> None:
    if site.scratch or database.ddl is None or not ddl_difference(site, database):
        return
    database.ddl.parent.mkdir(parents=True, exist_ok=True)
    database.ddl.write_text(ddl, encoding="utf-8")
    say(f"schema: wrote {site.config.relative(database.ddl)}; commit it")


def _is_in_place(site: Site, database: LogicalDatabase) -> bool:
    with site.source(database) as source, site.target(database) as target:
        found = compare_schemas(source, target, schema=database.schema, choices=database.choices)
    return not found


def _clear(site: Site, database: LogicalDatabase) -> None:
    """Drop what an earlier run left in the schema; refuse where it may be somebody's data."""
    with site.target() as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = %s", [database.schema]
        ).fetchone()
        if row == (0,):
            return
        if not site.may_rebuild:
            raise TargetError(
                f"creating the tables of {database.name}",
                f"the schema {database.schema} already holds other tables",
                "look at them, then allow to drop them: `python -m migration run schema --replace`",
            )
        with connection.transaction():
            connection.execute(f"DROP SCHEMA {quote(database.schema)} CASCADE".encode())
            create_schemas(site, connection)


STEP = Step(
    name="schema",
    purpose="generate the tables from the sources and create them in the target",
    needs=("audit", "target"),
    committed=False,
    own_inputs=_inputs,
    work=_work,
)
