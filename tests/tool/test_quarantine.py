"""The step data with rows that do not fit: decisions in migration.toml, from the outside.

What each rule does is in `test_decisions.py`, what the copy does with the rows in `test_copy.py`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tool_projects import Project, lending, vouch

from migration.db import open_sqlite
from migration.db.server import RunningServer
from migration.demo import build_missing
from migration.evidence.judge import State
from migration.steps import STEPS, step_named
from migration.steps.flow import statuses

POLICY = '[copy.policies.shelf]\n"book.added" = ["epoch seconds", "quarantine"]\n'


@pytest.fixture
def library(tmp_path: Path, server: RunningServer) -> Iterator[Project]:
    """The foreign application with two books whose dates are odd, moved as far as the schema."""
    with lending(tmp_path / "lending", server) as project:
        site = project.site()
        build_missing(site.config, lambda _line: None)
        source = open_sqlite(site.config.databases[0].sqlite, readonly=False)
        source.execute("UPDATE book SET added = 1700000000 WHERE id = 1")
        source.execute("UPDATE book SET added = 'soon' WHERE id = 2")
        source.close()
        yield project


def prepare(project: Project) -> None:
    """Do the work of the steps before data, and vouch for them."""
    for step in STEPS:
        if step.name in ("audit", "backup", "target", "schema"):
            step.work(project.site(), lambda _line: None)
            vouch(project, step)


def decide(project: Project, text: str) -> None:
    file = project.folder / "migration.toml"
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def left_behind(output: str) -> str:
    """Return the lines of TOML that the tool asks to be filled in, filled in."""
    return "".join(f"{line.strip()}\n" for line in re.findall(r'^  ".*" = "…"$', output, re.M))


def test_without_a_decision_the_audit_and_the_copy_name_the_rows(library: Project) -> None:
    step_named("audit").work(library.site(), lambda _line: None)
    audited = library.run("check", "audit")
    assert audited.returncode == 1
    assert "book.added" in audited.stdout
    prepare(library)
    copied = library.run("run", "data")
    assert copied.returncode == 1
    assert "4 values cannot be stored as they are" in copied.stderr
    assert "book (id=1), added: integer is stored where text belongs" in copied.stderr
    assert "book (id=2), added: spelled 'aaaa'" in copied.stderr
    assert "book_id: it refers to a row of book that is not there, or stays" in copied.stderr


def test_a_row_left_behind_needs_a_decision_of_its_own(library: Project) -> None:
    decide(library, POLICY)
    prepare(library)
    copied = library.run("run", "data")
    assert copied.returncode == 1
    assert "in quarantine, not visible to users; say of each in migration.toml" in copied.stdout
    assert "[copy.left_behind.shelf]" in copied.stdout
    assert "data: not proved: test_every_row_left_behind_was_decided_on failed" in copied.stdout
    asked = left_behind(copied.stdout)
    assert '"book (id=2)" = "…"' in asked
    assert "book (id=1)" not in asked

    decide(library, f"[copy.left_behind.shelf]\n{asked}")
    proved = library.run("check", "data")
    assert proved.returncode == 0, proved.stdout
    states = {status.step: status.state for status in statuses(library.site())}
    assert states["data"] is State.DONE
    compared = library.run("compare")
    assert (compared.returncode, "0 differences" in compared.stdout) == (0, True), compared.stdout
    assert "in quarantine, not visible to users" in compared.stdout


def test_a_decision_about_a_row_that_is_not_there_is_out_of_date(library: Project) -> None:
    decide(library, POLICY)
    prepare(library)
    asked = left_behind(library.run("run", "data").stdout)
    decide(library, f'[copy.left_behind.shelf]\n{asked}"book (id=999)" = "long gone"\n')
    proved = library.run("check", "data")
    assert proved.returncode == 1
    assert "book (id=999)" in proved.stdout


REFUSED = [
    ('[copy.policies.cellar]\n"*" = "fail"\n', "there is no database `cellar`"),
    ('[copy.policies.shelf]\n"book.added" = "guess"\n', "there is no rule `guess`"),
    ('[copy.policies.shelf]\n"book.added" = []\n', "must be a text or a list of texts"),
    ("[copy]\nstreams = 0\n", "`streams` must be a whole number above zero"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_a_decision_that_says_nothing_known_is_refused(
    library: Project, text: str, why: str
) -> None:
    decide(library, text)
    answer = library.run("status")
    assert answer.returncode == 2
    assert why in answer.stderr
