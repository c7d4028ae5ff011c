"""The server: found or started, ended whatever happens, never disturbing another.

Everything here runs real servers, and real processes that are really killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from migration.db import (
    CannotConnect,
    connection_parts,
    embedded,
    open_postgres,
    search_path,
    url_with,
)
from migration.db.errors import ServerFailed, WrongServer
from migration.db.server import (
    MAJORS,
    UNSAFE_BUT_FAST,
    RunningServer,
    find_kept,
    given,
    kept_folder,
    start,
    stop_kept,
)
from migration.schema.model import quote

ROOT = Path(__file__).resolve().parents[2]
OWNER = """
import sys, time
from migration.db.server import start
server = start()
print(server.address.folder, flush=True)
sys.stdin.read()
server.stop()
"""
KEEPER = """
import sys
from pathlib import Path
from migration.db.server import start
print(start(folder=Path(sys.argv[1])).address)
"""


def _environment(**settings: str) -> dict[str, str]:
    """Return this process's environment, with the project on the path and no given server."""
    kept = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    return kept | {"PYTHONPATH": str(ROOT)} | settings


def _can_run_python(user: str) -> bool:
    try:
        return not subprocess.run(
            [sys.executable, "-c", "import psycopg"], user=user, cwd="/", check=False
        ).returncode
    except (OSError, ValueError, LookupError):
        return False


# As root, what an ordinary user sees is looked at too, where such a user can reach the interpreter.
USERS: list[str | None] = [None]
if os.geteuid() == 0 and _can_run_python("nobody"):
    USERS.append("nobody")


