"""The way of the earlier application's files: upgraded, moved to PostgreSQL, served.

And what may come between: a process that is killed, a disk that is full, a wrong command.
"""

import io
import json
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from old_files import LOGICAL, build_old, change, fates, files
from serving import PRODUCTION, container

from api import create_app
from api.db import close_pools
from fixtures.seed import protection
from migration.compare.data import compare_data
from migration.copy import copy_database
from migration.db import open_postgres, open_sqlite
from migration.schema.apply import apply
from migration.schema.convert import convert
from migration.schema.ddl import render
from migration.source.catalogue import read
from migration.source.profile import profile

SECONDS = 60
OLD_PIN_SALT = {"PIN_SALT": protection.PIN_SALT}
PROTECTED = [f"users.{name}" for name in ("full_name", "dob", "conditions", "email", "phone")]
# ada's is Argon2, ben's bcrypt, cem's PBKDF2, dot's SHA-256; ben's and dot's PINs were plain text.
PEOPLE = ("ada", "ben", "cem", "dot")

UPGRADE_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from zoneinfo import ZoneInfo
from api import create_app
from api.db.upgrade import upgrade

def stop(table, done, total):
    if table == "mood_logs":
        print("in the middle", flush=True)
        time.sleep(600)

with create_app().app_context():
    upgrade(Path(sys.argv[1]), Path(sys.argv[2]), zone=ZoneInfo("UTC"), progress=stop)
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return build_old(tmp_path / "old")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new"


