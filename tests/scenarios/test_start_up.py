"""Starting the application: with each form of settings, and with databases that are not there.

It starts and is ready, or starts and says what is not ready, or refuses with one sentence.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict
from serving import PRODUCTION, REPOSITORY, refused, started

from api.db.addresses import LOGICAL
from migration.db import open_postgres
from migration.db.clone import create_database, drop, fresh_name
from migration.db.server import RunningServer

URLS = dict(
    zip(LOGICAL, ("DATABASE_URL", "PET_DATABASE_URL", "TRAINING_DATABASE_URL"), strict=True)
)
NAMES = dict(zip(LOGICAL, ("DB_NAME", "PET_DB_NAME", "TRAINING_DB_NAME"), strict=True))


def fill(url: str, *logical: str) -> None:
    """Make the tables as the migration makes them."""
    with open_postgres(url) as connection:
        for name in logical:
            ddl = REPOSITORY / "api" / "db" / "schema" / "postgres" / f"{name}.sql"
            connection.execute(ddl.read_bytes())


@pytest.fixture
def one_database(scratch_database: str) -> str:
    fill(scratch_database, *LOGICAL)
    return scratch_database


@pytest.fixture
def three_databases(server: RunningServer) -> Iterator[dict[str, str]]:
    created = {logical: fresh_name(logical) for logical in LOGICAL}
    for logical, name in created.items():
        create_database(server, name)
        fill(server.url(name), logical)
    yield {logical: server.url(name) for logical, name in created.items()}
    for name in created.values():
        drop(server, name)


def parts(urls: dict[str, str]) -> dict[str, str]:
    """The same databases as DB_ settings."""
    found = conninfo_to_dict(next(iter(urls.values())))
    named = {NAMES[logical]: str(conninfo_to_dict(url)["dbname"]) for logical, url in urls.items()}
    return {
        "DB_HOST": str(found["host"]),
        "DB_PORT": str(found.get("port", 5432)),
        "DB_USER": str(found["user"]),
        "DB_PASSWORD": "not asked for on a socket",
        **named,
    }


def assert_ready(folder: Path, **variables: str) -> None:
    with started(folder, **PRODUCTION, **variables) as served:
        status, body = served.ask("/api/ready")
    assert (status, json.loads(body)["databases"]) == (200, dict.fromkeys(LOGICAL, "ok"))


def test_with_files_in_the_working_directory(tmp_path: Path) -> None:
    assert_ready(tmp_path)
    assert {file.stem for file in tmp_path.glob("*.db")} == set(LOGICAL)


def test_with_one_postgresql_url(tmp_path: Path, one_database: str) -> None:
    assert_ready(tmp_path, DATABASE_URL=one_database.replace("postgresql://", "postgres://"))


def test_with_three_postgresql_urls(tmp_path: Path, three_databases: dict[str, str]) -> None:
    assert_ready(tmp_path, **{URLS[name]: url for name, url in three_databases.items()})


def test_with_the_parts_of_an_address(tmp_path: Path, three_databases: dict[str, str]) -> None:
    assert_ready(tmp_path, **parts(three_databases))


def test_an_empty_database_is_not_ready(tmp_path: Path, scratch_database: str) -> None:
    with started(tmp_path, **PRODUCTION, DATABASE_URL=scratch_database) as served:
        assert served.ask("/api/health")[0] == 200
        status, body = served.ask("/api/ready")
    assert (status, json.loads(body)["code"]) == (503, "NOT_READY")
    assert json.loads(body)["fields"] == dict.fromkeys(LOGICAL, "has another schema version")


def test_a_database_that_is_down_is_not_ready(tmp_path: Path) -> None:
    nobody = "postgresql://nobody:secret@127.0.0.1:1/nothing"
    variables = {"DATABASE_URL": nobody, "DATABASE_TIMEOUT": "1"}
    with started(tmp_path, **PRODUCTION, **variables) as served:
        assert served.ask("/api/health")[0] == 200
        status, body = served.ask("/api/ready")
        assert (status, json.loads(body)["fields"]) == (
            503,
            dict.fromkeys(LOGICAL, "cannot be reached"),
        )
        served.process.terminate()
        assert "secret" not in body + served.process.communicate()[1]
        assert served.process.returncode == 0


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"ENCRYPTION_KEY": ""}, "ENCRYPTION_KEY is not set"),
        ({"ENCRYPTION_KEY": "no key"}, "Key 1 of ENCRYPTION_KEY"),
        ({"ARGON2_COST": "minimum"}, "ARGON2_COST is minimum"),
        ({"DEBUG": "1", "FLASK_ENV": "production"}, "turn DEBUG off"),
        ({"DATABASE_URL": "mysql://root:hush@127.0.0.1/x"}, "mysql"),
        ({"DB_HOST": "127.0.0.1"}, "DB_"),
        ({"DATABASE_URL": "a.db", "DB_HOST": "127.0.0.1"}, "both say where"),
        ({"TIMEZONE": "Mars/Olympus"}, "Mars/Olympus"),
        ({"DATABASE_POOL_SIZE": "many"}, "DATABASE_POOL_SIZE"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, variables: dict[str, str], told: str) -> None:
    code, words = refused(tmp_path, **{**PRODUCTION, **variables})
    last = words.splitlines()[-1]
    assert code == 1
    assert last.startswith("The API does not start: ")
    assert told in last
    assert "Traceback" not in words
    assert "hush" not in words
    assert list(tmp_path.iterdir()) == []
