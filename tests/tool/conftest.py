"""Fixtures of the tests of moving data; what they hand out is described in `moving.py`."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from moving import SCHEMA, Move

from migration.copy import load, native
from migration.db import open_postgres, open_sqlite
from migration.db.clone import create_database, drop, fresh_name
from migration.db.server import RunningServer


@pytest.fixture(scope="session")
def move_target(server: RunningServer) -> Iterator[str]:
    """The URL of a database that the tests of this process use one after the other."""
    name = fresh_name("move")
    create_database(server, name)
    yield server.url(name)
    drop(server, name)


@pytest.fixture
def move(tmp_path: Path, move_target: str) -> Iterator[Move]:
    """An empty SQLite file, and a PostgreSQL database without any schema of ours."""
    file = tmp_path / "source.db"
    with (
        closing(open_sqlite(file, readonly=False)) as sqlite,
        open_postgres(move_target, schema=SCHEMA) as pg,
    ):
        pg.execute(f"DROP SCHEMA IF EXISTS {SCHEMA}, migration CASCADE".encode())
        yield Move(file, sqlite, pg)


@pytest.fixture(params=["python", *(["compiled"] if native.is_built() else [])])
def packer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pack in Python, and with the compiled packer where it was built."""
    if request.param == "python":
        monkeypatch.setattr(native, "_module", lambda: None)


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit often, so that a small table is copied in many transactions."""
    monkeypatch.setattr(load, "GROUP_BYTES", 20_000)
    monkeypatch.setattr("migration.copy.chunks.CHUNK_BYTES", 10_000)
    monkeypatch.setattr("migration.copy.chunks._MOST_ROWS_AT_ONCE", 50)
