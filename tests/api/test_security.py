"""Sessions, CSRF tokens, headers, CORS and proxies."""

import base64
import json
import re
import zlib
from datetime import timedelta

import pytest
from api_support import add_user, audit_trail, make_app, visit
from cryptography.fernet import Fernet
from flask import Blueprint, request
from flask.testing import FlaskClient
from sample_routes import login
from werkzeug.test import TestResponse

from api.db import get_db
from api.security import sessions
from api.web import ANY_ROLE, PUBLIC, Body, Caller, Reply, endpoint

PRODUCTION = {
    "TESTING": False,
    "SECRET_KEY": "long enough for production, and random",
    "ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "ARGON2_COST": "production",
}


routes = Blueprint("sample", __name__)


routes.post("/login/<username>")(login)


@routes.post("/logout")
@endpoint(auth=PUBLIC)
def logout() -> Reply:
    sessions.logout()
    return {}


@routes.get("/me")
@endpoint(auth=ANY_ROLE)
def me(caller: Caller) -> Reply:
    return {"username": caller.username, "role": caller.role}


@routes.post("/change")
@endpoint(auth=PUBLIC, body=Body)
def change() -> Reply:
    return {"address": request.remote_addr, "scheme": request.scheme}


@routes.post("/whence")
@endpoint(auth=PUBLIC, csrf=False)
def whence() -> Reply:
    return {"address": request.remote_addr, "scheme": request.scheme}


@pytest.fixture
def app(tmp_path):
    app = make_app(tmp_path, blueprints=[routes])
    add_user(app, "ada")
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def clock(app):
    return app.config["SETTINGS"].clock


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def log_in(client: FlaskClient, username: str = "ada") -> TestResponse:
    return client.post(f"/login/{username}")


def change_user(app, column: str, value: object) -> None:
    with app.app_context():
        get_db().run(f"UPDATE users SET {column} = $1 WHERE username = $2", value, "ada")
        get_db().commit()


class TestSessions:
    def test_login_makes_a_caller_and_logout_ends_it(self, client):
        assert client.get("/me").status_code == 401
        token = log_in(client).json["csrf_token"]
        assert client.get("/me").json == {"username": "ada", "role": "user"}

        client.post("/logout", headers={"X-CSRF-Token": token})

        assert client.get("/me").status_code == 401
        assert client.get_cookie("session") is None

    def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(self, client):
        cookie = log_in(client).headers["Set-Cookie"]

        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Secure" not in cookie

    def test_in_production_the_cookie_needs_https(self, tmp_path):
        app = make_app(tmp_path, **PRODUCTION)

        assert "Secure" in app.test_client().get("/api/csrf-token").headers["Set-Cookie"]

    def test_the_cookie_holds_no_password_hash(self, client):
        payload = log_in(client).headers["Set-Cookie"].split("=", 1)[1].split(".")[1]
        packed = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))

        content = json.loads(zlib.decompress(packed))

        assert set(content) == {"username", "role", "fingerprint", "csrf_token"}
        assert "argon2" not in str(content)

    def test_a_session_ends_two_hours_after_its_last_use(self, client, clock):
        log_in(client)
        clock.advance(hours=1, minutes=59)
        assert client.get("/me").status_code == 200
        clock.advance(hours=1, minutes=59)
        assert client.get("/me").status_code == 200

        clock.advance(hours=2, seconds=1)

        assert client.get("/me").status_code == 401

    def test_the_cookie_is_sent_again_only_when_it_is_due(self, client, clock):
        log_in(client)
        assert "Set-Cookie" not in client.get("/me").headers
        clock.advance(minutes=1)
        assert "Set-Cookie" in client.get("/me").headers
        assert "Set-Cookie" not in client.get("/me").headers

    def test_its_expiry_is_told_by_the_clock(self, client, clock):
        expires = log_in(client).headers["Set-Cookie"]

        assert f"{clock.moment + timedelta(hours=2):%a, %d %b %Y %H:%M:%S GMT}" in expires

    @pytest.mark.parametrize(
        ("column", "value"), [("password", "another hash"), ("role", "clinician")]
    )
    def test_a_changed_account_ends_its_sessions(self, app, client, column, value):
        log_in(client)

        change_user(app, column, value)

        assert client.get("/me").status_code == 401
        assert client.get_cookie("session") is None

    def test_a_deleted_account_ends_its_sessions(self, app, client):
        log_in(client)

        with app.app_context():
            get_db().run("DELETE FROM users WHERE username = $1", "ada")
            get_db().commit()

        assert client.get("/me").status_code == 401

    @pytest.mark.parametrize("cookie", ["", "rubbish", "e30.x.y"])
    def test_a_forged_cookie_is_nobody(self, client, cookie):
        client.set_cookie("session", cookie)

        assert client.get("/me").status_code == 401

    def test_a_cookie_of_another_key_is_nobody(self, tmp_path, client):
        other = make_app(tmp_path, blueprints=[routes], SECRET_KEY="another key")
        stranger = other.test_client()
        log_in(stranger)

        client.set_cookie("session", stranger.get_cookie("session").value)

        assert client.get("/me").status_code == 401


