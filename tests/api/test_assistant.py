"""The assistant: asked over HTTP on this machine, or offline."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from api_support import make_app

from api.integrations import assistant
from api.integrations.assistant import (
    AssistantUnavailable,
    ChatEndpoint,
    Message,
    OfflineAssistant,
)

TALK = [Message("system", "Be kind."), Message("user", "I slept  badly, é")]


@pytest.fixture
def effects():
    return []


@pytest.fixture(autouse=True)
def context(tmp_path, effects):
    with make_app(tmp_path, EFFECTS=effects.append).app_context():
        yield


@contextmanager
def model(status: int, answer: bytes) -> Iterator[tuple[str, list[tuple[str | None, object]]]]:
    """Run an endpoint that always answers alike; yield its URL and what it is asked."""
    asked: list[tuple[str | None, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.headers["Authorization"], json.loads(body)))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/chat", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def saying(content: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def test_the_conversation_is_posted_and_the_answer_returned(effects) -> None:
    with model(200, saying(" That sounds hard. é ")) as (url, asked):
        assert ChatEndpoint(url, "small", "k").reply(TALK) == "That sounds hard. é"
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "I slept  badly, é"},
    ]
    body = {"model": "small", "temperature": 0.8, "max_tokens": 300, "messages": messages}
    assert asked == [("Bearer k", body)]
    assert effects == [{"kind": "prompt", "messages": messages}]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, saying("no")),
        (429, saying("later")),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"choices": []}'),
        (200, saying(None)),
        (200, saying("  ")),
    ],
)
def test_whatever_is_no_answer_is_told_apart(status: int, answer: bytes) -> None:
    with (
        model(status, answer) as (url, _),
        pytest.raises(AssistantUnavailable, match="API_URL"),
    ):
        ChatEndpoint(url, "small", "secret-key").reply(TALK)


def test_an_endpoint_that_is_down_is_told_without_the_key(effects) -> None:
    with pytest.raises(AssistantUnavailable) as caught:
        ChatEndpoint("http://127.0.0.1:1/chat", "small", "secret-key").reply(TALK)
    assert "secret-key" not in str(caught.value)
    assert len(effects) == 1


def test_what_no_engine_could_store_is_left_out_of_an_answer() -> None:
    with model(200, b'{"choices": [{"message": {"content": "a\\u0000b\\ud800c"}}]}') as (url, _):
        assert ChatEndpoint(url, "small", "k").reply(TALK) == "ab?c"


def test_offline_the_same_words_get_the_same_answer(effects) -> None:
    first, second = (OfflineAssistant().reply(TALK) for _ in range(2))
    assert first == second
    assert "I slept badly, é" in first
    assert len(effects) == 2


def test_the_key_decides_who_is_asked(tmp_path) -> None:
    assert assistant.assistant() == OfflineAssistant()
    given = {"GROQ_API_KEY": "k", "API_URL": "http://127.0.0.1:1/", "MODEL_NAME": "m"}
    (tmp_path / "two").mkdir()
    with make_app(tmp_path / "two", **given).app_context():
        assert assistant.assistant() == ChatEndpoint("http://127.0.0.1:1/", "m", "k")
        assert "'k'" not in repr(assistant.assistant())
