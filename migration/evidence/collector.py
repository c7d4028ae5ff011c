"""Pytest plugin: writes down what a run executed, for `suite.py` to read.

Loaded with `-p`; does nothing without `--migration-result`. With several workers only the
controller writes, for every outcome reaches it.
"""

import json
from pathlib import Path

import pytest

from migration.evidence.receipt import PASSED, Run

_LONGEST = 4000


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the file of results."""
    group = parser.getgroup("migration")
    group.addoption("--migration-result", type=Path, help="write what was executed to this file")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count, unless this is a worker or nobody asked."""
    file = config.getoption("migration_result")
    if file is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Collector(config, file), "migration-collector")


class _Collector:
    def __init__(self, config: pytest.Config, file: Path) -> None:
        self._config = config
        self._file = file
        self._outcomes: dict[str, str] = {}
        self._failures: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome, name = _outcome(report), _name(report.nodeid)
        # The worst counts: a test that passed and then failed to clean up is no pass.
        if outcome is not None and self._outcomes.get(name, PASSED) == PASSED:
            self._outcomes[name] = outcome
        if report.failed:
            self._failures.setdefault(name, _told(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._outcomes[_name(report.nodeid)] = "error"
            self._failures[_name(report.nodeid)] = _told(report)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._outcomes.update({_name(item.nodeid): "deselected" for item in items})

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not (
            self._failures
        ):
            self._failures["pytest"] = f"ended with exit status {int(exitstatus)}"
        run = Run(self._outcomes, self._failures, self._server())
        self._file.write_text(json.dumps(vars(run)), encoding="utf-8")

    def _server(self) -> str | None:
        """Return the version of the run's test server, if it has one."""
        # Asked for by name: importing the plugin here would keep pytest from rewriting it.
        plugin = self._config.pluginmanager.get_plugin("migration.testing.server")
        running = self._config.stash.get(plugin.RUNNING, None) if plugin else None
        return running.address.version if running else None


def _name(node: str) -> str:
    """Return a test's name without its file, for a suite is one file; a file's for the file."""
    return node.partition("::")[2] or Path(node).name


def _outcome(report: pytest.TestReport) -> str | None:
    """Return the outcome that a phase of a test decides, or None when it decides nothing."""
    expected = hasattr(report, "wasxfail")
    if report.when == "call" or report.skipped:
        if report.skipped:
            return "xfailed" if expected else "skipped"
        return "xpassed" if expected and report.passed else report.outcome
    return "error" if report.failed else None


def _told(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return what the failure says of itself, without the way that led there."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message if crash is not None else report.longreprtext).strip()
    # Those of `assert` and of `pytest.fail`, which say nothing.
    text = text.removeprefix("AssertionError: ").removeprefix("Failed: ")
    return text[:_LONGEST] or "no message"
