"""Pytest plugin: the template of the run, and each worker's own arms cloned from it.

The first worker that needs the template builds it, under a lock of the server; a run that needs
none pays nothing. The server: `server.py`; what an arm is: `migration/replay/arms/`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from migration.config import Config
from migration.db.clone import fresh_name, is_sealed
from migration.db.server import RunningServer
from migration.replay.app import reader_of
from migration.replay.arms import PostgresArm, SqliteArm
from migration.replay.template import Templates, build_template
from migration.testing.server import RUN, Run

BUILDING = 7_236_455_101  # any number that nobody else locks


@pytest.fixture(scope="session")
def templates(
    pytestconfig: pytest.Config, server: RunningServer, migration_config: Config
) -> Templates:
    """The seed on both engines, built once for all workers."""
    run: Run = pytestconfig.stash[RUN]
    folder = run.folder / "template"
    with server.connect() as connection:
        # Held until this connection closes, so that the others find the finished template.
        connection.execute("SELECT pg_advisory_lock(%s)", [BUILDING])
        if is_sealed(server, run.template):
            return Templates(folder, run.template)
        folder.mkdir(exist_ok=True)
        return build_template(
            migration_config, server, folder, migration_config.replay.now, name=run.template
        )


@pytest.fixture(scope="session")
def sqlite_arm(
    templates: Templates, migration_config: Config, pytestconfig: pytest.Config
) -> Iterator[SqliteArm]:
    """The reference: this worker's own files, in memory where the server's are."""
    folder = Path(tempfile.mkdtemp(prefix="sqlite-", dir=pytestconfig.stash[RUN].folder))
    arm = SqliteArm(templates.folder, folder, migration_config, reader_of(migration_config))
    yield arm
    arm.close()


@pytest.fixture(scope="session")
def postgres_arm(
    templates: Templates, migration_config: Config, server: RunningServer
) -> Iterator[PostgresArm]:
    """The candidate: this worker's own database."""
    arm = PostgresArm(
        server,
        templates.database,
        fresh_name("worker"),
        migration_config,
        reader_of(migration_config),
    )
    yield arm
    arm.close()
