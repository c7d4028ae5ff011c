"""Steps from outside: the real commands on a copy of the foreign application.

What makes a step done, what keeps it from being done, and what the exit code and the words are.
What goes stale when is in `test_status.py`; receipts by themselves in `test_ledger.py`; the whole
way from an untouched project to six steps done in `test_foreign_app.py`.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tool_projects import Project, lending, vouch, work_all

from migration.db.server import RunningServer
from migration.evidence.judge import State
from migration.steps import STEPS, step_named
from migration.steps.flow import statuses

SUITE = "tests/steps/test_target.py"


@pytest.fixture
def library(tmp_path: Path, server: RunningServer) -> Iterator[Project]:
    """The foreign application, untouched."""
    with lending(tmp_path / "lending", server) as project:
        yield project


@pytest.fixture
def moved(library: Project) -> Project:
    """The foreign application with every site step worked; every step but data is done."""
    work_all(library)
    for step in STEPS:
        if step.name != "data":
            vouch(library, step)
    return library


def state(project: Project, step: str) -> tuple[State, str]:
    found = next(status for status in statuses(project.site()) if status.step == step)
    return found.state, found.reason


def execute(project: Project, statement: str) -> None:
    """Change the target by hand."""
    site = project.site()
    with site.target(site.config.databases[0]) as connection:
        connection.execute(statement.encode())


def write_suite(project: Project, text: str) -> None:
    """Give the project a suite of its own for the step target."""
    file = project.folder / SUITE
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")


def test_a_proof_makes_a_step_done(moved: Project) -> None:
    answer = moved.run("check", "data")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "data: proved by 7 tests" in answer.stdout
    assert state(moved, "data") == (State.DONE, "")


def test_a_second_proof_of_the_same_adds_nothing(moved: Project) -> None:
    receipt = moved.folder / ".migration" / "site" / "receipts" / "data.json"
    moved.run("check", "data")
    first = receipt.read_bytes()
    assert moved.run("check", "data").returncode == 0
    assert receipt.read_bytes() == first


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("UPDATE book SET price = 8 WHERE id = 1", "book.price (id=1): value: SQLite"),
        ("DELETE FROM loan WHERE id = 2", "loan (id=2): missing"),
        ("ALTER SEQUENCE member_id_seq RESTART", "member.id: sequence"),
    ],
)
def test_a_target_changed_by_hand_fails_the_proof(moved: Project, fault: str, cause: str) -> None:
    execute(moved, fault)
    answer = moved.run("check", "data")
    assert answer.returncode == 1
    assert "data: not proved" in answer.stdout
    assert cause in answer.stdout
    assert state(moved, "data")[0] is State.FAILED


def test_a_receipt_made_by_hand_is_caught_by_proving_again(moved: Project) -> None:
    vouch(moved, step_named("data"))
    execute(moved, "DELETE FROM loan WHERE id = 2")
    assert state(moved, "data") == (State.DONE, "")
    answer = moved.run("gate", "--reprove", "--json")
    assert answer.returncode == 1, answer.stderr
    verdict = json.loads(answer.stdout)
    assert verdict["gate"] == "fail"
    (data,) = (step for step in verdict["steps"] if step["step"] == "data")
    assert data["state"] == "failed"
    assert "its suite was run again: test_every_row_is_the_same failed" in data["reason"]


def test_a_step_waits_for_those_it_needs(library: Project) -> None:
    answer = library.run("run", "schema")
    assert answer.returncode == 2
    assert "it needs audit, which is todo" in answer.stderr
    assert "`python -m migration run audit`" in answer.stderr


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("import pytest\n\ndef test_more():\n    pytest.skip('later')\n", "1 skipped"),
        ("import pytest\n\n@pytest.mark.xfail\ndef test_more():\n    assert 0\n", "1 xfailed"),
        ("def test_more():\n    assert 1 == 2\n", "test_more failed: assert 1 == 2"),
        ("del test_way_to_the_server_is_private\n", "test_way_to_the_server_is_private"),
    ],
)
def test_a_suite_that_proves_less_proves_nothing(moved: Project, extra: str, reason: str) -> None:
    write_suite(moved, f"from migration.suites.target import *\n{extra}")
    answer = moved.run("check", "target")
    assert answer.returncode == 1
    assert reason in answer.stdout
    assert state(moved, "target")[0] is State.FAILED


def test_options_from_outside_deselect_nothing(
    moved: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing_at_all")
    assert moved.run("check", "target").returncode == 0


def test_a_suite_that_cannot_be_collected_is_an_error_with_its_words(moved: Project) -> None:
    write_suite(moved, "from migration.suites.target import *\nimport no_such_module\n")
    answer = moved.run("check", "target")
    assert answer.returncode == 1
    assert "No module named 'no_such_module'" in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_file_changed_while_its_suite_runs_voids_the_proof(moved: Project) -> None:
    write_suite(
        moved,
        "from pathlib import Path\n\nfrom migration.suites.target import *\n\n\n"
        "def test_more():\n    Path(__file__).write_text('# gone')\n",
    )
    answer = moved.run("check", "target")
    assert answer.returncode == 1
    assert f"{SUITE} changed while its suite ran" in answer.stderr


def test_a_given_target_is_never_emptied_unasked(moved: Project) -> None:
    vouch(moved, step_named("data"))
    execute(moved, "UPDATE book SET title = 'written since'")
    refused = moved.run("run", "data")
    assert refused.returncode == 1
    assert "already hold rows" in refused.stderr
    assert moved.run("run", "data", "--replace").returncode == 0


def test_tables_of_somebody_else_are_never_dropped_unasked(moved: Project) -> None:
    execute(moved, "ALTER TABLE book ADD COLUMN note text")
    refused = moved.run("run", "schema")
    assert refused.returncode == 1
    assert "already holds other tables" in refused.stderr
    assert moved.run("run", "schema", "--replace").returncode == 0


def test_committed_ddl_that_was_edited_is_shown_and_rewritten(moved: Project) -> None:
    moved.edit("postgres.sql", '"title" text', '"title" varchar')
    failed = moved.run("check", "schema")
    assert failed.returncode == 1
    assert "the committed DDL is not what the source generates" in failed.stdout
    again = moved.run("run", "schema")
    assert again.returncode == 0
    assert "wrote postgres.sql" in again.stdout
