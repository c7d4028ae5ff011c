"""Messages: their limits, and both sides at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.access import Caller
from api.db import MAIN, close_pools, get_db
from api.messages import correspondents

SEND = "/api/messages/send"


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_words_have_an_end(app: Flask) -> None:
    browser = Browser(app, "ada")
    longest = {"recipient": "drgrace", "subject": "🌱" * 100, "content": "ß" * 5000}
    assert browser.post(SEND, longest).status_code == 201
    assert browser.post(SEND, longest | {"content": "ß" * 5001}).status_code == 400
    assert browser.post(SEND, longest | {"subject": "🌱" * 101}).status_code == 400


def test_what_both_sides_delete_at_once_is_gone(app: Flask) -> None:
    sides = (Browser(app, "drgrace"), Browser(app, "ada"))
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda side: side.send("DELETE", "/api/messages/1"), sides))
    assert [answer.status_code for answer in answers] == [204, 204]
    assert rows(app, MAIN, "SELECT id FROM messages WHERE id = 1 AND deleted_at IS NOT NULL")


def test_an_erased_clinician_gets_no_messages(app: Flask) -> None:
    """Their patients keep an account that stands for them, which is nobody to write to."""
    with app.app_context():
        get_db().run("INSERT INTO users (username, password, role) VALUES ('gone', '', 'erased')")
        for writer in (Caller("dev", "developer"), Caller("drgrace", "clinician")):
            assert not correspondents.may_write(writer, "gone")
            assert correspondents.may_write(writer, "drhope")


def test_a_conversation_stays_when_the_relation_ends(app: Flask) -> None:
    with app.app_context():
        get_db().run("UPDATE patient_approvals SET status = 'rejected' WHERE id = 1")
        get_db().commit()
    browser = Browser(app, "ada")
    assert browser.post(SEND, {"recipient": "drgrace", "content": "?"}).status_code == 403
    answer = browser.send("GET", "/api/messages/conversation/drgrace")
    assert len(answer.json["messages"]) == 3