def command(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m api` with these arguments, in the environment of production."""
    return subprocess.run(
        [sys.executable, "-m", "api", *map(str, arguments)],
        env=container(**{**PRODUCTION, **OLD_PIN_SALT, **variables}),
        cwd=Path(sys.prefix),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def without_rejects(old: Path) -> None:
    """Take the rows out of the old files that the new schema cannot hold."""
    for logical in LOGICAL:
        doomed = [fate for fate in fates(logical) if fate.outcome == "rejected"]
        change(
            old,
            logical,
            "".join(
                f"DELETE FROM {fate.table} WHERE rowid = (SELECT rowid FROM {fate.table}"
                f" ORDER BY rowid LIMIT 1 OFFSET {fate.number - 1});"
                for fate in reversed(doomed)
            ),
        )


class TestTheCommand:
    def test_rejected_rows_make_it_end_with_1(self, old: Path, new: Path) -> None:
        done = command("upgrade", old, new, "--json")
        report = json.loads(done.stdout)
        assert (done.returncode, done.stderr) == (1, "")
        expected = [fate for logical in LOGICAL for fate in fates(logical)]
        assert sum(table["rows"] for table in report["tables"]) == len(expected)
        assert report["rejected"] == sum(fate.outcome == "rejected" for fate in expected)
        assert report["rejects"] == str(new / "upgrade_rejects.db")

    def test_without_any_it_ends_with_0(self, old: Path, new: Path) -> None:
        without_rejects(old)
        done = command("upgrade", old, new)
        assert (done.returncode, done.stderr) == (0, "")
        *totals, last = done.stdout.splitlines()
        assert [line.partition(":")[0] for line in totals] == list(LOGICAL)
        assert all(line.endswith(" 0 rejected") for line in totals)
        assert last == f"The new databases are in {new}."

    def test_at_a_terminal_it_shows_every_rule(self, old: Path, new: Path) -> None:
        done = command("upgrade", old, new, FORCE_COLOR="1", COLUMNS="120")
        for told in ("therapist_app.mood_logs", "day_as_before", "sqlite3 ", "upgrade_rejects"):
            assert told in done.stdout

    @pytest.mark.parametrize(
        ("arguments", "variables", "told"),
        [
            (["{old}"], {}, "Missing argument 'NEW'"),
            (["{old}/nothing", "{new}"], {}, "does not exist"),
            (["{old}", "{old}/new"], {}, "name a new folder outside of the old one"),
            (["{old}", "{new}", "--zone", "Mars/Olympus"], {}, "'Mars/Olympus' is no zone"),
            (["{old}", "{new}"], {"ENCRYPTION_KEY": ""}, "ENCRYPTION_KEY is not set"),
            (["{old}", "/proc/nothing/new"], {}, "why: No such file or directory"),
        ],
    )
    def test_what_cannot_be_is_refused_with_2(
        self, old: Path, new: Path, arguments: list[str], variables: dict[str, str], told: str
    ) -> None:
        given = [argument.format(old=old, new=new) for argument in arguments]
        done = command("upgrade", *given, **variables)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
        assert "Traceback" not in done.stderr
        assert not new.exists()

    def test_the_zone_is_that_of_the_old_server(self, old: Path, new: Path) -> None:
        command("upgrade", old, new, "--zone", "America/New_York")
        with closing(open_sqlite(new / "therapist_app.db")) as main:
            (moment,) = main.execute("SELECT timestamp FROM audit_logs WHERE id = 2").fetchone()
        assert moment == "2025-01-01 15:00:00.654321"


def test_killed_in_the_middle_and_run_again(old: Path, new: Path) -> None:
    before = files(old)
    process = subprocess.Popen(
        [sys.executable, "-c", UPGRADE_UNTIL_KILLED, str(old), str(new)],
        env=container(**PRODUCTION),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGKILL
    assert files(old) == before
    assert [path.name for path in new.parent.glob("new*")] == ["new.upgrading"]
    assert command("upgrade", old, new).returncode == 1
    assert files(old) == before
    assert [path.name for path in new.parent.glob("new*")] == ["new"]


@pytest.mark.parametrize("enough_for_the_copy", [False, True])
def test_a_full_disk_leaves_everything_as_it_was(
    old: Path, new: Path, enough_for_the_copy: bool
) -> None:
    """The result is larger than the old file: there are more keys, and tokens are longer."""
    main = (old / "therapist_app.db").stat().st_size
    blocks = main // 1024 if enough_for_the_copy else 20
    before = files(old)
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f {blocks}; exec "$0" -m api upgrade "$1" "$2"',
         sys.executable, str(old), str(new)],
        env=container(**PRODUCTION),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert f"Error: write {new}" in done.stderr
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert files(old) == before
    assert list(new.parent.glob("new*")) == []


@pytest.fixture(scope="module")
def upgraded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upgraded")
    done = command("upgrade", build_old(folder / "old"), folder / "new")
    assert done.returncode == 1, done.stderr
    return folder / "new"


class TestServed:
    @pytest.fixture
    def upgraded(self, upgraded_once: Path, new: Path) -> Path:
        return Path(shutil.copytree(upgraded_once, new))

    @pytest.fixture(params=["sqlite", "postgres"])
    def app(self, upgraded: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
        """The application on what was upgraded, on either engine."""
        url = str(upgraded / "therapist_app.db")
        if request.param == "postgres":
            url = request.getfixturevalue("scratch_database")
            for logical in LOGICAL:
                moved_to_postgres(upgraded / f"{logical}.db", logical, url)
        settings = {
            "TESTING": True,
            "ARGON2_COST": "minimum",
            "LIMITS_ENABLED": False,
            "DATABASE_URL": url,
            "CLOCK": lambda: datetime(2025, 7, 20, 10, tzinfo=UTC),
        }
        app = create_app(PRODUCTION | OLD_PIN_SALT | settings)
        yield app
        close_pools(app)

    def test_everybody_logs_in_twice_and_is_renewed(self, app: Flask) -> None:
        for person in PEOPLE:
            for _ in range(2):
                logged_in(app, person)
        assert app.test_client().get("/api/ready").status_code == 200

    def test_nobody_else_does(self, app: Flask) -> None:
        for person in ("eli", "gone"):
            answer = app.test_client().post("/api/auth/login", json=credentials(person))
            assert answer.status_code == 401

    def test_a_patient_finds_what_was_there(self, app: Flask) -> None:
        ada = logged_in(app, "ada")
        moods = answered(ada, "/api/mood/history")["logs"]
        assert [(mood["id"], mood["mood_val"], mood["timestamp"]) for mood in moods] == [
            (14, 5, "2025-07-11 10:00:00"),
            (12, 5, "2025-07-10 10:00:00"),
            (7, 3, "2025-07-05 11:00:00"),
            (5, 8, "2025-07-02 23:30:00"),
            (3, 5, "2025-07-01 20:00:00"),
            (2, 6, "2025-06-30 23:30:00"),
            (1, 7, "2025-01-10 23:30:00"),
        ]
        assert moods[-1]["sleep_val"] == 7.0
        pet = answered(ada, "/api/pet/status")["pet"]
        assert (pet["name"], pet["coins"], pet["stage"]) == ("Rex", 10, "Child")
        assert answered(ada, "/api/training/consent/status") == {"consented": True}

    def test_their_own_archive_is_in_plain_text(self, app: Flask) -> None:
        """The archive of an account opens every protected field."""
        archive = logged_in(app, "ada").get("/api/account/export").data
        with zipfile.ZipFile(io.BytesIO(archive)) as parts:
            (name,) = (name for name in parts.namelist() if name.endswith("users.json"))
            (user,) = json.loads(parts.read(name))
        assert (user["full_name"], user["email"]) == ("Ada Marlow", "ada@example.org")


def moved_to_postgres(file: Path, logical: str, url: str) -> None:
    """Move a file as the migration does, and prove that every row has arrived."""
    with closing(open_sqlite(file)) as source, open_postgres(url) as target:
        catalogue = read(source)
        findings = profile(source, catalogue).findings
        assert [each for each in findings if each.severity == "error"] == []
        schema = convert(catalogue, schema=logical)
        apply(target, render(schema))
        assert copy_database(source, target, schema).complete
        compared = compare_data(source, target, schema=logical, protected=PROTECTED)
        assert compared.identical, compared.differences


def credentials(username: str) -> dict[str, str]:
    return {"username": username, "password": protection.PASSWORD, "pin": protection.PIN}


def logged_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/api/auth/login", json=credentials(username))
    assert answer.status_code == 200, (username, answer.text)
    return client


def answered(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found
