"""Somebody else's application, moved from outside: real commands, exit codes, output, files.

The street library (`fixtures/apps/lending`) has its own layout, one SQLite file, a form login, mail
by SMTP, and takes neither clock nor ids from the tool. Its goldens are recorded here.
"""

import json
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from foreign import Checkout, checked_out
from tool_projects import LENDING, Project, lending

from migration.db.server import RunningServer

STEPS = ["audit", "backup", "target", "schema", "data", "replay"]
PASS, FAIL, UNPROVEN = 0, 1, 2
GOLDENS = Path("goldens/books")
BORROWED = "POST books.{int;book_id}.loan ~ borrow, show, bring back.json"
REFUSED = "POST /books/<int:book_id>/loan: twice"


@pytest.fixture
def checkout(tmp_path: Path, server: RunningServer) -> Iterator[Checkout]:
    """A fresh checkout, on which no command has been run."""
    with checked_out(tmp_path / "library", server.url()) as found:
        yield found


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory, server: RunningServer) -> Iterator[Project]:
    """The library with every step done on a given server; leave it as it was."""
    with lending(tmp_path_factory.mktemp("foreign") / "library", server) as project:
        run(project, "record")
        run(project, "accept", "--new", "--reason", "as it answers today")
        run(project, "migrate")
        yield project


@pytest.fixture
def copy(moved: Project, tmp_path: Path) -> Project:
    """A copy with the same target, whose files and replays are free to change."""
    shutil.copytree(moved.folder, tmp_path / "library")
    return Project(tmp_path / "library", moved.target_url)


def run(project: Project | Checkout, *arguments: str, code: int = PASS) -> str:
    """Run a command that must end with this exit code, and return what it printed."""
    answer = project.run(*arguments)
    printed = answer.stdout + answer.stderr
    assert answer.returncode == code, printed
    assert "Traceback" not in printed
    return printed


def states(printed: str) -> dict[str, str]:
    """Return the state of every step from a printed table."""
    rows = [line.split() for line in printed.splitlines()]
    return {row[0]: row[1] for row in rows if row and row[0] in STEPS}


def not_done(project: Project) -> dict[str, str]:
    """Return the steps that are not done, each with state and reason."""
    found = json.loads(run(project, "status", "--json"))["steps"]
    return {s["step"]: f"{s['state']}: {s['reason']}" for s in found if s["state"] != "done"}


def exchange(project: Project, golden: str, number: int = 0) -> Any:
    """Return what a golden holds of one request."""
    text = (project.folder / GOLDENS / golden).read_text(encoding="utf-8")
    return json.loads(text)["exchanges"][number]


@contextmanager
def edited(project: Project, file: str, old: str, new: str) -> Iterator[None]:
    """Change one line for the length of a block."""
    content = (project.folder / file).read_bytes()
    project.edit(file, old, new)
    yield
    (project.folder / file).write_bytes(content)


# The whole way


def test_looking_at_an_untouched_project_writes_nothing(checkout: Checkout) -> None:
    printed = run(checkout, "status")
    assert states(printed) == dict.fromkeys(STEPS, "todo")
    assert "needs audit, which is todo" in printed
    assert "next: python -m migration run audit" in run(checkout, "explain", "audit")
    assert "gate: unproven" in run(checkout, "gate", code=UNPROVEN)
    assert checkout.git("status", "--porcelain", "--ignored") == ""
    assert "no server was running" in run(checkout, "server", "stop")


def test_from_untouched_to_done_on_the_server_that_the_tool_keeps(checkout: Checkout) -> None:
    # The team's own settings of pytest are not meant for the tool's suites.
    (checkout.folder / "conftest.py").write_text("raise RuntimeError('for our own tests')\n")
    (checkout.folder / "pytest.ini").write_text("[pytest]\naddopts = -k nothing --unknown\n")
    assert "27 to accept, 0 failed" in run(checkout, "record")
    assert "27 goldens changed" in run(checkout, "accept", "--new", "--reason", "as of today")
    for done, step in enumerate(STEPS, 1):
        printed = run(checkout, "run", step)
        assert f"{step}: proved by" in printed
        assert [name for name, state in states(printed).items() if state == "done"] == STEPS[:done]
    assert "gate: pass" in run(checkout, "gate")
    assert "nothing, the step is done" in run(checkout, "explain", "data")
    _assert_files(checkout)
    _assert_server_is_kept(checkout)


