"""Passwords, sessions, CSRF tokens, protected fields, headers, CORS and proxies."""

import base64
import hashlib
import json
import re
import zlib
from datetime import timedelta

import bcrypt
import pytest
from api_support import PASSWORD, add_user, audit_trail, make_app, visit
from cryptography.fernet import Fernet
from flask import Blueprint, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.db import get_db
from api.errors import ValidationFailed
from api.security import encryption, passwords, sessions
from api.security.clock_storage import SWEEP_AT, ClockStorage
from api.web import ANY_ROLE, PUBLIC, Body, Caller, Reply, endpoint

PRODUCTION = {
    "TESTING": False,
    "SECRET_KEY": "long enough for production, and random",
    "ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "ARGON2_COST": "production",
}


routes = Blueprint("sample", __name__)


@routes.post("/login/<username>")
@endpoint(auth=PUBLIC, csrf=False)
def login(username: str) -> Reply:
    user = get_db().one("SELECT * FROM users WHERE username = $1", username)
    assert user
    return {"csrf_token": sessions.login(user)}


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


@pytest.mark.usefixtures("context")
class TestPasswords:
    def test_only_the_same_text_fits(self):
        stored = passwords.hash_password(PASSWORD)

        assert passwords.verify(stored, PASSWORD)
        assert not passwords.verify(stored, PASSWORD.lower())
        assert not passwords.verify(stored, "")

    def test_equal_texts_have_different_hashes(self):
        assert passwords.hash_password("4821") != passwords.hash_password("4821")

    @pytest.mark.parametrize("stored", [None, "", "plain text", "$argon2id$broken"])
    def test_nothing_fits_what_is_no_hash(self, stored):
        assert not passwords.verify(stored, stored or "")

    def test_the_cost_is_the_least_in_tests(self):
        assert passwords.hash_password("x").startswith("$argon2id$v=19$m=8,t=1,p=1$")

    def test_the_cost_in_production_is_that_of_the_library(self, tmp_path):
        with make_app(tmp_path, **PRODUCTION).app_context():
            assert passwords.hash_password("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")

    def test_an_unknown_account_costs_a_verification_of_the_same_strength(self, tmp_path):
        with make_app(tmp_path, **PRODUCTION).app_context():
            hasher = passwords._hasher()

            assert not hasher.check_needs_rehash(passwords._nobody(hasher))
            assert not passwords.verify(None, PASSWORD)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "is required"),
            ("Ab1!", "must have at least 8 characters"),
            ("ABCDEFG1!", "must contain a lower-case letter"),
            ("abcdefg1!", "must contain an upper-case letter"),
            ("Abcdefgh!", "must contain a digit"),
            ("Abcdefgh1", "must contain one of !@#$%^&*()_+-=[]{}|;:,.<>?"),
        ],
    )
    def test_a_weak_password_is_refused_with_the_rule_it_breaks(self, text, message):
        with pytest.raises(ValidationFailed) as failure:
            passwords.check_rules(text, field="new_password")

        assert failure.value.fields == {"new_password": message}

    @pytest.mark.parametrize("sign", "!@#$%^&*()_+-=[]{}|;:,.<>?")
    def test_any_listed_sign_will_do(self, sign):
        passwords.check_rules(f"Abcdefg1{sign}")

    @pytest.mark.parametrize(
        ("text", "fits"), [("4821", True), ("482", False), ("48211", False), ("٤٨٢١", False)]
    )
    def test_a_pin_is_four_digits(self, text, fits):
        assert passwords.is_pin(text) is fits


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


@pytest.mark.usefixtures("context")
class TestEncryption:
    @pytest.mark.parametrize("text", ["Ada Lovelace", "Zoë 🌱", "a\nb", "x" * 5000])
    def test_a_value_comes_back(self, text):
        token = encryption.encrypt(text)

        assert text not in token
        assert encryption.decrypt(token) == text

    def test_equal_values_look_different(self):
        assert encryption.encrypt("same") != encryption.encrypt("same")

    @pytest.mark.parametrize("value", ["", None])
    def test_empty_and_null_stay_what_they_are(self, value):
        assert encryption.encrypt(value) == value
        assert encryption.decrypt(value) == value

    @pytest.mark.parametrize("stored", ["plain text", "gAAAAAB", "é"])
    def test_plain_text_is_never_passed_on(self, stored):
        with pytest.raises(encryption.DecryptionFailed, match="ENCRYPTION_KEY"):
            encryption.decrypt(stored)

    def test_a_new_key_in_front_still_opens_old_values(self, tmp_path):
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        with make_app(tmp_path, ENCRYPTION_KEY=old).app_context():
            token = encryption.encrypt("Ada")
            found_by = encryption.lookup_hash("ada@example.org")
        with make_app(tmp_path, ENCRYPTION_KEY=f"{new},{old}").app_context():
            assert encryption.decrypt(token) == "Ada"
            assert encryption.lookup_hash("ada@example.org") == found_by
            Fernet(new).decrypt(encryption.encrypt("Ada"))
        with (
            make_app(tmp_path, ENCRYPTION_KEY=new).app_context(),
            pytest.raises(encryption.DecryptionFailed),
        ):
            encryption.decrypt(token)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Ada@Example.org", " ada@example.ORG "),
            ("STRASSE@example.org", "straße@example.org"),
            ("+44 20 7946-0000", "442079460000"),
        ],
    )
    def test_spellings_of_one_identifier_have_one_hash(self, one, other):
        assert encryption.lookup_hash(one) == encryption.lookup_hash(other)

    @pytest.mark.parametrize(
        ("one", "other"), [("a@example.org", "b@example.org"), ("unknown", "none"), ("1", "2")]
    )
    def test_different_identifiers_have_different_hashes(self, one, other):
        assert encryption.lookup_hash(one) != encryption.lookup_hash(other)

    def test_the_hash_depends_on_the_key(self, tmp_path):
        here = encryption.lookup_hash("ada@example.org")
        with make_app(tmp_path, SECRET_KEY="another").app_context():
            assert encryption.lookup_hash("ada@example.org") != here

    def test_a_reader_outside_the_application_opens_values(self, tmp_path):
        config = {"TESTING": True, "SECRET_KEY": "s", "ENCRYPTION_KEY": Fernet.generate_key()}
        config["ENCRYPTION_KEY"] = config["ENCRYPTION_KEY"].decode()
        with make_app(tmp_path, **config).app_context():
            token = encryption.encrypt("Ada")

        read = encryption.reader(config)

        assert (read(token), read("")) == ("Ada", "")
        with pytest.raises(encryption.DecryptionFailed):
            read("Ada")


