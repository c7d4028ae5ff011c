"""What is stale after which change: `status` on a copy of this repository and on a foreign one."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tool_projects import Project, lending, ours, vouch, work_all

from migration.db import open_sqlite
from migration.db.clone import drop
from migration.db.server import RunningServer
from migration.evidence.judge import State
from migration.steps import STEPS
from migration.steps.backup import newest
from migration.steps.flow import statuses

SITE_STEPS = {"audit", "backup", "target", "schema", "data"}
GOLDEN = "fixtures/goldens/pet/GET api.pet.status ~ success.json"


@pytest.fixture(scope="module")
def repository(
    tmp_path_factory: pytest.TempPathFactory, server: RunningServer
) -> Iterator[Project]:
    """A copy of this repository with every step worked and done; leave it as it was."""
    with ours(tmp_path_factory.mktemp("status") / "ours", server) as project:
        golden = project.folder / GOLDEN
        golden.parent.mkdir(parents=True)
        golden.write_text('{"status": 200}\n')
        work_all(project)
        for database in project.site().config.databases:
            assert database.ddl is not None
            assert database.ddl.exists()
        _vouch_all(project)
        yield project


@pytest.fixture
def library(tmp_path: Path, server: RunningServer) -> Iterator[Project]:
    """The foreign application with every step worked and done."""
    with lending(tmp_path / "lending", server) as project:
        work_all(project)
        _vouch_all(project)
        yield project


def not_done(project: Project) -> dict[str, str]:
    """Return the steps that are not done, with the reason."""
    found = statuses(project.site())
    return {status.step: status.reason for status in found if status.state is not State.DONE}


@contextmanager
def edited(project: Project, file: str, old: str, new: str) -> Iterator[None]:
    """Change a file for the length of a block."""
    content = (project.folder / file).read_bytes()
    project.edit(file, old, new)
    yield
    (project.folder / file).write_bytes(content)


def test_untouched_project_has_everything_to_do(tmp_path: Path, server: RunningServer) -> None:
    with lending(tmp_path / "lending", server) as project:
        answer = project.run("status", "--json")
        assert answer.returncode == 0, answer.stderr
        steps = json.loads(answer.stdout)["steps"]
        assert [step["step"] for step in steps] == [step.name for step in STEPS]
        assert {step["state"] for step in steps} == {"todo"}
        assert not (project.folder / ".migration").exists()
        assert not (project.folder / "shelf.db").exists()


def test_nothing_is_stale_when_nothing_changed(repository: Project) -> None:
    assert not_done(repository) == {}


@pytest.mark.parametrize(
    ("file", "line", "stale"),
    [
        ("api/pets.py", "# a remark\n", {"replay"}),
        (GOLDEN, "\n", {"replay"}),
        ("fixtures/cases/pet.yaml", "# a remark\n", {"replay"}),
        ("fixtures/routes/pet.yaml", "# a remark\n", {"replay"}),
        ("fixtures/seed/pet.py", "# a remark\n", {"replay"}),
        ("api/db/schema/pet_game/01_pet.sql", "-- a remark\n", {"schema", "data", "replay"}),
        ("api/db/schema/postgres/pet_game.sql", "-- a remark\n", {"schema", "data", "replay"}),
    ],
)
def test_touching_one_line(repository: Project, file: str, line: str, stale: set[str]) -> None:
    with edited(repository, file, "\n", f"\n{line}"):
        found = not_done(repository)
    assert set(found) == stale
    assert found["replay"] == f"{file} changed"
    if "schema" in stale:
        assert found["schema"] == f"{file} changed"
        assert found["data"] == "needs schema, which is stale"


def test_a_changed_setting_is_named_by_its_section(repository: Project) -> None:
    with edited(repository, "migration.toml", "majors = [18, 16]", "majors = [18]"):
        assert not_done(repository) == {"replay": "migration.toml [replay] changed"}


def test_a_suite_of_the_project_is_an_input_of_its_step(library: Project) -> None:
    suite = library.folder / "tests" / "steps" / "test_target.py"
    suite.parent.mkdir(parents=True)
    suite.write_text("from migration.suites.target import *\n")
    found = not_done(library)
    assert found["target"] == "tests/steps/test_target.py is new"
    assert set(found) == {"target", "schema", "data"}


def test_rows_written_to_the_source_are_no_change(library: Project) -> None:
    connection = open_sqlite(library.folder / "shelf.db", readonly=False)
    connection.execute("UPDATE book SET price = 3 WHERE id = 1")
    connection.close()
    assert not_done(library) == {}


def test_another_table_in_the_source_is_a_change(library: Project) -> None:
    connection = open_sqlite(library.folder / "shelf.db", readonly=False)
    connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
    connection.close()
    found = not_done(library)
    assert set(found) == {"audit", "backup", "schema", "data"}
    assert "source shelf: tables changed" in found["audit"]


def test_a_column_altered_by_hand_in_the_target_is_a_change(library: Project) -> None:
    site = library.site()
    with site.target(site.config.databases[0]) as connection:
        connection.execute("ALTER TABLE book ALTER COLUMN price DROP NOT NULL")
    assert not_done(library) == {
        "schema": "target: tables of shelf changed",
        "data": "target: tables of shelf changed",
    }


def test_an_edited_verdict_is_a_change(library: Project) -> None:
    library.edit(".migration/site/audit.json", '"verdict": "fit"', '"verdict": "fitter"')
    found = not_done(library)
    assert set(found) == {"audit", "backup", "schema", "data"}
    assert found["audit"] == "audit of shelf was fit, 0 problems, is fitter, 0 problems"


def test_a_backup_that_is_gone_is_a_change(library: Project) -> None:
    folder = newest(library.site())
    assert folder is not None
    shutil.rmtree(folder)
    found = not_done(library)
    assert set(found) == {"backup", "data"}
    assert f"backup {folder.name} is gone" in found["backup"]


def test_a_target_that_is_gone_is_a_change(library: Project, server: RunningServer) -> None:
    database = library.site().config.target.database
    drop(server, database)
    found = not_done(library)
    assert set(found) == {"target", "schema", "data"}
    assert f"without a database {database}" in found["target"]


def test_a_server_that_does_not_answer_proves_nothing(library: Project) -> None:
    away = Project(library.folder, "postgresql://nobody@127.0.0.1:1/nowhere")
    found = not_done(away)
    assert set(found) == {"target", "schema", "data"}
    assert "unreachable" in found["target"]


def test_looking_changes_nothing(library: Project) -> None:
    before = {path: path.stat().st_mtime_ns for path in library.folder.rglob("*")}
    for command in (["status"], ["explain", "data"], ["gate"]):
        assert library.run(*command).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in library.folder.rglob("*")} == before


def _vouch_all(project: Project) -> None:
    for step in STEPS:
        vouch(project, step)
