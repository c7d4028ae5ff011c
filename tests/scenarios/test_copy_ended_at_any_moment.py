"""A copy that is killed, cut off, interrupted, or runs into a full disk or a damaged file.

Always through the real command, on a source large enough for several transactions. Afterwards
everything is there and proved, or the same command goes on where it stopped, and says so; nothing
is lost and nothing is there twice. With FULL_SIZE=1 there are 50 kills and 20 cuts.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from migration.db import PgConnection, SqliteConnection, open_postgres, open_sqlite
from migration.db.clone import create_database, drop, fresh_name
from migration.db.embedded import find
from migration.db.server import RunningServer, start, stop_kept

REPOSITORY = Path(__file__).parents[2]
KILLS, CUTS = (50, 20) if os.environ.get("FULL_SIZE") else (2, 1)
ROWS = {"wide": 14_000, "narrow": 40_000, "loose": 3_000, "keyed": 3_000}
SOURCE = """
    PRAGMA synchronous = OFF;
    CREATE TABLE wide (id INTEGER PRIMARY KEY, body TEXT, blob BLOB);
    CREATE TABLE narrow (id INTEGER PRIMARY KEY, n INTEGER, r REAL, at DATETIME);
    CREATE TABLE loose (v TEXT);
    CREATE TABLE keyed (code TEXT PRIMARY KEY, wide INTEGER REFERENCES wide) WITHOUT ROWID;
    WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 40000)
    INSERT INTO narrow SELECT i, i * i, i / 3.0, datetime(i * 997, 'unixepoch') FROM k;
    INSERT INTO wide SELECT id, hex(randomblob(700)), randomblob(800) FROM narrow LIMIT 14000;
    INSERT INTO loose SELECT body FROM wide LIMIT 3000;
    INSERT INTO keyed SELECT 'k' || id, id FROM wide LIMIT 3000;
    CREATE INDEX by_body ON wide (body);
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source of about 35 MB, the same for every test that leaves it alone."""
    file = tmp_path_factory.mktemp("source") / "large.db"
    with closing(open_sqlite(file, readonly=False)) as connection:
        connection.executescript(SOURCE)
    return file


@dataclass(frozen=True)
class Move:
    """The file on its way into a database."""

    file: Path
    url: str

    def begin(self) -> subprocess.Popen[str]:
        """Start the command."""
        return subprocess.Popen(
            [sys.executable, "-m", "migration", "transfer", str(self.file), self.url],
            cwd=self.file.parent,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        process = self.begin()
        output, errors = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def connect(self) -> PgConnection:
        """Look at the target from outside."""
        return open_postgres(self.url, schema="large")

    def stage(self) -> str:
        """Return how far the copy says it is."""
        with self.connect() as connection:
            if connection.execute("SELECT to_regclass('migration.copies')").fetchone() == (None,):
                return "not begun"
            row = connection.execute("SELECT stage FROM migration.copies").fetchone()
        return str(row[0]) if row else "not begun"

    def rows_in_place(self) -> int:
        """Return how many rows of the first table are visible."""
        with self.connect() as connection:
            if connection.execute("SELECT to_regclass('large.wide')").fetchone() == (None,):
                return 0
            row = connection.execute("SELECT count(*) FROM wide").fetchone()
        return int(row[0]) if row else 0

    def wait_for_rows(self, process: subprocess.Popen[str], *, least: int = 1) -> None:
        """Wait until some rows are committed and the command is still at work."""
        while process.poll() is None and self.rows_in_place() < least:
            time.sleep(0.01)
        assert process.poll() is None, process.communicate()

    def assert_complete(self) -> None:
        """Expect that nothing is lost, nothing there twice, and everything proved."""
        assert self.stage() == "proved"
        with self.connect() as connection:
            for table, rows in ROWS.items():
                counted = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
                assert counted == (rows,), table

    def goes_on(self) -> None:
        """Expect that the same command, run again, brings the rest."""
        stage = self.stage()
        done = self.finish()
        if stage == "proved":
            assert "already holds rows" in done.stderr
        else:
            assert done.returncode == 0, done.stdout + done.stderr
            assert ("going on with the copy" in done.stdout) == (stage != "not begun")
        self.assert_complete()


@pytest.fixture
def move(source: Path, server: RunningServer) -> Iterator[Move]:
    """The source, and an empty database."""
    name = fresh_name("trouble")
    create_database(server, name)
    yield Move(source, server.url(name))
    drop(server, name)


@pytest.fixture(scope="module")
def duration(source: Path, server: RunningServer) -> float:
    """How long an undisturbed move takes, in seconds."""
    name = fresh_name("undisturbed")
    create_database(server, name)
    began = time.monotonic()
    move = Move(source, server.url(name))
    assert move.finish().returncode == 0
    took = time.monotonic() - began
    move.assert_complete()
    drop(server, name)
    return took


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_any_moment(move: Move, duration: float, number: int) -> None:
    process = move.begin()
    time.sleep(random.Random(number).uniform(0.2, 1) * duration)
    process.kill()
    process.communicate()
    move.goes_on()


@pytest.mark.parametrize("number", range(CUTS))
def test_the_connection_is_cut(move: Move, number: int) -> None:
    process = move.begin()
    move.wait_for_rows(process, least=random.Random(number).randrange(1, 10_000))
    with move.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    _, errors = process.communicate()
    assert process.returncode == 1, errors
    assert "run the same command again: it goes on where it stopped" in errors
    move.goes_on()


def test_interrupted_at_the_keyboard(move: Move) -> None:
    process = move.begin()
    move.wait_for_rows(process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "it was interrupted;" in errors
    assert "rows are in place and stay there" in errors
    assert "Traceback" not in errors
    move.goes_on()


def test_two_at_once(move: Move) -> None:
    first = move.begin()
    move.wait_for_rows(first)
    second = move.finish()
    assert second.returncode == 1
    assert "another copy into it is at work" in second.stderr or "holds rows" in second.stderr
    output, errors = first.communicate()
    assert first.returncode == 0, output + errors
    move.assert_complete()


def write_meanwhile(move: Move, connection: SqliteConnection) -> subprocess.Popen[str]:
    process = move.begin()
    move.wait_for_rows(process)
    connection.execute("INSERT INTO loose VALUES ('late')")
    return process


def test_written_to_meanwhile(source: Path, move: Move, tmp_path: Path) -> None:
    """In WAL mode a writer need not wait; what it writes is not copied, and that is said."""
    own = Move(shutil.copy(source, tmp_path / "large.db"), move.url)
    with closing(open_sqlite(own.file, readonly=False)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        output, errors = write_meanwhile(own, connection).communicate()
        assert "was written to meanwhile; nothing of that was copied" in output, errors
        assert "loose (v='late'): missing" in output
        own.assert_complete()


def test_written_to_after_it_was_killed(source: Path, move: Move, tmp_path: Path) -> None:
    """What was copied is no longer what the source holds, so nothing goes on from it."""
    own = Move(shutil.copy(source, tmp_path / "large.db"), move.url)
    process = own.begin()
    own.wait_for_rows(process)
    process.kill()
    process.communicate()
    with closing(open_sqlite(own.file, readonly=False)) as connection:
        connection.execute("UPDATE wide SET body = 'other' WHERE id = 5")
    refused = own.finish()
    assert refused.returncode == 1
    assert "the source was written to since: wide no longer holds the rows" in refused.stderr


@pytest.mark.parametrize("damage", ["cut off", "overwritten"])
def test_a_damaged_source(source: Path, move: Move, tmp_path: Path, damage: str) -> None:
    own = Move(shutil.copy(source, tmp_path / "large.db"), move.url)
    size = own.file.stat().st_size
    with own.file.open("r+b") as file:
        if damage == "cut off":
            file.truncate(size // 3 // 4096 * 4096)
        else:
            file.seek(size // 3 // 4096 * 4096)
            file.write(b"\xff" * 400_000)
    refused = own.finish()
    assert refused.returncode == 1
    assert "malformed" in refused.stderr, refused.stderr
    shutil.copy(source, own.file)
    own.goes_on()


@pytest.fixture
def own_server() -> Iterator[Path]:
    """The folder for a durable server of the test's own, which may be maltreated."""
    folder = Path(tempfile.mkdtemp(prefix="migration-trouble-"))
    yield folder
    stop_kept(folder)
    shutil.rmtree(folder)


def on_it(own_server: Path, source: Path) -> Move:
    server = start(folder=own_server)
    create_database(server, "trouble")
    return Move(source, server.url("trouble"))


def test_the_server_is_restarted(source: Path, own_server: Path) -> None:
    move = on_it(own_server, source)
    process = move.begin()
    move.wait_for_rows(process)
    postmaster = find(own_server)
    assert postmaster
    os.kill(postmaster.pid, signal.SIGQUIT)  # as after a crash, without time to write anything
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "it goes on where it stopped" in errors
    while find(own_server):
        time.sleep(0.05)
    start(folder=own_server)
    move.goes_on()


@contextmanager
def no_large_files() -> Iterator[None]:
    """Let no file of a process that is started inside grow beyond 20 MB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_disk_is_full(source: Path, own_server: Path) -> None:
    with no_large_files():
        move = on_it(own_server, source)
    refused = move.finish()
    assert refused.returncode == 1
    assert "could not extend file" in refused.stderr
    assert "it goes on where it stopped" in refused.stderr
    assert move.stage() == "loading"
    stop_kept(own_server)
    start(folder=own_server)
    move.goes_on()
