"""The application as it runs in production, under gunicorn, on the seed as of this moment."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from api.db import LOGICAL
from fixtures.seed import build, protection
from migration.copy import copy_database
from migration.db import open_postgres, open_sqlite
from migration.db.clone import create_database, drop, fresh_name
from migration.db.server import RunningServer
from migration.schema.apply import apply
from migration.schema.convert import convert
from migration.schema.ddl import render
from migration.source.catalogue import read

ENGINES = ("sqlite", "postgres")
ROOT = Path(__file__).parents[2]
SECONDS = 30


@contextmanager
def serving(engine: str, folder: Path, server: RunningServer) -> Iterator[str]:
    """Serve the application on one of ENGINES; yield its address."""
    build(folder / "seed", datetime.now(UTC))
    if engine == "sqlite":
        with _gunicorn(folder, str(folder / "seed" / "therapist_app.db")) as address:
            yield address
        return
    name = fresh_name("browser")
    create_database(server, name)
    try:
        for logical in LOGICAL:
            _move(folder / "seed" / f"{logical}.db", logical, server.url(name))
        with _gunicorn(folder, server.url(name)) as address:
            yield address
    finally:
        drop(server, name)


def _move(file: Path, logical: str, url: str) -> None:
    with closing(open_sqlite(file)) as source, open_postgres(url) as target:
        schema = convert(read(source), schema=logical)
        apply(target, render(schema))
        copy_database(source, target, schema)


@contextmanager
def _gunicorn(folder: Path, database: str) -> Iterator[str]:
    # The browser takes a machine's own name for a safe place, where secure cookies are kept.
    with socket.create_server(("127.0.0.1", 0)) as listening, (folder / "log").open("w") as log:
        address = f"http://localhost:{listening.getsockname()[1]}"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--threads", "4"),
                *("--bind", f"fd://{listening.fileno()}", "api:create_app()"),
            ],
            cwd=ROOT,
            env=_environment(database),
            stdout=log,
            stderr=log,
            pass_fds=[listening.fileno()],
        )
    try:
        _wait_for(f"{address}/api/ready", process, folder / "log")
        yield address
    finally:
        process.terminate()
        process.wait(SECONDS)


def _environment(database: str) -> Mapping[str, str]:
    passed_on = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return passed_on | {
        "DATABASE_URL": database,
        "SECRET_KEY": "a key for the browser tests only",
        "ENCRYPTION_KEY": protection.ENCRYPTION_KEY,
        "LIMITS_ENABLED": "0",
    }


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not _answers(url):
        in_time = process.poll() is None and time.monotonic() < deadline
        assert in_time, f"The application does not get ready:\n{log.read_text()}"
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=SECONDS):
            return True
    except urllib.error.URLError:
        return False
