"""Checks of the step `schema`: generated, committed, in place, and the same as the source."""

import pytest

from migration.compare.schema import compare_schemas
from migration.db import PgConnection
from migration.site import Site
from migration.steps.objects import object_differences
from migration.steps.schema import ddl_difference, model_of

SHOWN = 40


def test_committed_ddl_is_the_generated_one(site: Site) -> None:
    """What is reviewed is what is applied; `python -m migration run schema` writes it anew."""
    for database in site.config.databases:
        difference = ddl_difference(site, database).splitlines()
        if difference:
            headline = (
                f"{database.name}: the committed DDL is not what the source generates; "
                "`python -m migration run schema` rewrites it"
            )
            pytest.fail("\n".join([headline, *difference[:SHOWN]]), pytrace=False)


def test_target_declares_what_the_source_declares(site: Site) -> None:
    """Both catalogues are read and compared by code that takes no part in the conversion."""
    for database in site.config.databases:
        with site.source(database) as source, site.target(database) as target:
            differences = compare_schemas(
                source, target, schema=database.schema, choices=database.choices
            )
        if differences:
            headline = f"{database.name}: source and target declare different things"
            pytest.fail("\n".join([headline, *map(str, differences)]), pytrace=False)


def test_views_and_triggers_do_the_same(site: Site) -> None:
    """Each is run on both engines, over rows of the source and made-up ones; nothing stays."""
    for database in site.config.databases:
        differences = object_differences(site, database)
        if differences:
            headline = f"{database.name}: views or triggers do not do the same on both engines"
            pytest.fail("\n".join([headline, *differences]), pytrace=False)


def test_every_table_belongs_to_the_owner(site: Site) -> None:
    """Default privileges reach only what the owner creates."""
    for database in site.config.databases:
        with site.target(database) as connection:
            rows = connection.execute(
                "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = %s",
                [database.schema],
            ).fetchall()
        assert len(rows) == len(model_of(site, database).tables)
        assert {owner for _, owner in rows} <= {site.roles.owner}, database.name


def test_application_may_use_every_table(site: Site) -> None:
    """Rights to read, write and draw ids for the application; to read for the read-only role."""
    for database in site.config.databases:
        with site.target(database) as connection:
            lacking = [
                *_lacking(connection, database.schema, site.roles.application, "INSERT"),
                *_lacking(connection, database.schema, site.roles.application, "DELETE"),
                *_lacking(connection, database.schema, site.roles.read_only, "SELECT"),
            ]
        assert lacking == []


def _lacking(
    connection: PgConnection, schema: str, role: str, privilege: str
) -> list[tuple[str, str]]:
    """Return role and table where the role lacks the privilege."""
    return connection.execute(
        "SELECT %(role)s || ' lacks ' || %(privilege)s, tablename FROM pg_tables"
        " WHERE schemaname = %(schema)s AND NOT has_table_privilege("
        "   %(role)s, format('%%I.%%I', schemaname, tablename), %(privilege)s)",
        {"schema": schema, "role": role, "privilege": privilege},
    ).fetchall()
