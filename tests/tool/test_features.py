"""Every feature of a SQLite schema arrives or is refused by name, by the real command.

The status is 0 only where everything arrived. One project holds all databases that arrive, another
all that do not; what becomes of each is told apart by what is printed of it, and shown in
docs/features.md.
"""

import os
from collections.abc import Iterator

import pytest
from feature_page import lines_of, page
from feature_projects import moved, project_of
from features import CARRIED, ORDER, REFUSED
from tool_projects import REPOSITORY, Project

from migration.config import LogicalDatabase
from migration.db import PgConnection, PgError
from migration.db.server import RunningServer

PAGE = REPOSITORY / "docs" / "features.md"


@pytest.fixture(scope="module")
def carried(
    tmp_path_factory: pytest.TempPathFactory, server: RunningServer
) -> Iterator[tuple[Project, str]]:
    """A project whose databases were all moved, and what was printed on the way."""
    sources = {name: feature.source for name, feature in CARRIED.items()}
    with project_of(tmp_path_factory.mktemp("carried"), server, sources) as project:
        yield project, moved(project)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory, server: RunningServer) -> Iterator[str]:
    """What the audit prints of databases that cannot be moved as they are."""
    sources = {name: feature.source for name, feature in REFUSED.items()}
    with project_of(tmp_path_factory.mktemp("refused"), server, sources) as project:
        answer = project.run("run", "audit")
        assert answer.returncode == 1, answer.stdout + answer.stderr
        assert project.run("run", "schema").returncode == 2
        yield answer.stdout


@pytest.mark.parametrize("name", CARRIED)
def test_a_feature_arrives(carried: tuple[Project, str], name: str) -> None:
    project, printed = carried
    feature = CARRIED[name]
    said = lines_of(name, printed.splitlines())
    assert said[0].startswith("fit ")
    assert f"schema: created the tables of {name} (" in printed
    for line in feature.prints:
        assert any(line in one for one in said), said
    site = project.site()
    (database,) = (one for one in site.config.databases if one.name == name)
    with site.target(database) as connection, connection.transaction(force_rollback=True):
        _look(connection, database, name)


def _look(connection: PgConnection, database: LogicalDatabase, name: str) -> None:
    feature = CARRIED[name]
    for statement in feature.refuses:
        with pytest.raises(PgError), connection.transaction():
            connection.execute(statement.encode())
    for statement, expected in feature.asks:
        found = connection.execute(statement.encode()).fetchall()
        assert found == expected, (database.name, statement)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_carried_is_named(refused: str, name: str) -> None:
    first, *said = lines_of(name, refused.splitlines())
    assert first.startswith("unfit ")
    for part in REFUSED[name].says:
        assert any(line.startswith("problem: ") and part in line for line in said), said


def test_a_trigger_that_was_changed_in_the_target_is_found(carried: tuple[Project, str]) -> None:
    project, _ = carried
    site = project.site()
    with site.target() as connection:
        query = "SELECT pg_get_functiondef('triggers.noted'::regproc)"
        (definition,) = connection.execute(query).fetchone() or ("",)
        connection.execute(definition.replace("'new '", "'NEW '").encode())
        try:
            answer = project.run("check", "schema")
        finally:
            connection.execute(definition.encode())
    assert answer.returncode == 1
    assert "function noted: the target does not hold the generated one" in answer.stdout


def test_the_status_is_0_only_where_everything_arrived(carried: tuple[Project, str]) -> None:
    project, _ = carried
    answer = project.run("compare")
    assert answer.returncode == 0, answer.stdout
    assert "0 differences" in answer.stdout


def test_the_page_shows_what_is_printed(carried: tuple[Project, str], refused: str) -> None:
    sources = {name: feature.source for name, feature in (CARRIED | REFUSED).items()}
    printed = [*carried[1].splitlines(), *refused.splitlines()]
    shown = page(ORDER, lambda name: sources[name].shown, printed)
    if os.environ.get("RENEW_DOCS") == "1":
        PAGE.write_text(shown, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == shown
