"""What is special to the databases on SQLite: files, their schema, locks."""

import threading
from pathlib import Path

import pytest
from flask import Flask

from api import db
from api.db import MAIN, PET, get_db, sqlite
from api.db.addresses import LOGICAL, SqliteAddress
from api.db.backend import Capacity
from api.db.errors import SchemaMismatch, Unavailable
from api.db.schema import SCHEMA_VERSION

ADD_PET = "INSERT INTO pet (username) VALUES ($1) RETURNING id"


def door(folder: Path, seconds: float = 5.0) -> Flask:
    """An application that is nothing but its databases."""
    app = Flask(__name__)
    files = {name: SqliteAddress(folder / f"{name}.db") for name in LOGICAL}
    db.init_app(app, files, Capacity(seconds=seconds))
    return app


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return door(tmp_path, seconds=0.1)


def test_a_missing_file_gets_the_schema_at_its_first_use(app: Flask, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir()) == []
    with app.app_context():
        get_db(PET).check_schema()
        assert get_db(PET).all("SELECT * FROM pet") == []


def test_an_empty_file_gets_the_schema(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "pet_game.db").touch()
    with app.app_context():
        assert get_db(PET).all("SELECT * FROM pet") == []


def test_a_request_holds_no_lock_after_its_end(app: Flask) -> None:
    with app.app_context():
        get_db(PET).insert(ADD_PET, "ada")
        # As in the frame of an exception that is still being reported.
        cursor = get_db(PET)._connection.execute("SELECT * FROM pet")
    with app.app_context():
        get_db(PET).insert(ADD_PET, "ada")
    del cursor


def test_many_may_start_on_one_empty_file(tmp_path: Path) -> None:
    def start() -> None:
        app = door(tmp_path)
        with app.app_context():
            found.append(get_db(MAIN).value("SELECT count(*) FROM users"))

    found: list[int] = []
    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [0] * 6


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1])
def test_a_file_of_another_schema_is_refused(app: Flask, tmp_path: Path, version: int) -> None:
    connection = sqlite.connect(tmp_path / "pet_game.db")
    connection.execute("CREATE TABLE something_else (id INTEGER)")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    with app.app_context(), pytest.raises(SchemaMismatch, match=f"says version {version}"):
        get_db(PET)


def test_a_file_that_is_no_database_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "pet_game.db").write_text("Dear diary, " * 100)
    with app.app_context(), pytest.raises(Unavailable, match="not a database"):
        get_db(PET)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    app = door(tmp_path / "nowhere")
    with app.app_context(), pytest.raises(Unavailable, match=r"nowhere.*unable to open"):
        get_db(PET)


def test_connections_are_safe_by_default(app: Flask) -> None:
    with app.app_context():
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout")
        assert [get_db().value(f"PRAGMA {name}") for name in pragmas] == ["wal", 1, 100]


def test_a_second_writer_waits_only_so_long(app: Flask) -> None:
    with app.app_context():
        get_db(PET).insert(ADD_PET, "ada")
        with app.app_context(), pytest.raises(Unavailable, match="locked"):
            get_db(PET).insert(ADD_PET, "ben")


def test_readers_do_not_wait_for_a_writer(app: Flask) -> None:
    with app.app_context():
        get_db(PET).insert(ADD_PET, "ada")
        with app.app_context():
            assert get_db(PET).all("SELECT * FROM pet") == []


def test_a_write_inside_a_common_table_expression_belongs_to_the_transaction(app: Flask) -> None:
    with app.app_context():
        get_db(PET).run(
            "WITH given (name) AS (SELECT $1) INSERT INTO pet (username) SELECT name FROM given",
            "ada",
        )
        get_db(PET).rollback()
        assert get_db(PET).all("SELECT * FROM pet") == []
