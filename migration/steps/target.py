"""Target: a PostgreSQL database with pinned collation, three roles, and a schema a database.

Everything is created where it is missing and left alone where it is there, so the step can be run
again at any time. The suite does not read settings where it can try: it sets the roles and writes.
"""

from collections.abc import Iterator

from migration.db import PgConnection, PgError
from migration.db.clone import create_database
from migration.errors import TargetError
from migration.evidence.inputs import Inputs, settings, tool_files
from migration.evidence.ledger import found_in_target
from migration.evidence.store import TargetStore
from migration.schema.model import quote
from migration.site import Site
from migration.steps.facts import target_facts
from migration.steps.step import Say, Step

PROVED_BEFORE = ("audit", "backup")
"""Steps whose receipts may be older than the target."""


def create_schemas(site: Site, connection: PgConnection) -> None:
    """Create the schemas that are missing, and say who may do what in them."""
    for database in site.config.databases:
        for statement in _schema_statements(site, quote(database.schema)):
            connection.execute(statement.encode())


def _inputs(site: Site) -> Inputs:
    return {
        **settings(site.config.sections, "target"),
        **target_facts(site),
        "target: schemas": ", ".join(database.schema for database in site.config.databases),
        **tool_files("db/postgres.py", "db/clone.py"),
    }


def _work(site: Site, say: Say) -> None:
    server, name = site.need_server(), site.config.target.database
    _assert_major(site)
    say(f"target: {server}, database {name}")
    if not site.has_target():
        create_database(server, name)
    with site.target() as connection:
        try:
            _create_roles(site, connection)
            create_schemas(site, connection)
            found_in_target(TargetStore(connection), site, steps=PROVED_BEFORE)
        except PgError as error:
            raise TargetError(
                f"preparing the database {name}",
                str(error).strip(),
                f"let {site.config.target.url_env} name a user that may create roles and schemas",
            ) from error


def _assert_major(site: Site) -> None:
    server, minimum = site.need_server(), site.config.target.minimum_major
    if server.major < minimum:
        raise TargetError(
            "preparing the target",
            f"it is PostgreSQL {server.version}; at least {minimum} is needed",
            "upgrade the server, or name another one",
        )


def _create_roles(site: Site, connection: PgConnection) -> None:
    database = quote(site.config.target.database)
    roles = site.roles
    for role in (roles.owner, roles.application, roles.read_only):
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        if known is None:
            connection.execute(f"CREATE ROLE {quote(role)} NOLOGIN".encode())
            # Who creates a role may pass it on, but not yet take it.
            connection.execute(f"GRANT {quote(role)} TO CURRENT_USER".encode())
        connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {quote(role)}".encode())
    connection.execute(f"GRANT CREATE ON DATABASE {database} TO {quote(roles.owner)}".encode())


def _schema_statements(site: Site, schema: str) -> Iterator[str]:
    owner = quote(site.roles.owner)
    application, read_only = quote(site.roles.application), quote(site.roles.read_only)
    new = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT"
    yield f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {application}, {read_only}"
    yield f"{new} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application}"
    yield f"{new} USAGE, SELECT ON SEQUENCES TO {application}"
    yield f"{new} SELECT ON TABLES TO {read_only}"


STEP = Step(
    name="target",
    purpose="create the PostgreSQL database, its roles and its schemas, and try them out",
    needs=(),
    committed=False,
    own_inputs=_inputs,
    work=_work,
)