@pytest.mark.usefixtures("context")
class TestClockStorage:
    def test_a_window_moves_with_the_clock(self, clock):
        storage = ClockStorage()

        taken = [storage.acquire_entry("key", limit=2, expiry=60) for _ in range(3)]
        clock.advance(seconds=60)

        assert taken == [True, True, False]
        assert storage.acquire_entry("key", limit=2, expiry=60)
        assert storage.get_moving_window("key", limit=2, expiry=60) == (clock().timestamp(), 1)

    def test_it_counts_without_a_limit_too(self, clock):
        storage = ClockStorage()

        assert [storage.incr("key", 60, amount) for amount in (1, 2)] == [1, 3]
        assert storage.get_expiry("key") == clock().timestamp() + 60
        clock.advance(seconds=60)
        assert (storage.get("key"), storage.get("other")) == (0, 0)

    def test_windows_that_have_run_out_are_forgotten(self, clock):
        storage = ClockStorage()
        for number in range(SWEEP_AT):
            storage.acquire_entry(f"key {number}", limit=1, expiry=60)
        clock.advance(seconds=60)

        storage.acquire_entry("one more", limit=1, expiry=60)

        assert storage.reset() == 1

    def test_a_key_can_be_cleared(self):
        storage = ClockStorage()
        storage.acquire_entry("key", limit=1, expiry=60)

        storage.clear("key")

        assert storage.acquire_entry("key", limit=1, expiry=60)


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


def test_limits_counted_by_a_server_that_does_not_answer(tmp_path):
    """Whoever cannot count does not let everybody in, and says when to try again."""
    app = make_app(tmp_path, LIMITS_STORAGE="redis://:hidden@127.0.0.1:1")
    answer = app.test_client().get("/api/csrf-token")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "hidden" not in answer.text
    assert app.test_client().get("/api/health").status_code == 200


OLD_PASSWORDS = {
    "bcrypt": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    "bcrypt, of a long one": bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode(),
    "pbkdf2": "pbkdf2$"
    + hashlib.pbkdf2_hmac(
        "sha256",
        PASSWORD.encode(),
        hashlib.sha256(PASSWORD.encode()).hexdigest()[:16].encode(),
        200_000,
    ).hex(),
    "sha256": hashlib.sha256(PASSWORD.encode()).hexdigest(),
}


@pytest.mark.parametrize("form", OLD_PASSWORDS)
def test_a_hash_of_an_earlier_version_fits_and_is_outdated(tmp_path, form: str) -> None:
    text = "x" * 80 if "long" in form else PASSWORD
    with make_app(tmp_path).app_context():
        assert passwords.verify(OLD_PASSWORDS[form], text)
        assert not passwords.verify(OLD_PASSWORDS[form], "y" + text)
        assert passwords.is_outdated(OLD_PASSWORDS[form])


@pytest.mark.parametrize("stored", ["$2b$04$short", "$2", "pbkdf2$", "pbkdf2$zz", "0" * 64, "4821"])
def test_what_only_looks_like_an_old_hash_fits_nothing(tmp_path, stored: str) -> None:
    with make_app(tmp_path, PIN_SALT="salt").app_context():
        assert not passwords.verify(stored, "4821")
        assert not passwords.verify_pin(stored, "4821")


def test_a_pin_of_an_earlier_version_fits_by_its_salt(tmp_path) -> None:
    salt = hashlib.sha256(b"salt").hexdigest()[:16].encode()
    stored = "pbkdf2$" + hashlib.pbkdf2_hmac("sha256", b"4821", salt, 100_000).hex()
    for number, (given, fits) in enumerate([("salt", True), ("other", False), (None, False)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with make_app(folder, **({"PIN_SALT": given} if given else {})).app_context():
            assert passwords.verify_pin(stored, "4821") is fits
    with make_app(tmp_path).app_context():
        hashed = bcrypt.hashpw(b"4821", bcrypt.gensalt(4)).decode()
        assert passwords.verify_pin(hashed, "4821")
        assert not passwords.verify_pin(hashed, "4822")
