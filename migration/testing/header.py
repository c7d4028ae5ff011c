"""Pytest plugin: what a run says of itself at the top, for whoever reads a report later."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from migration.config_file import load
from migration.db.clone import COLLATION
from migration.errors import MigrationError
from migration.replay.goldens import Goldens
from migration.replay.manifest import Manifest
from migration.testing.server import RUNNING


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Name server, collation, workers and the golden set."""
    running = config.stash.get(RUNNING, None)
    if running is None:
        return []
    path = config.getoption("migration_config", default=None) or config.rootpath / "migration.toml"
    workers = config.getoption("numprocesses", default=None) or 0
    return [
        f"server: {running.address}, collation {COLLATION}",
        f"workers: {workers} on {os.cpu_count()} processors",
        f"goldens: {_golden_set(path)}",
    ]


def _golden_set(path: Path) -> str:
    """Return how many goldens there are and which set they are."""
    if not path.is_file():
        return "none"
    try:
        folder = load(path).replay.goldens
        claimed = Manifest.of(folder).claimed
    except MigrationError as error:
        # Whatever is wrong is told by the test that needs it.
        return f"unreadable ({error.what})"
    return (
        f"{len(list(Goldens(folder).names()))}, set {claimed[:12] if claimed else 'not accepted'}"
    )