class TestCsrf:
    def test_the_token_of_the_session_is_needed(self, app, client):
        token = visit(client)["X-CSRF-Token"]

        assert client.post("/change", json={}).status_code == 403
        assert client.post("/change", headers={"X-CSRF-Token": token}).status_code == 200
        assert client.post("/change", headers={"X-CSRFToken": token}).status_code == 200
        assert client.post("/change", json={"_csrf_token": token}).status_code == 200
        assert audit_trail(app) == [("system", "security", "csrf_validation_failed")]

    @pytest.mark.parametrize("sent", ["a" * 64, "é" * 64, ""])
    def test_any_other_token_is_refused(self, client, sent):
        visit(client)

        assert client.post("/change", json={"_csrf_token": sent}).status_code == 403

    @pytest.mark.parametrize("sent", [7, None, ["a"]])
    def test_a_token_that_is_no_text_is_refused(self, client, sent):
        visit(client)

        assert client.post("/change", json={"_csrf_token": sent}).status_code == 403

    def test_the_token_of_another_session_is_refused(self, app, client):
        visit(client)

        answer = client.post("/change", headers=visit(app.test_client()))

        assert answer.json["code"] == "CSRF_FAILED"

    def test_without_a_session_every_token_is_refused(self, client):
        assert client.post("/change", headers={"X-CSRF-Token": ""}).status_code == 403

    def test_login_replaces_the_token(self, client):
        before = visit(client)

        token = log_in(client).json["csrf_token"]

        assert re.fullmatch(r"[0-9a-f]{64}", token)
        assert client.post("/change", headers=before).status_code == 403
        assert client.post("/change", headers={"X-CSRF-Token": token}).status_code == 200

    def test_debug_turns_nothing_off(self, tmp_path):
        app = make_app(tmp_path, blueprints=[routes], DEBUG=True, DISABLE_CSRF=1)

        assert app.test_client().post("/change").status_code == 403
        assert app.test_client().get("/me?username=ada").status_code == 401


ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(), payment=(), usb=()",
}


class TestHeaders:
    @pytest.mark.parametrize("path", ["/api/health", "/nowhere", "/me"])
    def test_every_answer_has_the_security_headers(self, client, path):
        headers = client.get(path).headers

        assert {name: headers[name] for name in ALWAYS} == ALWAYS
        assert "Strict-Transport-Security" not in headers
        assert "Content-Security-Policy" not in headers

    def test_production_adds_those_for_https(self, tmp_path):
        headers = make_app(tmp_path, **PRODUCTION).test_client().get("/api/health").headers

        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]

    def test_answers_about_people_are_not_kept_by_caches(self, client):
        log_in(client)

        assert client.get("/me").headers["Cache-Control"] == "no-store"


class TestCors:
    ORIGIN = "https://app.example.org"

    @pytest.fixture
    def client(self, tmp_path):
        app = make_app(tmp_path, ALLOWED_ORIGINS=f"https://other.example.org, {self.ORIGIN}")
        return app.test_client()

    def test_an_allowed_origin_is_named(self, client):
        headers = client.get("/api/health", headers={"Origin": self.ORIGIN}).headers

        assert headers["Access-Control-Allow-Origin"] == self.ORIGIN
        assert headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in headers["Vary"]

    @pytest.mark.parametrize("origin", ["https://evil.example.org", "null", ""])
    def test_any_other_origin_gets_nothing(self, client, origin):
        headers = client.get("/api/health", headers={"Origin": origin}).headers

        assert not [name for name, _ in headers if name.startswith("Access-Control")]

    def test_a_preflight_echoes_the_headers_asked_for(self, client):
        asked = {"Origin": self.ORIGIN, "Access-Control-Request-Headers": "X-CSRF-Token"}

        answer = client.options("/api/health", headers=asked)

        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Headers"] == "X-CSRF-Token"
        assert "PUT" in answer.headers["Access-Control-Allow-Methods"]


FORWARDED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}


class TestProxies:
    @pytest.mark.parametrize(
        ("hops", "address", "scheme"),
        [(0, "127.0.0.1", "http"), (1, "198.51.100.7", "https"), (2, "203.0.113.9", "http")],
    )
    def test_as_many_hops_are_believed_as_are_configured(self, tmp_path, hops, address, scheme):
        app = make_app(tmp_path, blueprints=[routes], TRUSTED_PROXIES=hops)

        answer = app.test_client().post("/whence", headers=FORWARDED)

        assert answer.json == {"address": address, "scheme": scheme}
