"""Therapy while the model thinks, under parallel requests, and what is learnt from it."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import MAIN, TRAINING, close_pools
from api.therapy.trainer import pattern

CHAT = "/api/therapy/chat"


@contextmanager
def model(answer: Callable[[], str]) -> Iterator[str]:
    """Run a chat endpoint that calls `answer` for each request; yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = {"choices": [{"message": {"content": answer()}}]}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/chat"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    engine: str = request.param
    return engine


@pytest.fixture
def app(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(engine, request, tmp_path)
    yield app
    close_pools(app)


class Thinking:
    """What happens while the model thinks about its answer."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], Any] = lambda: None
        self.seen: list[Any] = []

    def answer(self) -> str:
        self.seen.append(self.meanwhile())
        return "I am listening."


@pytest.fixture
def thinking() -> Thinking:
    return Thinking()


@pytest.fixture
def connected(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, thinking: Thinking
) -> Iterator[Flask]:
    """The application with a model, and a single connection to each database."""
    with model(thinking.answer) as url:
        app = seeded_app(
            engine,
            request,
            tmp_path,
            GROQ_API_KEY="a-key-for-tests",
            API_URL=url,
            DATABASE_POOL_SIZE=1,
            DATABASE_TIMEOUT=1,
        )
        yield app
        close_pools(app)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", CHAT, {"message": "I want to die"}),
        ("POST", "/api/therapy/greeting", {}),
        ("POST", "/api/therapy/initialize", {}),
        ("GET", "/api/insights?prompt=sleep", None),
    ],
)
def test_nothing_is_held_while_the_model_thinks(
    connected: Flask, thinking: Thinking, method: str, path: str, body: object
) -> None:
    """The same person logs a mood meanwhile: no lock is in the way, and no connection missing."""
    browser, other = Browser(connected, "ben"), Browser(connected, "ben")
    thinking.meanwhile = lambda: other.post("/api/mood/log", {"mood_val": 7}).status_code
    answer = browser.send(method, path, body)
    assert thinking.seen == [201]
    assert answer.status_code in (200, 201)
    assert answer.json["ai_available"] is True


def test_an_alert_does_not_wait_for_the_model(connected: Flask, thinking: Thinking) -> None:
    browser = Browser(connected, "ada")
    alerts = "SELECT id FROM notifications WHERE notification_type = 'crisis_alert'"
    before = len(rows(connected, MAIN, alerts))
    thinking.meanwhile = lambda: len(rows(connected, MAIN, alerts))
    browser.post(CHAT, {"message": "I want to die"})
    assert thinking.seen == [before + 1]


def test_an_answer_for_a_thread_that_is_gone_is_kept_nowhere(
    connected: Flask, thinking: Thinking
) -> None:
    browser, other = Browser(connected, "ada"), Browser(connected, "ada")
    collected = "SELECT COUNT(*) AS lines FROM training_chats"
    before = rows(connected, TRAINING, collected)
    thinking.meanwhile = lambda: other.send("DELETE", "/api/therapy/sessions/1").status_code
    assert browser.post(CHAT, {"message": "hello"}).status_code == 409
    assert thinking.seen == [200]
    assert rows(connected, TRAINING, collected) == before
    assert rows(connected, MAIN, "SELECT id FROM chat_history WHERE chat_session_id = 1") == []


def test_consent_withdrawn_meanwhile_counts(connected: Flask, thinking: Thinking) -> None:
    browser, other = Browser(connected, "zoë"), Browser(connected, "zoë")
    thinking.meanwhile = lambda: other.post("/api/training/consent", {"consent": False}).status_code
    assert browser.post(CHAT, {"message": "hallo"}).status_code == 200
    assert thinking.seen == [200]
    collected = rows(connected, TRAINING, "SELECT message_content FROM training_chats")
    assert "hallo" not in {row["message_content"] for row in collected}


def test_first_messages_at_once_share_a_thread(app: Flask) -> None:
    answers = Browser(app, "ben").at_once(6, CHAT, {"message": "hello"})
    assert {answer.status_code for answer in answers} == {200}
    threads = rows(app, MAIN, "SELECT id FROM chat_sessions WHERE username = 'ben'")
    lines = "SELECT DISTINCT chat_session_id AS id FROM chat_history WHERE session_id = $1"
    assert len(threads) == 1
    assert rows(app, MAIN, lines, "ben_session") == threads


def test_one_thread_is_active_however_many_are_begun_at_once(app: Flask) -> None:
    answers = Browser(app, "ben").at_once(6, "/api/therapy/sessions")
    assert {answer.status_code for answer in answers} == {200}
    threads = rows(app, MAIN, "SELECT is_active FROM chat_sessions WHERE username = 'ben'")
    assert sorted(bool(row["is_active"]) for row in threads) == [False] * 5 + [True]


def test_a_welcome_is_given_once(app: Flask) -> None:
    answers = Browser(app, "ben").at_once(6, "/api/therapy/initialize")
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 5}
    assert len(rows(app, MAIN, "SELECT id FROM chat_history WHERE session_id = 'ben_session'")) == 1


def test_parallel_runs_learn_once(app: Flask) -> None:
    answers = Browser(app, "dev").at_once(4, "/api/ai/trigger-training")
    assert Counter(answer.json["trained"] for answer in answers) == {True: 1, False: 3}
    learnt = "SELECT user_hash FROM training_patterns WHERE pattern_type = 'dialogue'"
    assert len(rows(app, TRAINING, learnt)) == 1


@pytest.mark.parametrize(("length", "status"), [(10_000, 200), (10_001, 400)])
def test_a_message_has_a_greatest_length(app: Flask, length: int, status: int) -> None:
    answer = Browser(app, "ben").post(CHAT, {"message": "ß" * length + " "})
    assert answer.status_code == status


def test_thirty_messages_a_minute_are_enough(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    app = seeded_app("sqlite", request, tmp_path, LIMITS_ENABLED=True)
    browser = Browser(app, "ben")
    answers = [browser.post(CHAT, {"message": f"number {n}"}).status_code for n in range(31)]
    assert answers == [200] * 30 + [429]


def line(number: int, session: str, role: str, text: str) -> dict[str, object]:
    return {"id": number, "session_hash": session, "message_role": role, "message_content": text}


def test_a_pattern_counts_exchanges_and_words() -> None:
    lines = [
        line(3, "a", "ai", "Welcome, [NAME]."),
        line(4, "a", "user", "Sleep, SLEEP and rain at [ADDRESS]"),
        line(5, "b", "user", "Rain again"),
        line(6, "a", "ai", "I hear you"),
        line(7, "b", "user", ""),
    ]
    assert pattern(lines) == {
        "newest_line": 7,
        "conversations": 2,
        "exchanges": 1,
        "mean_words": {"user": 2.3, "ai": 2.0},
        "frequent_words": ["rain", "sleep", "again"],
    }
