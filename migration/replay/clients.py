"""The browsers of a case: one for each user, already logged in, and one for whoever is nobody.

A login happens once per player; its cookies and its token are put into every later browser of that
user. Requests are sent through Flask's test client, in the process of the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from migration.config import Config
from migration.replay.answers import answer_of
from migration.replay.canonical import Tree, tree_of, write_line
from migration.replay.cases import ABSENT, WRITING, Step
from migration.replay.errors import PlayError
from migration.replay.placeholders import fill, fill_text, pick
from migration.replay.yaml_json import Json


@dataclass(frozen=True)
class Session:
    """What a login leaves in a browser: cookies as (name, value, path), and a token."""

    cookies: tuple[tuple[str, str, str], ...]
    token: str | None


class Clients:
    """The browsers of one case."""

    def __init__(
        self, app: Flask, sessions: Mapping[str, Session], token_header: str | None
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._token_header = token_header
        self._clients: dict[str | None, FlaskClient] = {}

    def send(self, step: Step, captured: Mapping[str, Tree], now: datetime) -> TestResponse:
        """Send one request, its placeholders filled in."""
        request = _request(step, captured, now)
        request["headers"] = self._headers(step, captured, now)
        return self._client(step.user).open(**request)

    def _client(self, user: str | None) -> FlaskClient:
        if user not in self._clients:
            client = self._app.test_client()
            for name, value, path in self._sessions[user].cookies if user else ():
                client.set_cookie(name, value, path=path)
            self._clients[user] = client
        return self._clients[user]

    def _headers(self, step: Step, captured: Mapping[str, Tree], now: datetime) -> dict[str, str]:
        headers = {name: fill_text(value, captured, now) for name, value in step.headers.items()}
        if self._token_header is None:
            return headers
        given = {name for name in headers if name.lower() == self._token_header.lower()}
        if not step.csrf:
            return {name: value for name, value in headers.items() if name not in given}
        token = self._sessions[step.user].token if step.user else None
        if token and not given and step.method in WRITING:
            headers[self._token_header] = token
        return headers


def log_in(app: Flask, config: Config, user: str, now: datetime) -> Session:
    """Log a user in as migration.toml says; raise `PlayError` when that fails."""
    login = config.replay.login
    if login is None or user not in config.replay.users:
        raise PlayError(
            f"logging in {user}",
            "migration.toml says neither how nor with what",
            f"write [replay.login] and [replay.users.{user}]",
        )
    words: dict[str, Tree] = {"user": user, **config.replay.users[user]}
    written = {"as": None, **login.request}
    step = Step(
        method=str(written["method"]),
        path=str(written["path"]),
        expect=200,
        json=written.get("json", ABSENT),
        form=written.get("form"),
        headers=written.get("headers", {}),
    )
    response = Clients(app, {}, None).send(step, words, now)
    if response.status_code >= 400:
        raise PlayError(
            f"logging in {user}",
            f"{step.method} {step.path} answered {response.status_code}: "
            f"{response.get_data(as_text=True)[:200]}",
            f"mend [replay.login] or [replay.users.{user}] in migration.toml, or the seed",
        )
    return Session(_cookies(response), _token(response, login.csrf_from))


def query_text(step: Step, captured: Mapping[str, Tree], now: datetime) -> str:
    """Return path and query of a request as they are sent."""
    path = fill_text(step.path, captured, now)
    pairs = [
        f"{name}={item}"
        for name, value in step.query.items()
        for item in _items(fill(value, captured, now))
    ]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _request(step: Step, captured: Mapping[str, Tree], now: datetime) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": step.method,
        "path": fill_text(step.path, captured, now),
        "buffered": True,
    }
    if step.query:  # else the path may have one of its own
        request["query_string"] = {
            name: _items(fill(value, captured, now)) for name, value in step.query.items()
        }
    if step.json is not ABSENT:
        request["json"] = fill(step.json, captured, now)
    elif step.raw is not None:
        request["data"] = fill_text(step.raw, captured, now).encode("utf-8", "surrogatepass")
        request["content_type"] = "application/json"
    elif step.form is not None:
        request["data"] = {
            name: _items(fill(value, captured, now)) for name, value in step.form.items()
        }
    return request


def _items(value: Json) -> list[str]:
    """Return the texts of a query or form value; a list is sent as several."""
    if isinstance(value, list):
        return [text for item in value for text in _items(item)]
    return (
        [] if value is None else [value if isinstance(value, str) else write_line(tree_of(value))]
    )


def _cookies(response: TestResponse) -> tuple[tuple[str, str, str], ...]:
    cookies = []
    for written in response.headers.getlist("Set-Cookie"):
        pair, *flags = (part.strip() for part in written.split(";"))
        name, _, value = pair.partition("=")
        paths = [flag[5:] for flag in flags if flag.lower().startswith("path=")]
        cookies.append((name, value, paths[0] if paths else "/"))
    return tuple(cookies)


def _token(response: TestResponse, source: str | None) -> str | None:
    if source is None:
        return None
    answer = answer_of(response).get("json")
    token = pick(source, answer=answer, headers=dict(response.headers), effects=[])
    return token if isinstance(token, str) else None