def _assert_files(checkout: Checkout) -> None:
    """What is to be committed lies open, what belongs to this site is hidden from git."""
    new = checkout.git("status", "--porcelain", "--untracked-files=all").splitlines()
    committable = {line.removeprefix("?? ").strip('"').partition("/")[0] for line in new}
    assert committable == {"conftest.py", "pytest.ini", "postgres.sql", "goldens", ".migration"}
    assert [line for line in new if ".migration" in line] == ["?? .migration/replay.json"]
    site = checkout.folder / ".migration" / "site"
    receipts = {file.stem for file in (site / "receipts").glob("*.json")}
    assert receipts == {"audit", "backup", "target", "schema", "data"}
    (backup,) = (site / "backup").glob("*/shelf.db")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert checkout.git("rev-parse", checkout.git("tag")) == checkout.git("rev-parse", "HEAD")
    assert 'CREATE TABLE "shelf"."loan"' in (checkout.folder / "postgres.sql").read_text()
    manifest = (checkout.folder / "goldens" / "MANIFEST").read_text(encoding="utf-8")
    assert manifest.count("\tMina\t-\tas of today\n") == 27


def _assert_server_is_kept(checkout: Checkout) -> None:
    """Stopped, nothing can be proved; started again, everything stands as it was."""
    assert "stopped the server in" in run(checkout, "server", "stop")
    printed = run(checkout, "status")
    assert "is unreachable" in printed
    stale = [name for name, state in states(printed).items() if state == "stale"]
    assert stale == ["target", "schema", "data"]
    run(checkout, "server", "start")
    assert states(run(checkout, "status")) == dict.fromkeys(STEPS, "done")


def test_a_step_run_too_early_names_what_it_needs(tmp_path: Path, server: RunningServer) -> None:
    with lending(tmp_path / "library", server) as project:
        printed = run(project, "run", "data", code=UNPROVEN)
        assert "it needs backup, which is todo" in printed
        assert "python -m migration run backup" in printed
        assert "there are none in" in run(project, "run", "replay", code=FAIL)
        assert not (project.folder / "postgres.sql").exists()


# Goldens


def test_double_recording_finds_what_is_volatile(moved: Project) -> None:
    """Nothing is injected: ids, a uuid, Python's clock and the database's own become tokens."""
    loan, added = exchange(moved, BORROWED), exchange(moved, "POST books ~ success.json")
    assert loan["answer"]["json"] == {
        "loan": "⟦int id#1 loan⟧",
        "due": "⟦today+21 %Y-%m-%d⟧",
        "receipt": "⟦secret#1 uuid⟧",
    }
    (row,) = loan["rows"]["shelf.loan"]["inserted"]
    assert row["receipt"] == "⟦secret#1 uuid⟧"
    assert row["taken"] == "⟦now+0 %Y-%m-%dT%H:%M:%S⟧Z"
    (row,) = added["rows"]["shelf.book"]["inserted"]
    assert row["added"] == "⟦wall %Y-%m-%dT%H:%M:%S⟧Z"


def test_a_mail_sent_by_smtp_is_in_the_golden(moved: Project) -> None:
    """The identity of the receipt holds from the answer to the mail."""
    (mail,) = exchange(moved, BORROWED)["effects"]
    assert (mail["kind"], mail["to"]) == ("mail", ["asa@example.org"])
    assert mail["text"].strip() == "Receipt ⟦secret#1 uuid⟧, due back ⟦today+21 %Y-%m-%d⟧."


def test_an_answer_changed_on_purpose_is_accepted_by_name(copy: Project) -> None:
    copy.edit("lending/app.py", "somebody has it", "it is out")
    printed = run(copy, "check", "replay", code=FAIL)
    assert f"test_reference[{REFUSED}]" in printed
    assert "answer.json.error: another value" in printed
    assert "state: failed" in run(copy, "explain", "replay")
    assert "gate: fail" in run(copy, "gate", code=FAIL)
    assert "1 goldens changed" in run(copy, "accept", REFUSED, "--reason", "shorter")
    assert exchange(copy, "POST books.{int;book_id}.loan ~ twice.json", 1)["answer"]["json"] == {
        "error": "it is out"
    }
    run(copy, "check", "replay")
    assert "gate: pass" in run(copy, "gate")


def test_nothing_is_accepted_that_was_not_recorded(copy: Project) -> None:
    printed = run(copy, "accept", REFUSED, "--reason", "wishful", code=FAIL)
    assert "nothing waits under this name" in printed
    assert not_done(copy) == {}


# What goes stale

