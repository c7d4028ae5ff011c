"""Checks of the step `target`: the PostgreSQL side is fit to receive the data."""

import ipaddress
from contextlib import ExitStack

import pytest

from migration.config import LogicalDatabase
from migration.db import PgConnection, PgError
from migration.evidence.store import TargetStore
from migration.schema.model import quote
from migration.site import Site

NOT_ALLOWED = "42501"
BYTEWISE = {"C", "POSIX", "C.UTF-8", "C.utf8"}


def test_version_is_supported(site: Site) -> None:
    """An older server lacks what the generated DDL and the copy rely on."""
    assert site.need_server().major >= site.config.target.minimum_major


def test_text_is_utf8_and_sorted_by_bytes(site: Site) -> None:
    """SQLite sorts text by its bytes; any other collation changes the order of answers."""
    encoding, collation, locale = _one(
        site,
        "SELECT pg_encoding_to_char(encoding), datcollate, to_jsonb(pg_database) ->> 'datlocale'"
        "  FROM pg_database WHERE datname = current_database()",
    )
    assert encoding == "UTF8"
    assert (locale or collation) in BYTEWISE


def test_owner_has_every_schema(site: Site) -> None:
    """What the owner does not own it could not create tables in."""
    with site.target() as connection:
        owners = dict(
            connection.execute("SELECT nspname, nspowner::regrole::text FROM pg_namespace")
        )
    for database in site.config.databases:
        assert owners.get(database.schema, "").strip('"') == site.roles.owner


def test_roles_are_ordinary(site: Site) -> None:
    """A role that is a superuser or passes row security makes every privilege meaningless."""
    roles = [site.roles.owner, site.roles.application, site.roles.read_only]
    with site.target() as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
            "  FROM pg_roles WHERE rolname = ANY(%s)",
            [roles],
        ).fetchall()
    assert sorted(rows) == sorted((role, False) for role in roles)


def test_application_can_write_and_declares_nothing(site: Site) -> None:
    """Tried out in every schema, and rolled back."""
    for database in site.config.databases:
        with site.target(database) as connection, connection.transaction(force_rollback=True):
            _create_probe(connection, site, database)
            _become(connection, site.roles.application)
            connection.execute("INSERT INTO migration_probe (value) VALUES ('a')")
            connection.execute("UPDATE migration_probe SET value = 'b'")
            connection.execute("DELETE FROM migration_probe")
            assert _refused(connection, "CREATE TABLE migration_probe_2 (id integer)")
            assert _refused(connection, "DROP TABLE migration_probe")


def test_read_only_can_read_and_nothing_else(site: Site) -> None:
    """Tried out in every schema, and rolled back."""
    for database in site.config.databases:
        with site.target(database) as connection, connection.transaction(force_rollback=True):
            _create_probe(connection, site, database)
            _become(connection, site.roles.read_only)
            assert connection.execute("SELECT count(*) FROM migration_probe").fetchone() == (0,)
            assert _refused(connection, "INSERT INTO migration_probe (value) VALUES ('a')")
            assert _refused(connection, "DELETE FROM migration_probe")


def test_application_cannot_reach_receipts(site: Site) -> None:
    """The application's login must not be able to declare a step done."""
    for role in (site.roles.application, site.roles.read_only, site.roles.owner):
        with site.target(role=role) as connection:
            assert _refused(connection, "SELECT count(*) FROM migration.receipts"), role


def test_enough_connections(site: Site) -> None:
    """As many as the application may need are opened at once."""
    with ExitStack() as stack:
        try:
            for _ in range(site.config.target.connections):
                stack.enter_context(site.target())
        except Exception as error:
            pytest.fail(f"fewer than {site.config.target.connections} connections: {error}")


def test_way_to_the_server_is_private(site: Site) -> None:
    """TLS, unless the server is reached over a socket or the loopback address."""
    with site.target() as connection:
        address, host = connection.info.hostaddr, connection.info.host
        row = connection.execute(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone()
    local = host.startswith("/") or (address and ipaddress.ip_address(address).is_loopback)
    assert local or row == (True,), f"the connection to {host} is not encrypted"


def test_target_keeps_receipts(site: Site) -> None:
    """Receipts that lie on one side only cannot be told from made-up ones."""
    with site.target() as connection:
        assert TargetStore(connection).exists()


def _one(site: Site, query: str) -> tuple[str | None, ...]:
    with site.target() as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row


def _create_probe(connection: PgConnection, site: Site, database: LogicalDatabase) -> None:
    _become(connection, site.roles.owner)
    connection.execute(
        f"CREATE TABLE {quote(database.schema)}.migration_probe"
        " (id integer GENERATED BY DEFAULT AS IDENTITY, value text)".encode()
    )


def _become(connection: PgConnection, role: str) -> None:
    connection.execute("SELECT set_config('role', %s, true)", [role])


def _refused(connection: PgConnection, statement: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(statement.encode())
    except PgError as error:
        return error.sqlstate == NOT_ALLOWED
    return False
