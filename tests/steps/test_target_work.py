"""The work of the step target, on servers and roles of the tests' own."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

import pytest

from migration.db.clone import drop
from migration.db.server import RunningServer, given
from migration.schema.model import quote
from migration.site import Site
from migration.steps import step_named
from migration.steps.facts import declared_facts, target_facts
from migration.suites import target as checks


@pytest.fixture
def ordinary_user(own_site: Site, server: RunningServer) -> Iterator[str]:
    """The URL of a user that may create databases and roles, and nothing more."""
    name = f"{own_site.config.target.database}_user"
    with server.connect() as connection:
        connection.execute(
            f"CREATE ROLE {quote(name)} LOGIN PASSWORD '{name}' CREATEDB CREATEROLE".encode()
        )
        address = urlsplit(server.url())
        host = address.netloc.rpartition("@")[2]
        yield urlunsplit(address._replace(netloc=f"{name}:{name}@{host}"))
        drop(server, own_site.config.target.database)
        for role in (own_site.roles.owner, own_site.roles.application, own_site.roles.read_only):
            connection.execute(f"DROP ROLE IF EXISTS {quote(role)}".encode())
        connection.execute(f"DROP ROLE {quote(name)}".encode())


def test_no_superuser_is_needed(own_site: Site, ordinary_user: str) -> None:
    site = replace(own_site, server=given(ordinary_user))
    for name in ("target", "schema", "data"):
        step_named(name).work(site, lambda _line: None)
    checks.test_application_can_write_and_declares_nothing(site)
    checks.test_read_only_can_read_and_nothing_else(site)
    checks.test_application_cannot_reach_receipts(site)
    checks.test_owner_has_every_schema(site)
    assert target_facts(site)["target: ledger"] == "present"


def test_running_it_again_changes_nothing(own_site: Site) -> None:
    seen = []
    for _ in range(2):
        step_named("target").work(own_site, lambda _line: None)
        seen.append({**target_facts(own_site), **declared_facts(own_site)})
    assert seen[0] == seen[1]
    assert seen[0]["target: ledger"] == "present"
