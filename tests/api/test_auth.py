"""Accounts where the settings differ, mail fails, or two people come at the same moment."""

import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from api_support import audit_trail, make_app, visit
from flask import Flask
from seeded import ENGINES, rows, seeded_app

from api.db import MAIN, close_pools

FORM = {
    "username": "gülsen",
    "password": "Sturdy-Horse-7$",
    "pin": "0042",
    "email": "gil@example.org",
    "phone": "07700 900555",
    "full_name": "Gülsen Şahin",
    "dob": "1991-11-30",
    "conditions": "insomnia",
    "country": "Türkiye",
    "area": "İzmir",
}


@pytest.fixture
def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def without_mail(tmp_path: Path, closed_port: int) -> Flask:
    return make_app(
        tmp_path,
        SMTP_SERVER="127.0.0.1",
        SMTP_PORT=closed_port,
        SMTP_USER="postman",
        SMTP_PASSWORD="a secret",
    )


def post(app: Flask, path: str, body: dict[str, Any]) -> Any:
    client = app.test_client()
    return client.post(path, json=body, headers=visit(client))


def test_forgot_password_answers_alike_when_the_mail_server_is_down(without_mail: Flask) -> None:
    assert post(without_mail, "/api/auth/register", FORM).status_code == 201
    own, unknown = (
        post(without_mail, "/api/auth/forgot-password", {"username": name, "email": FORM["email"]})
        for name in (FORM["username"], "nobody")
    )
    assert (own.status_code, own.json) == (unknown.status_code, unknown.json)
    actions = [action for _, _, action in audit_trail(without_mail)]
    assert actions[-2:] == ["password_reset_requested", "password_reset_mail_failed"]


def test_a_code_that_cannot_be_sent_is_no_success(without_mail: Flask) -> None:
    answer = post(without_mail, "/api/auth/send-verification", {"identifier": "a@example.org"})
    assert (answer.status_code, answer.json["code"]) == (503, "NOT_SENT")
    assert "Retry-After" in answer.headers


class TestVerifiedSignUp:
    @pytest.fixture
    def mails(self) -> list[dict[str, Any]]:
        return []

    @pytest.fixture
    def app(self, tmp_path: Path, mails: list[dict[str, Any]]) -> Flask:
        return make_app(tmp_path, REQUIRE_2FA_SIGNUP="1", EFFECTS=mails.append)

    def verify(self, app: Flask, mails: list[dict[str, Any]], identifier: str) -> None:
        post(app, "/api/auth/send-verification", {"identifier": identifier})
        code = mails[-1]["text"].split("code is ")[1][:6]
        body = {"identifier": identifier, "code": code}
        assert post(app, "/api/auth/verify-code", body).status_code == 200

    def test_a_verified_address_opens_an_account_once(
        self, app: Flask, mails: list[dict[str, Any]]
    ) -> None:
        self.verify(app, mails, "Gil@example.org")
        verified = {"verified_identifier": "gil@example.org"}
        assert post(app, "/api/auth/register", FORM | verified).status_code == 201
        other = FORM | verified | {"username": "another", "phone": "07700 900556"}
        answer = post(app, "/api/auth/register", other)
        assert answer.status_code == 400
        assert set(answer.json["fields"]) == {"verified_identifier"}

    def test_somebody_elses_verified_address_is_refused(
        self, app: Flask, mails: list[dict[str, Any]]
    ) -> None:
        self.verify(app, mails, "hal@example.org")
        body = FORM | {"verified_identifier": "hal@example.org"}
        assert post(app, "/api/auth/register", body).status_code == 400

    def test_without_a_verified_address_there_is_no_account(self, app: Flask) -> None:
        assert post(app, "/api/auth/register", FORM).status_code == 400


def test_no_key_in_the_settings_registers_no_developer(tmp_path: Path) -> None:
    body = {"registration_key": "guess", "username": "devika", "password": "x", "pin": "0000"}
    assert post(make_app(tmp_path), "/api/auth/developer/register", body).status_code == 403


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("field", ["username", "email", "phone"])
def test_one_of_two_registrations_at_the_same_moment_wins(
    engine: str, field: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    app = seeded_app(engine, request, tmp_path)
    forms = [
        FORM
        | {"username": f"person{n}", "email": f"{n}@example.org", "phone": f"07700 90060{n}"}
        | {field: FORM[field]}
        for n in range(6)
    ]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda form: post(app, "/api/auth/register", form), forms))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert len(rows(app, MAIN, "SELECT username FROM users WHERE area = $1", FORM["area"])) == 1
    close_pools(app)
