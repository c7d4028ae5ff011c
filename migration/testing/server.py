"""Pytest plugin: one PostgreSQL server, and one folder, for the whole run.

The controller starts the server before the workers and ends it after them; a worker is told where
it is. pytest-postgresql's `postgresql_noproc` finds the same server. Databases with content:
`databases.py`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from migration.db import connection_parts
from migration.db.clone import create_database, drop, fresh_name
from migration.db.server import RunningServer, ServerAddress, start


@dataclass(frozen=True)
class Run:
    """What the processes of one run share beside the server."""

    folder: Path
    template: str


RUNNING = pytest.StashKey[RunningServer]()
RUN = pytest.StashKey[Run]()
# What the controller hands to a worker, under this key of `workerinput`.
HANDOVER = "migration"


def pytest_configure(config: pytest.Config) -> None:
    """Start the server, or in a worker take over the controller's."""
    if config.getoption("collectonly") or config.getoption("help") or _may_wait(config):
        return
    handed: dict[str, Any] | None = getattr(config, "workerinput", {}).get(HANDOVER)
    if handed is None:
        _begin(config)
    else:
        folder = handed["server"]["folder"]
        address = ServerAddress(**(handed["server"] | {"folder": folder and Path(folder)}))
        config.stash[RUNNING] = RunningServer(address)
        config.stash[RUN] = Run(Path(handed["folder"]), handed["template"])
    _point_pytest_postgresql_at(config.stash[RUNNING].address, config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where everything is; options changed here would not reach it."""
    address, run = node.config.stash[RUNNING].address, node.config.stash[RUN]
    node.workerinput[HANDOVER] = {
        "server": asdict(address) | {"folder": address.folder and str(address.folder)},
        "folder": str(run.folder),
        "template": run.template,
    }


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> RunningServer:
    """The PostgreSQL server of this run; in a worker, a view of the controller's."""
    if RUNNING not in pytestconfig.stash:
        _begin(pytestconfig)
        _point_pytest_postgresql_at(pytestconfig.stash[RUNNING].address, pytestconfig)
    return pytestconfig.stash[RUNNING]


@pytest.fixture
def scratch_database(server: RunningServer) -> Iterator[str]:
    """The URL of an empty database that lives as long as the test."""
    name = fresh_name("scratch")
    create_database(server, name)
    yield server.url(name)
    drop(server, name)


def _may_wait(config: pytest.Config) -> bool:
    """Say whether to start no server before a test asks for one.

    The suites of steps look at the real target, and most of them at nothing else. Workers could
    not be told later.
    """
    real = config.getoption("migration_site", default=None) == "real"
    return real and not config.getoption("numprocesses", default=None)


def _begin(config: pytest.Config) -> None:
    running = start()
    config.add_cleanup(running.stop)
    # With the embedded server's folder goes whatever a killed run leaves behind.
    folder = Path(tempfile.mkdtemp(prefix="migration-run-", dir=running.address.folder))
    config.stash[RUNNING] = running
    config.stash[RUN] = run = Run(folder, fresh_name("template"))
    config.add_cleanup(lambda: _end(run, running))


def _end(run: Run, running: RunningServer) -> None:
    # An embedded server takes its databases with it.
    if running.address.origin == "given":
        drop(running, run.template)
    shutil.rmtree(run.folder, ignore_errors=True)


def _point_pytest_postgresql_at(address: ServerAddress, config: pytest.Config) -> None:
    parts = connection_parts(address.url())
    for part in ("host", "port", "user", "password", "options"):
        setattr(config.option, f"postgresql_{part}", parts.get(part))
    config.option.postgresql_maintenance_dbname = parts.get("dbname")