STALE_SCHEMA = "stale: needs schema, which is stale"
TOUCHED = {
    ("README.md", "Street", "The street"): {},
    ("lending/app.py", "somebody has it", "it is out"): {"replay": "stale: lending/app.py changed"},
    ("lending/schema.sql", "DEFAULT 0 CHECK (price", "DEFAULT 1 CHECK (price"): {
        "schema": "stale: lending/schema.sql changed",
        "data": STALE_SCHEMA,
        "replay": "stale: lending/schema.sql changed",
    },
    (f"{GOLDENS}/GET books ~ success.json", '"status": 200', '"status": 201'): {
        "replay": f"stale: {GOLDENS}/GET books ~ success.json changed"
    },
    ("cases/books.yaml", "expect: 302", "expect: 303"): {
        "replay": "stale: cases/books.yaml changed"
    },
    ("routes/books.yaml", "keys: [id]", "keys: []"): {"replay": "stale: routes/books.yaml changed"},
    ("demo/__init__.py", "The Long Tide", "Ebb"): {"replay": "stale: demo/__init__.py changed"},
    ("postgres.sql", "double precision", "real"): {
        "schema": "stale: postgres.sql changed",
        "data": STALE_SCHEMA,
        "replay": "stale: postgres.sql changed",
    },
    ("migration.toml", "[target]\n", "[target]\nconnections = 21\n"): {
        "target": "stale: migration.toml [target] changed",
        "schema": "stale: needs target, which is stale",
        "data": STALE_SCHEMA,
    },
}


def test_one_touched_line_makes_the_right_steps_stale(copy: Project) -> None:
    found = {}
    for touch in TOUCHED:
        with edited(copy, *touch):
            found[touch] = not_done(copy)
    assert found == TOUCHED
    assert not_done(copy) == {}


# What a project gets wrong


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("[app]", "[app", "at line 2"),
        ('factory = "lending.app:make_app"\n', "", "`factory` is missing"),
        ("smtp_port_env", "smtp_port", "unknown: smtp_port"),
        ('"lending.app:make_app"', '"lending.app"', "package.module:function"),
        ("majors = [18]", 'majors = "18"', "`majors` must be a list of whole numbers"),
    ],
)
def test_a_broken_migration_toml_is_told_in_three_lines(
    tmp_path: Path, good: str, bad: str, told: str
) -> None:
    shutil.copy(LENDING / "migration.toml", tmp_path)
    project = Project(tmp_path, "")
    project.edit("migration.toml", good, bad)
    printed = run(project, "status", code=UNPROVEN)
    assert printed.startswith("Error: reading ")
    assert str(tmp_path / "migration.toml") in printed
    assert told in printed
    assert "\n  do:  " in printed


def test_a_project_without_migration_toml_is_asked_for_one(tmp_path: Path) -> None:
    printed = run(Project(tmp_path, ""), "status", code=UNPROVEN)
    assert "there is no such file" in printed
    assert "--config" in printed


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ('"lending.app:make_app"', '"lending.app:mkae_app"', "has no attribute 'mkae_app'"),
        ('seed = "demo:build"', 'seed = "demo:bild"', "has no attribute 'bild'"),
        ('routes = "routes"', 'routes = "roots"', "No such file or directory"),
        ('url_env = "LENDING_DB"', 'url_env = "LENDNG_DB"', "(KeyError: 'LENDING_DB')"),
        ('password = "ink"', 'password = "milk"', "mend [replay.login] or [replay.users.josé]"),
    ],
)
def test_a_name_that_leads_nowhere_is_told(
    tmp_path: Path, server: RunningServer, good: str, bad: str, told: str
) -> None:
    with lending(tmp_path / "library", server) as project:
        project.edit("migration.toml", good, bad)
        case = REFUSED if "password" in good else "GET /books: success"
        assert told in run(project, "record", case, code=FAIL)


def test_an_application_that_reads_its_environment_only_once_is_found_out(copy: Project) -> None:
    """It would answer from SQLite when PostgreSQL is meant, and look right doing so."""
    copy.edit(
        "lending/store.py", "\n\ndef query(", '\nADDRESS = os.environ["LENDING_DB"]\n\n\ndef query('
    )
    copy.edit("lending/store.py", '_open(os.environ["LENDING_DB"])', "_open(ADDRESS)")
    printed = run(copy, "check", "replay", code=FAIL)
    assert re.search(r"not proved: test_\w+\[[A-Z]+ /", printed), "which case is first, is chance"
    assert "the application asked its database shelf on another engine" in printed
