"""Running a step's suite: pytest in a process of its own, counted by `collector.py`.

The suite is the project's `tests/steps/test_<step>.py` where there is one, else the packaged
`suites/<step>.py`; a project's suite must still execute every packaged check.
"""

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from migration.config import Config
from migration.db.server import given
from migration.errors import EvidenceError
from migration.evidence.inputs import PACKAGE
from migration.evidence.receipt import Run
from migration.testing import PLUGINS

SITE = "migration.testing.site"
COLLECTOR = "migration.evidence.collector"
_LAST_LINES = 25


@dataclass(frozen=True)
class Plan:
    """One run of a suite."""

    major: int | None
    """The PostgreSQL that the run's own test server must be, where that matters."""
    workers: str | None
    """As pytest-xdist takes it, such as `auto`; None for one process without it."""
    checks: tuple[str, ...] = ()
    """The packaged checks that depend on the server; empty for the whole suite."""


SERIAL = Plan(major=None, workers=None)


def packaged_suite(step: str) -> Path:
    """Return the suite that comes with the tool."""
    return PACKAGE / "suites" / f"{step}.py"


def project_suite(config: Config, step: str) -> Path | None:
    """Return the project's own suite of a step, if it has one."""
    file = config.root / "tests" / "steps" / f"test_{step}.py"
    return file if file.is_file() else None


def required_checks(step: str) -> frozenset[str]:
    """Return the names of the packaged checks of a step, those at the end of a run included."""
    tree = ast.parse(packaged_suite(step).read_text(encoding="utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="AT_THE_END")], value=value):
                names += ast.literal_eval(value)
    return frozenset(name for name in names if name.startswith("test_"))


def run_suite(config: Config, step: str, plan: Plan, environ: Mapping[str, str]) -> Run:
    """Run the suite once on the real site and return what it executed.

    Raises EvidenceError when pytest itself did not get as far as a result.
    """
    with tempfile.TemporaryDirectory(prefix="migration-proof-") as folder:
        result = Path(folder) / "result.json"
        answer = subprocess.run(
            _command(config, step, plan, result),
            cwd=config.root,
            env=_environment(config, step, plan, environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if not result.exists():
            output = (answer.stdout + answer.stderr).strip().splitlines()
            raise EvidenceError(
                f"running the suite of {step}",
                "pytest ended without a result:\n" + "\n".join(output[-_LAST_LINES:]),
                "mend what it says; the suite runs by itself with `pytest tests/steps`",
            )
        values = json.loads(result.read_text(encoding="utf-8"))
    run = Run(**values)
    _assert_consistent(step, plan, run, exit_code=answer.returncode)
    # Where the plan does not ask for a server, the run's test server proves nothing.
    return replace(run, server=run.server if plan.major else None, checks=plan.checks)


def _command(config: Config, step: str, plan: Plan, result: Path) -> list[str]:
    suite = project_suite(config, step)
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
    for plugin in (*_plugins(plan), COLLECTOR):
        command += ["-p", plugin]
    if suite is None:
        # A project that has no tests of ours must not bend them with its own settings either.
        suite = packaged_suite(step)
        command += ["-c", str(PACKAGE / "suites" / "pytest.ini"), "--noconftest"]
    if plan.workers is not None:
        command.append(f"--numprocesses={plan.workers}")
    return [
        *command,
        f"--rootdir={config.root}",
        f"--migration-config={config.path}",
        "--migration-site=real",
        f"--migration-result={result}",
        *([f"{suite}::{check}" for check in plan.checks] or [str(suite)]),
    ]


def _plugins(plan: Plan) -> tuple[str, ...]:
    """Return what the suite needs; starting a test server takes its time."""
    return PLUGINS if plan.major is not None else (SITE,)


def _environment(
    config: Config, step: str, plan: Plan, environ: Mapping[str, str]
) -> dict[str, str]:
    # Options from outside could deselect tests.
    chosen = {name: value for name, value in environ.items() if name != "PYTEST_ADDOPTS"}
    path = [str(PACKAGE.parent), chosen.get("PYTHONPATH", "")]
    chosen["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    if plan.major is not None:
        chosen["PGSERVER_POSTGRES_VERSION"] = str(plan.major)
        url = chosen.get("TEST_DATABASE_URL")
        if url and given(url).major != plan.major:
            del chosen["TEST_DATABASE_URL"]
    elif project_suite(config, step) is None:
        # Neither do the plugins that happen to be installed have a say.
        chosen["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return chosen


def _assert_consistent(step: str, plan: Plan, run: Run, *, exit_code: int) -> None:
    if exit_code == 0 and run.failures:
        raise EvidenceError(
            f"running the suite of {step}",
            f"pytest ended well although {next(iter(run.failures))} failed",
            "look for a plugin that rewrites outcomes",
        )
    if plan.major is not None and not (run.server or "").startswith(f"{plan.major}."):
        raise EvidenceError(
            f"running the suite of {step} on PostgreSQL {plan.major}",
            f"it ran on {run.server or 'no server'}",
            f"unset TEST_DATABASE_URL, or let it name a PostgreSQL {plan.major}",
        )
