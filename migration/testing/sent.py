"""Pytest plugin: notes what the cases sent to the engines, and judges it once all were played.

Whether every statement was executed is known only when the last worker is done. So a worker hands
its notes to the controller, which adds the outcome of one more test to the run: the check
`test_sql_coverage` of `suites/replay.py`. A run that did not play every case on both engines has
nothing to say about it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from migration.config import Config
from migration.config_file import load
from migration.errors import MigrationError
from migration.replay.cases import load as load_cases
from migration.replay.observation import Observation
from migration.sql.coverage import ENGINES, Coverage, Inventory, judge, take_inventory
from migration.sql.text import normal

CHECK = "test_sql_coverage"
SUITE = "migration/suites/replay.py"
# What a worker hands to the controller, under this key of `workeroutput`.
HANDOVER = "migration-sent"


@dataclass
class Notes:
    """Per engine, which cases were played and which statements they executed."""

    played: dict[str, set[str]] = field(default_factory=dict)
    executed: dict[str, set[str]] = field(default_factory=dict)

    def take(self, observation: Observation, databases: frozenset[str]) -> None:
        """Note what playing a case showed.

        Statements that failed prove nothing, and an empty one is but a knock at the door.
        """
        self.played.setdefault(observation.engine, set()).add(observation.case)
        executed = self.executed.setdefault(observation.engine, set())
        for exchange in observation.exchanges:
            executed.update(
                normal(statement.sql)
                for statement in exchange.statements
                if statement.error is None and statement.database in databases and statement.sql
            )

    def packed(self) -> dict[str, dict[str, list[str]]]:
        """Return the notes as what may be handed from process to process."""
        return {
            name: {engine: sorted(found) for engine, found in notes.items()}
            for name, notes in vars(self).items()
        }

    def add(self, packed: dict[str, dict[str, list[str]]]) -> None:
        """Add the notes of another process."""
        for name, notes in packed.items():
            mine: dict[str, set[str]] = getattr(self, name)
            for engine, found in notes.items():
                mine.setdefault(engine, set()).update(found)


NOTES = pytest.StashKey[Notes]()
COVERAGE = pytest.StashKey[Coverage]()
INVENTORY = pytest.StashKey[Future[Inventory]]()


def databases_of(config: Config) -> frozenset[str]:
    """Return the names under which statements to the application's databases are traced."""
    return frozenset(
        name
        for logical in config.databases
        for name in (logical.name, logical.schema, logical.sqlite.stem)
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to take notes."""
    config.stash[NOTES] = Notes()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Sequence[str]) -> None:
    """Look for the statements while the workers play, if they are to play every case."""
    config: pytest.Config = node.config
    if INVENTORY in config.stash:
        return
    project = _project(config)
    played = sum("::test_candidate[" in name for name in ids)
    if played >= len(load_cases(project.replay.cases)):
        thread = ThreadPoolExecutor(1)
        config.stash[INVENTORY] = thread.submit(take_inventory, project)
        thread.shutdown(wait=False)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over the notes of a worker that is done."""
    packed = getattr(node, "workeroutput", {}).get(HANDOVER)
    if packed is not None:
        node.config.stash[NOTES].add(packed)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's notes to the controller."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[HANDOVER] = session.config.stash[NOTES].packed()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Add the check to a run that played every case on both engines."""
    result = yield
    config = session.config
    if not hasattr(config, "workerinput"):
        problems = _judge(config)
        if problems is not None:
            session.config.hook.pytest_runtest_logreport(report=_report(problems))
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts; with -v, every statement and what is left out."""
    coverage = terminalreporter.config.stash.get(COVERAGE, None)
    if coverage is not None:
        terminalreporter.section("SQL")
        if terminalreporter.config.get_verbosity() > 0:
            for statement in coverage.inventory.demanded:
                terminalreporter.line(str(statement))
            for exclusion in coverage.inventory.exclusions:
                terminalreporter.line(f"left out: {exclusion.what}: {exclusion.reason}")
        terminalreporter.line(coverage.summary())


def _project(config: pytest.Config) -> Config:
    path = config.getoption("migration_config", default=None)
    return load(path or config.rootpath / "migration.toml")


def _judge(config: pytest.Config) -> list[str] | None:
    """Return what is not covered, None for a run that cannot tell."""
    notes = config.stash[NOTES]
    if not all(notes.played.get(engine) for engine in ENGINES):
        return None
    project = _project(config)
    wanted = {case.id for case in load_cases(project.replay.cases)}
    if not all(wanted <= notes.played[engine] for engine in ENGINES):
        return None
    try:
        begun = config.stash.get(INVENTORY, None)
        inventory = begun.result() if begun else take_inventory(project)
        coverage = judge(inventory, notes.executed)
    except MigrationError as error:
        return [str(error)]
    config.stash[COVERAGE] = coverage
    return coverage.problems()


def _report(problems: list[str]) -> pytest.TestReport:
    headline = f"{len(problems)} statements are not covered, or cannot be judged"
    return pytest.TestReport(
        nodeid=f"{SUITE}::{CHECK}",
        location=(SUITE, 0, CHECK),
        keywords={CHECK: 1},
        outcome="failed" if problems else "passed",
        longrepr="\n".join([headline, *problems]) if problems else None,
        when="call",
    )
