"""Every gate can fail: faults put one at a time into a copy of this repository, each caught.

The commands are the real ones, run as processes in the copy. The faults are in `faults/`; with
FULL_SIZE=1 all of them are tried, else a share of those in the domains.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import application, conversion, domains, postgres
from faults.fault import DATA, DOMAINS, REPLAY, SCHEMA, Fault
from faults.project import Project, copy_repository
from tool_projects import ours, vouch, work_all

from migration.db.server import RunningServer
from migration.steps import STEPS, step_named

IN_DOMAINS = (*domains.FAULTS, *postgres.FAULTS)
SHARE = (
    domains.ONE_OF_THREE_COMMITS_LOST,
    domains.FHIR_TIME_WITH_A_BLANK,
    postgres.CHILDREN_LEFT_BEHIND,
    postgres.ORDER_LEFT_TO_THE_PLANNER,
)
FAULTS = (
    *application.FAULTS,
    *conversion.FAULTS,
    *(IN_DOMAINS if os.environ.get("FULL_SIZE") else SHARE),
)


@pytest.fixture
def project(tmp_path: Path, server: RunningServer) -> Iterator[Project]:
    """A copy of the repository for one test."""
    yield copy_repository(tmp_path / "copy", server=server.url())
    shutil.rmtree(tmp_path / "copy")


@pytest.mark.parametrize(
    "tests", [REPLAY, DOMAINS, SCHEMA, DATA], ids=["replay", "domains", "schema", "data"]
)
def test_without_a_fault_everything_is_green(project: Project, tests: tuple[str, ...]) -> None:
    outcome = project.test(*tests)
    assert outcome.red == {}, outcome.output
    assert len(outcome.green) == len(tests)
    assert outcome.exit_code == 0


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_caught(project: Project, fault: Fault) -> None:
    project.change(fault.file, fault.old, fault.new)
    outcome = project.test(*fault.tests)
    assert outcome.exit_code == 1, outcome.output
    assert set(outcome.red) == set(fault.red)
    assert len(outcome.green) + len(outcome.red) == len(fault.tests)
    for test, words in fault.red.items():
        for word in words:
            assert word in outcome.red[test]


def test_step_marked_done_by_hand_is_caught(tmp_path: Path, server: RunningServer) -> None:
    """Its receipt is chained correctly and lies in both places, so every look believes it."""
    with ours(tmp_path / "copy", server) as project:
        work_all(project)
        for step in STEPS:
            vouch(project, step)
        assert project.run("check", "data").returncode == 0

        site = project.site()
        with site.target(site.config.databases[0]) as connection:
            connection.execute("DELETE FROM gratitude_logs WHERE id = 2")
        vouch(project, step_named("data"))
        looked = project.run("gate")
        assert (looked.returncode, "gate: pass" in looked.stdout) == (0, True), looked.stdout

        proved = project.run("check", "data")
        assert proved.returncode == 1
        assert "data: not proved: test_every_row_is_the_same failed" in proved.stdout
        assert "gratitude_logs (id=2): missing" in proved.stdout
        looked = project.run("gate")
        assert (looked.returncode, "gate: fail" in looked.stdout) == (1, True), looked.stdout
