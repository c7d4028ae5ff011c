"""Checks of the step `audit`: the sources are sound, fit, and were read completely."""

from typing import Any

import pytest

from migration.db import SqliteError
from migration.site import Site
from migration.source.catalogue import read
from migration.source.selection import select
from migration.steps.audit import FIT, broken_references, examine, read_report


@pytest.fixture
def report(site: Site) -> dict[str, dict[str, Any]]:
    """The report of the audit, by database."""
    found = read_report(site)
    assert found, "there is no report; `python -m migration run audit`"
    return found


def test_every_source_is_fit(report: dict[str, dict[str, Any]]) -> None:
    """A row that the target would reject is found here, not in the night of the move."""
    unfit = {name: audit["problems"] for name, audit in report.items() if audit["verdict"] != FIT}
    assert unfit == {}


def test_every_source_and_table_is_in_the_report(
    site: Site, report: dict[str, dict[str, Any]]
) -> None:
    """The report is about the declarations of today."""
    assert set(report) == {database.name for database in site.config.databases}
    for database in site.config.databases:
        with site.source(database) as connection:
            catalogue = read(connection)
        audit = report[database.name]
        moved = select(catalogue, database.choices).catalogue
        assert set(audit["rows"]) == {table.name for table in moved.tables}, database.name
        assert audit["catalogue"] == catalogue.content_hash, database.name


def test_sources_are_sound(site: Site) -> None:
    """SQLite's own checks of pages and references, run again; undecided ones count."""
    for database in site.config.databases:
        with site.source(database) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            policies = site.config.copy.policies_of(database.name)
            moved = select(read(connection), database.choices).catalogue
            assert list(broken_references(connection, moved, policies)) == []


def test_another_audit_says_the_same(site: Site, report: dict[str, dict[str, Any]]) -> None:
    """A verdict that was edited, or is out of date, does not stand."""
    for database in site.config.databases:
        again = examine(site, database)
        assert report[database.name]["verdict"] == again.verdict
        assert report[database.name]["problems"] == list(again.problems)
        assert report[database.name]["left_out"] == list(again.left_out)


def test_sources_cannot_be_written_to(site: Site) -> None:
    """Tried out: the connection of every step refuses to write."""
    for database in site.config.databases:
        with (
            site.source(database) as connection,
            pytest.raises(SqliteError, match="readonly"),
        ):
            connection.execute("CREATE TABLE migration_probe (id INTEGER)")
