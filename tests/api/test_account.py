"""What is held about an account: the export shows all of it, the erasure leaves nothing."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import LOGICAL, MAIN, catalogue, close_pools
from api.personal_data import link
from fixtures.seed.protection import PASSWORD


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def exported(app: Flask, username: str) -> bytes:
    answer = Browser(app, username).send("GET", "/api/account/export")
    assert answer.status_code == 200
    return answer.data


def cells(app: Flask, word: str) -> set[str]:
    """Return `table.column` for every stored text that holds the word."""
    return {
        f"{table.name}.{name}"
        for logical in LOGICAL
        for table in catalogue.tables(logical)
        for row in rows(app, logical, f"SELECT * FROM {table.name}")
        for name, value in row.items()
        if isinstance(value, str) and word in value
    }


def test_every_table_belongs_to_somebody() -> None:
    """A table that no link covers would be missed by export and erasure alike."""
    nobodys = {
        table.name
        for logical in LOGICAL
        for table in catalogue.tables(logical)
        if link(logical, table) is None
    }
    assert nobodys == {"settings"}


@pytest.mark.parametrize("username", ["ada", "zoë", "dan", "drgrace"])
def test_both_engines_export_the_same_bytes(
    app: Flask, username: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    other = seeded_app("sqlite", request, tmp_path / "other")
    assert exported(app, username) == exported(other, username)
    close_pools(other)


def test_an_export_is_readable_and_holds_no_secrets(app: Flask) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(app, "ada"))) as archive:
        documents = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    (profile,) = documents["therapist_app/users.json"]
    assert profile["full_name"] == "Ada Marlow"
    assert not {"password", "pin", "reset_token", "email_hash"} & profile.keys()
    assert documents["pet_game/pet.json"][0]["name"] == "Biscuit"
    assert len(documents["ai_training_data/training_chats.json"]) == 2
    assert "$argon2" not in str(documents)


def test_a_report_does_not_tell_who_made_it(app: Flask) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(app, "dan"))) as archive:
        assert "reporter" not in archive.read("therapist_app/alerts.json").decode()


def test_an_erased_name_is_left_only_in_other_peoples_words(app: Flask) -> None:
    browser = Browser(app, "zoë")
    assert browser.send("DELETE", "/api/account", {"password": PASSWORD}).status_code == 200
    assert cells(app, "zoë") == set()
    (report,) = rows(app, MAIN, "SELECT details FROM alerts WHERE alert_type = 'post_report'")
    assert "reporter:erased-" in report["details"]


def test_reactions_are_counted_without_those_of_an_erased_account(app: Flask) -> None:
    posts = rows(app, MAIN, "SELECT post_id FROM community_likes WHERE username = 'ada'")
    Browser(app, "ada").send("DELETE", "/api/account", {"password": PASSWORD})
    counted = rows(
        app,
        MAIN,
        "SELECT p.id, p.likes, COUNT(l.id) AS counted FROM community_posts p"
        " LEFT JOIN community_likes l ON l.post_id = p.id GROUP BY p.id, p.likes",
    )
    touched = {row["post_id"] for row in posts}
    left = [row for row in counted if row["id"] in touched]
    assert left
    assert all(row["likes"] == row["counted"] for row in left)


def test_a_clinicians_notes_stay_with_the_patients(app: Flask) -> None:
    before = rows(app, MAIN, "SELECT id, note_text FROM clinician_notes ORDER BY id")
    Browser(app, "drgrace").send("DELETE", "/api/account", {"password": PASSWORD})
    assert rows(app, MAIN, "SELECT id, note_text FROM clinician_notes ORDER BY id") == before
    (stand_in,) = rows(app, MAIN, "SELECT username, password FROM users WHERE role = 'erased'")
    assert stand_in["password"] == ""
    assert cells(app, "drgrace") == set()
    login = {"username": stand_in["username"], "password": "x", "pin": "0000"}
    assert app.test_client().post("/api/auth/login", json=login).status_code == 401
