"""Diagnostics where not all is well, and what a waiting assistant leaves to others."""

from pathlib import Path

import pytest
from api_support import make_app
from flask import Flask
from seeded import Browser, rows, seeded_app

from api import db
from api.db import MAIN
from api.db.types import timestamp
from api.developer import diagnostics
from api.integrations import assistant


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    return seeded_app("sqlite", request, tmp_path)


def test_a_database_that_is_gone_is_trouble(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "pet_game.db").write_bytes(b"no database at all, " * 100)
    answer = Browser(app, "dev").post("/api/developer/terminal/execute", {"command": "databases"})
    assert answer.json["exit_code"] == 1
    assert "pet_game\tcannot be reached" in answer.json["output"]
    assert "therapist_app\tok" in answer.json["output"]


def test_the_log_keeps_the_beginning_of_a_long_output(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnostics, "LONGEST_LOG", 20)
    browser = Browser(app, "dev")
    output = browser.post("/api/developer/terminal/execute", {"command": "tables"}).json["output"]
    (log,) = rows(app, MAIN, "SELECT output FROM dev_terminal_logs ORDER BY id DESC LIMIT 1")
    assert log["output"] == output[:20] != output


def test_no_diagnostic_shows_a_secret(tmp_path: Path) -> None:
    secrets = {
        "SECRET_KEY": "secret of sessions",
        "METRICS_TOKEN": "secret of metrics",
        "GROQ_API_KEY": "secret of the model",
        "SMTP_USER": "somebody",
        "SMTP_PASSWORD": "secret of mail",
    }
    app = make_app(tmp_path, **secrets)
    with app.app_context():
        caller = diagnostics.Caller("dev", "developer")
        shown = [diagnostic(caller).output for diagnostic in diagnostics.DIAGNOSTICS.values()]
    assert "secret" not in "\n".join(shown)


def test_no_connection_is_held_while_the_assistant_thinks(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    def reply(*_: object) -> str:
        held.append([usage.in_use for usage in db.usage().values()])
        return "Here is why."

    monkeypatch.setattr(assistant.OfflineAssistant, "reply", reply)
    answer = Browser(app, "dev").post("/api/developer/ai/chat", {"message": "Why?"})
    assert answer.json["response"] == "Here is why."
    assert held == [[0, 0, 0]]
    stored = rows(app, MAIN, "SELECT * FROM dev_ai_chats ORDER BY id DESC LIMIT 2")
    assert [row["role"] for row in stored] == ["assistant", "user"]
    assert len({timestamp.text(row["created_at"]) for row in stored}) == 1