class Owner:
    """A process that owns a test server until it is told, or made, to end."""

    def __init__(self, user: str | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(HOME="/"),
            cwd="/",
            text=True,
            user=user,
        )
        assert self.process.stdout is not None
        self.folder = Path(self.process.stdout.readline().strip())

    def kill(self) -> None:
        self.process.kill()
        self._wait()

    def finish(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self._wait()

    def _wait(self) -> None:
        self.process.wait(timeout=30)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


@pytest.fixture
def no_given_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `start` embed a server, whatever this run uses."""
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a kept server that is ended after the test."""
    folder = kept_folder(tmp_path_factory.mktemp("project"))
    yield folder
    embedded.remove(folder)


@pytest.mark.usefixtures("no_given_server")
@pytest.mark.parametrize("major", MAJORS)
def test_a_test_server_is_of_the_major_asked_for_fast_and_gone_afterwards(major: int) -> None:
    with start(major=major) as server:
        assert (server.address.origin, server.address.major) == ("embedded", major)
        folder = server.address.folder
        assert folder is not None
        with server.connect() as connection:
            for name, wanted in UNSAFE_BUT_FAST.items():
                assert connection.execute(f"SHOW {name}").fetchone() == (wanted,)
            row = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
            assert row is not None
            assert row[0] >= 200
    assert embedded.find(folder) is None
    assert not folder.exists()


@pytest.mark.usefixtures("no_given_server")
def test_the_environment_is_left_as_it_was() -> None:
    before = dict(os.environ)
    start().stop()
    assert dict(os.environ) == before


def test_a_given_server_wins_and_is_left_running(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", server.url())
    with start() as found:
        assert found.address.origin == "given"
    with server.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_given_server_of_another_major_is_refused(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", server.url())
    other = next(major for major in MAJORS if major != server.address.major)
    with pytest.raises(WrongServer, match=f"needs PostgreSQL {other}"):
        start(major=other)


def test_a_given_server_whose_user_may_not_create_databases_is_refused(
    server: RunningServer, scratch_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = connection_parts(scratch_database)["dbname"] + "_reader"
    with server.connect() as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'S3cret'".encode())
    url = server.url().replace("postgresql://postgres@", f"postgresql://{role}:S3cret@")
    monkeypatch.setenv("TEST_DATABASE_URL", url)
    with pytest.raises(WrongServer, match="may not create databases") as refusal:
        start()
    assert "S3cret" not in str(refusal.value)
    with server.connect() as connection:
        connection.execute(f"DROP ROLE {role}".encode())


def test_an_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(CannotConnect, match=r"postgresql://ada:\*\*\*@") as failure:
        given(f"postgresql://ada:S3cret@/shop?host={tmp_path}")
    assert "S3cret" not in str(failure.value)
    assert "S3cret" not in repr(failure.value)


def test_an_address_that_is_no_url_is_refused_without_showing_it() -> None:
    with pytest.raises(CannotConnect, match="postgresql://user") as refusal:
        given("host=here password=S3cret")
    assert "S3cret" not in str(refusal.value)


def test_an_address_shows_no_password(server: RunningServer) -> None:
    url = server.url().replace("postgresql://postgres@", "postgresql://postgres:S3cret@")
    address = given(url)
    assert "S3cret" not in f"{address} {address!r}"


@pytest.mark.usefixtures("no_given_server")
def test_a_major_that_is_not_embedded_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSERVER_POSTGRES_VERSION", "9")
    with pytest.raises(WrongServer, match="cannot embed PostgreSQL 9"):
        start()


@pytest.mark.parametrize("user", USERS)
def test_a_server_whose_owner_was_killed_is_gone_after_the_next_start(user: str | None) -> None:
    killed, living = Owner(user), Owner()
    killed.kill()
    assert embedded.find(killed.folder) is not None
    following = Owner(user)
    assert embedded.find(killed.folder) is None
    assert not killed.folder.exists()
    assert embedded.find(living.folder) is not None
    living.finish()
    following.finish()
    assert not living.folder.exists()
    assert not following.folder.exists()


@pytest.mark.parametrize("user", USERS)
def test_servers_of_several_owners_live_side_by_side(user: str | None) -> None:
    owners = [Owner(), Owner(user)]
    assert len({owner.folder for owner in owners}) == 2
    for owner in owners:
        assert embedded.find(owner.folder) is not None
        owner.finish()
        assert not owner.folder.exists()


def _keep(folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", KEEPER, str(folder)],
        env=_environment(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_a_kept_server_survives_its_process_and_is_found_again(kept: Path) -> None:
    assert find_kept(kept) is None
    _keep(kept)
    found = find_kept(kept)
    assert found is not None
    with found.connect() as connection:
        begun = connection.execute("SELECT pg_postmaster_start_time()").fetchone()
    with start(folder=kept) as again, again.connect() as connection:
        assert connection.execute("SELECT pg_postmaster_start_time()").fetchone() == begun
    assert find_kept(kept) == found


def test_a_kept_server_is_durable_and_keeps_its_data(kept: Path) -> None:
    server = start(folder=kept)
    with server.connect() as connection:
        for name in UNSAFE_BUT_FAST:
            assert connection.execute(f"SHOW {name}").fetchone() == ("on",)
        connection.execute("CREATE DATABASE shop")
    assert stop_kept(kept)
    assert not stop_kept(kept)
    with start(folder=kept).connect() as connection:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'shop'").fetchone()
    assert row == (1,)


def test_a_kept_server_of_another_major_is_refused(kept: Path) -> None:
    running = start(folder=kept)
    other = next(major for major in MAJORS if major != running.address.major)
    with pytest.raises(WrongServer, match=f"needs PostgreSQL {other}"):
        start(folder=kept, major=other)


def test_a_server_that_does_not_start_is_reported_in_its_own_words(kept: Path) -> None:
    (kept / "data").mkdir(parents=True)
    (kept / "data" / "PG_VERSION").write_text(f"{MAJORS[0]}\n")
    with pytest.raises(ServerFailed, match=r"postgresql\.conf"):
        start(folder=kept)


def test_ending_a_server_that_never_was_is_no_error(tmp_path: Path) -> None:
    assert not stop_kept(tmp_path / "nowhere")


def test_each_project_has_a_kept_folder_of_its_own(tmp_path: Path) -> None:
    assert kept_folder(tmp_path / "one") == kept_folder(tmp_path / "one")
    assert kept_folder(tmp_path / "one") != kept_folder(tmp_path / "two")


PLUGIN = 'pytest_plugins = ("migration.testing.server", "migration.testing.header")'
SLOW = """
import os, pathlib, time

def test_slow(server):
    with server.connect() as connection:
        connection.execute("SELECT 1")
    note = pathlib.Path("folder.draft")
    note.write_text(str(server.address.folder))
    note.rename("folder")
    time.sleep(60)
"""


def _project(folder: Path, tests: str) -> None:
    (folder / "conftest.py").write_text(PLUGIN)
    (folder / "test_it.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")


# A run that a script put into the background ignores ctrl-C, and hands that on to its children.
HEARS_CTRL_C = (
    "import signal, sys, pytest\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "sys.exit(pytest.main())\n"
)


def _pytest(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HEARS_CTRL_C, *arguments],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A group of its own, as for a terminal: what is pressed there reaches every process.
        start_new_session=True,
    )


def _folder_of(run: subprocess.Popen[str], project: Path) -> Path:
    note = project / "folder"
    while not note.exists():
        assert run.poll() is None, run.communicate()[0]
    return Path(note.read_text())


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_that_fails_ends_its_server(tmp_path: Path, workers: str) -> None:
    _project(
        tmp_path,
        "import pathlib\n"
        "def test_it(server):\n"
        "    pathlib.Path('folder').write_text(str(server.address.folder))\n"
        "    assert False\n",
    )
    output, _ = _pytest(tmp_path, "-n", workers).communicate(timeout=60)
    assert "1 failed" in output
    assert "server: PostgreSQL" in output
    assert not Path((tmp_path / "folder").read_text()).exists()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_an_interrupted_run_ends_its_server(tmp_path: Path, workers: str) -> None:
    _project(tmp_path, SLOW)
    run = _pytest(tmp_path, "-n", workers)
    folder = _folder_of(run, tmp_path)
    os.killpg(run.pid, signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode
    assert not folder.exists()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_killed_run_leaves_nothing_after_the_next_start(tmp_path: Path, workers: str) -> None:
    _project(tmp_path, SLOW)
    run = _pytest(tmp_path, "-n", workers)
    folder = _folder_of(run, tmp_path)
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate(timeout=60)
    Owner().finish()
    assert embedded.find(folder) is None
    assert not folder.exists()


def test_workers_share_the_controllers_server(tmp_path: Path) -> None:
    _project(
        tmp_path,
        "import pathlib, pytest\n"
        "@pytest.mark.parametrize('number', range(4))\n"
        "def test_it(server, postgresql_noproc, worker_id, number):\n"
        "    assert postgresql_noproc.host == str(server.address.folder / 'data')\n"
        "    pathlib.Path(f'{worker_id} {number}').write_text(str(server.address.folder))\n",
    )
    output, _ = _pytest(tmp_path, "-n", "2").communicate(timeout=60)
    assert "4 passed" in output
    notes = list(tmp_path.glob("gw*"))
    assert len({note.name.split()[0] for note in notes}) == 2
    assert len({note.read_text() for note in notes}) == 1


def test_a_scratch_database_is_empty_and_ordered_by_bytes(
    server: RunningServer, scratch_database: str
) -> None:
    with server.connect(connection_parts(scratch_database)["dbname"]) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
        collation = connection.execute(
            "SELECT datcollate FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert (tables, collation) == ((0,), ("C",))


@pytest.mark.parametrize(
    ("url", "changes", "expected"),
    [
        ("postgresql:///a?host=/run", {"database": "b"}, "postgresql:///b?host=/run"),
        ("postgres://u:p@h:5433/a", {"database": "b c"}, "postgresql://u:p@h:5433/b%20c"),
        (
            "postgresql://h/a?options=-c%20x%3D1&sslmode=require",
            {"options": "-c search_path=pet"},
            "postgresql://h/a?sslmode=require&options=-c%20search_path%3Dpet",
        ),
        ("postgresql://h?dbname=a", {"database": "b"}, "postgresql://h/b"),
    ],
)
def test_a_url_with_another_database_or_options(
    url: str, changes: Mapping[str, str], expected: str
) -> None:
    assert url_with(url, **changes) == expected


@pytest.mark.parametrize("schema", ["pet_game", "My-App", 'odd "name" \\ é'])
def test_a_search_path_leads_to_the_schema_whatever_its_name(
    scratch_database: str, schema: str
) -> None:
    with open_postgres(scratch_database) as connection:
        connection.execute(f"CREATE SCHEMA {quote(schema)}".encode())
    with open_postgres(url_with(scratch_database, options=search_path(schema))) as connection:
        assert connection.execute("SELECT current_schema()").fetchone() == (schema,)
