"""The commands of a deployment, run as `railway.json` and `Procfile` give them.

The container that decides holds the files of the repository and the variables of the service, and
neither git nor a database.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from serving import DEPLOY, PRODUCTION, started
from serving import container as container_of
from tool_projects import REPOSITORY, Project, lending, vouch

from api.db.addresses import LOGICAL
from migration.db import open_postgres
from migration.db.server import RunningServer
from migration.steps import STEPS, step_named


def decide(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command before the start, the tool being part of the container."""
    return subprocess.run(
        ["sh", "-c", " && ".join(DEPLOY["preDeployCommand"])],
        cwd=folder,
        env=container_of(REPOSITORY),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def container(tmp_path: Path, server: RunningServer) -> Iterator[Project]:
    """The foreign application, its replay proved, without git."""
    with lending(tmp_path / "lending", server) as project:
        project.edit("migration.toml", "factory =", 'requirements = "pins.txt"\nfactory =')
        (project.folder / "pins.txt").write_text("Flask==3.1.3\n", "utf-8")
        golden = project.folder / "goldens" / "books" / "GET books ~ success.json"
        golden.parent.mkdir(parents=True)
        golden.write_text("{}", "utf-8")
        vouch(project, step_named("replay"))
        assert not (project.folder / ".git").exists()
        yield project


def test_proved_files_may_start(container: Project) -> None:
    decided = decide(container.folder)
    assert (decided.returncode, decided.stderr) == (0, "")
    assert decided.stdout.splitlines()[-1] == "gate: pass"
    assert not (container.folder / ".migration" / "site").exists(), "looking wrote something"


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a route", "lending/app.py"),
        ("the schema", "lending/schema.sql"),
        ("a golden", "goldens/**/*.json"),
        ("a case", "cases/*.yaml"),
        ("a pinned requirement", "pins.txt"),
    ],
)
def test_one_changed_byte_stops_it(container: Project, what: str, pattern: str) -> None:
    file = next(iter(sorted(container.folder.glob(pattern))))
    file.write_bytes(file.read_bytes() + b" ")
    decided = decide(container.folder)
    assert decided.returncode == 2, what
    assert file.name in decided.stdout.replace("\n", "")
    assert decided.stdout.endswith("gate: unproven\n  replay: python -m migration run replay\n")


def test_an_edited_receipt_stops_it(container: Project) -> None:
    receipt = container.folder / ".migration" / "replay.json"
    receipt.write_text(receipt.read_text("utf-8").replace("passed", "paSsed", 1), "utf-8")
    decided = decide(container.folder)
    assert decided.returncode == 1
    assert "gate: fail" in decided.stdout


def test_a_missing_receipt_stops_it(container: Project) -> None:
    shutil.rmtree(container.folder / ".migration")
    assert decide(container.folder).returncode == 2


def test_our_own_files_are_judged_without_git(tmp_path: Path) -> None:
    """Whether they may start depends on the day; that they are judged alike does not."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        if (REPOSITORY / name).is_file():
            copy = tmp_path / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, copy)
    here, there = (
        subprocess.run(
            [sys.executable, "-m", "migration", "gate", "--committed", "--json"],
            cwd=folder,
            env=container_of(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        for folder in (REPOSITORY, tmp_path)
    )
    assert (there.returncode, json.loads(there.stdout)) == (
        here.returncode,
        json.loads(here.stdout),
    )
    assert [step["step"] for step in json.loads(there.stdout)["steps"]] == [
        step.name for step in STEPS if step.committed
    ]


@pytest.fixture
def filled(scratch_database: str) -> str:
    """A database as the migration leaves it, without rows."""
    for logical in LOGICAL:
        ddl = REPOSITORY / "api" / "db" / "schema" / "postgres" / f"{logical}.sql"
        with open_postgres(scratch_database) as connection:
            connection.execute(ddl.read_bytes())
    return scratch_database


def test_the_started_application_is_ready(tmp_path: Path, filled: str) -> None:
    with started(tmp_path, **PRODUCTION, DATABASE_URL=filled) as served:
        assert served.ask(DEPLOY["healthcheckPath"])[0] == 200


def test_traffic_does_not_come_before_the_tables(tmp_path: Path, scratch_database: str) -> None:
    with started(tmp_path, **PRODUCTION, DATABASE_URL=scratch_database) as served:
        assert served.ask(DEPLOY["healthcheckPath"])[0] == 503


def test_every_description_of_a_deployment_says_the_same() -> None:
    lines = (REPOSITORY / "Procfile").read_text("utf-8").splitlines()
    told = dict(line.split(": ", 1) for line in lines)
    assert told == {
        "release": " && ".join(DEPLOY["preDeployCommand"]),
        "web": DEPLOY["startCommand"],
    }


def test_ci_runs_the_tests_and_believes_no_receipt() -> None:
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/ci.yml").read_text("utf-8"))
    commands = [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]
    assert commands == [".ci/run", ".venv/bin/python -m migration gate --committed --reprove"]
