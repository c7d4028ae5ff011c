"""Health, readiness, and a visitor's token."""

import re
import sqlite3

import pytest
from api_support import make_app, visit
from sample_routes import sample_app


@pytest.fixture
def app(tmp_path):
    return sample_app(tmp_path)


@pytest.fixture
def client(app):
    return app.test_client()


def test_health_needs_no_database(tmp_path):
    (tmp_path / "therapist_app.db").write_text("this is no database")
    app = make_app(tmp_path)
    client = app.test_client()

    health = client.get("/api/health").json

    assert health == {
        "status": "healthy",
        "service": "Healing Space API",
        "version": "1.0.0",
        "timestamp": "2026-02-04 10:30:00",
    }


def test_ready_when_every_database_answers(client):
    answer = client.get("/api/ready")

    assert answer.status_code == 200
    assert set(answer.json["databases"].values()) == {"ok"}


def test_not_ready_names_the_database_that_fails(tmp_path):
    (tmp_path / "pet_game.db").write_text("this is no database" * 100)
    other = sqlite3.connect(tmp_path / "ai_training_data.db")
    other.executescript("CREATE TABLE things (id INTEGER); PRAGMA user_version = 99;")
    other.close()

    answer = make_app(tmp_path).test_client().get("/api/ready")

    assert (answer.status_code, answer.json["code"]) == (503, "NOT_READY")
    assert answer.json["fields"] == {
        "pet_game": "cannot be reached",
        "ai_training_data": "has another schema version",
    }
    assert int(answer.headers["Retry-After"]) > 0


def test_a_visitor_keeps_the_csrf_token_of_the_session(client):
    first, second = visit(client), visit(client)

    assert first == second
    assert re.fullmatch(r"[0-9a-f]{64}", first["X-CSRF-Token"])
