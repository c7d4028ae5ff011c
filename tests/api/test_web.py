"""The request pipeline: each check, the order among them, and the one shape of errors."""

import json
import re
import sqlite3
from datetime import date

import pytest
from api_support import add_user, audit_trail, make_app, visit
from flask import Blueprint, abort
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

from api.access import Caller, clinicians_of, own_name, patient_for
from api.db import get_db
from api.db.errors import Unavailable as DatabaseUnavailable
from api.errors import Conflict, Forbidden, NotFound
from api.notifications import notify
from api.security import sessions
from api.web import (
    ANY_ROLE,
    PUBLIC,
    Body,
    Day,
    Query,
    QueryFlag,
    QueryInt,
    RawText,
    Reply,
    Text,
    endpoint,
    roles,
)


class Entry(Body):
    mood: int = Field(ge=1, le=10)
    sleep: float = 0
    note: Text = Field(default="", max_length=5)
    tags: list[Text] = Field(default=[], max_length=2)
    data: dict[str, object] = Field(default_factory=dict)
    day: Day | None = None


class Named(Body):
    username: Text = Field(min_length=1)


class Page(Query):
    limit: QueryInt = Field(default=10, ge=1, le=50)
    all: QueryFlag = False
    username: RawText | None = None


routes = Blueprint("sample", __name__)


@routes.post("/login/<username>")
@endpoint(auth=PUBLIC, csrf=False)
def login(username: str) -> Reply:
    user = get_db().one("SELECT * FROM users WHERE username = $1", username)
    assert user
    return {"csrf_token": sessions.login(user)}


@routes.post("/entries/<int:number>")
@endpoint(auth=roles("user"), body=Entry, query=Page, limit="5 per minute")
def add_entry(caller: Caller, body: Entry, query: Page, number: int) -> Reply:
    if number == 404:
        raise NotFound
    if number == 409:
        raise Conflict("There is one already.")
    return {"who": caller.username, "mood": body.mood, "limit": query.limit}, 201


@routes.post("/echo")
@endpoint(auth=PUBLIC, body=Entry)
def echo(body: Entry) -> Reply:
    return body.model_dump(exclude={"day"}) | {"day": str(body.day)}


@routes.post("/open")
@endpoint(auth=PUBLIC, csrf=False)
def open_to_all(caller: Caller | None) -> Reply:
    return {"who": caller and caller.username}


@routes.post("/try")
@endpoint(auth=PUBLIC, body=Named, csrf=False, limit="2 per minute")
def try_often() -> Reply:
    return {}


@routes.get("/list")
@endpoint(auth=PUBLIC, query=Page)
def show_list(query: Page) -> Reply:
    return {"limit": query.limit, "all": query.all, "username": query.username}


@routes.get("/items/<name>")
@endpoint(auth=ANY_ROLE)
def show_item(name: str) -> Reply:
    return {"name": name}


@routes.get("/patients/<username>")
@endpoint(auth=ANY_ROLE)
def show_patient(caller: Caller, username: str) -> Reply:
    return {"patient": patient_for(caller, username)}


@routes.post("/broken")
@endpoint(auth=PUBLIC, csrf=False)
def broken() -> Reply:
    get_db().run("INSERT INTO settings (key, value) VALUES ($1, $2)", "half", "done")
    raise RuntimeError("the password is swordfish")


@routes.get("/day")
@endpoint(auth=PUBLIC)
def answer_date() -> Reply:
    return {"day": date(2026, 2, 4)}


@routes.get("/down")
@endpoint(auth=PUBLIC)
def down() -> Reply:
    raise DatabaseUnavailable("postgresql://app:secret@db")


@routes.post("/settings")
@endpoint(auth=PUBLIC, csrf=False)
def add_setting() -> Reply:
    get_db().run("INSERT INTO settings (key) VALUES ($1)", "once")
    get_db().commit()
    return {}, 201


@routes.post("/notes/<recipient>")
@endpoint(auth=PUBLIC, csrf=False)
def add_note(recipient: str) -> Reply:
    notify(recipient, "Hello")
    return {}, 201


@routes.post("/moods/<int:value>")
@endpoint(auth=PUBLIC, csrf=False)
def add_mood(value: int) -> Reply:
    get_db().run(
        "INSERT INTO mood_logs (username, mood_val, log_date) VALUES ($1, $2, $3)",
        *("ada", value, date(2026, 2, 4)),
    )
    return {}, 201


@routes.get("/teapot")
@endpoint(auth=PUBLIC)
def teapot() -> Reply:
    abort(418)


@pytest.fixture
def app(tmp_path):
    app = make_app(tmp_path)
    app.register_blueprint(routes)
    add_user(app, "ada")
    add_user(app, "grace", "clinician")
    return app


@pytest.fixture
def client(app):
    return app.test_client()


def log_in(client: FlaskClient, username: str) -> dict[str, str]:
    return {"X-CSRF-Token": client.post(f"/login/{username}").json["csrf_token"]}


GOOD = {"mood": 7}
JSON = {"content_type": "application/json"}


def test_each_fault_hides_those_checked_after_it(app, client):
    """One request with every fault there is; mending them one by one meets the next check."""
    app.config["MAX_CONTENT_LENGTH"] = 100
    token = log_in(client, "grace")
    client.delete_cookie("session")
    request = {"path": "/entries/409", "data": b"x" * 200, "content_type": "text/plain"}

    def status(method: str = "POST", **mended: object) -> int:
        request.update(mended)
        return client.open(**request, method=method).status_code

    assert status("PUT") == 405
    assert status() == 413
    assert status(data=b'{"mood": "7"') == 415
    assert status(content_type="application/json") == 400
    assert status(data=b'{"mood": "7"}') == 401
    token = log_in(client, "grace")
    assert [status() for _ in range(6)] == [403] * 5 + [429]
    app.extensions["limits"].limiter.reset()
    assert status(headers=token) == 403
    token = log_in(client, "ada")
    assert status(headers=token) == 400
    assert status(data=b'{"mood": 7}') == 409
    assert status(path="/entries/404") == 404
    assert status(path="/entries/1") == 201


@pytest.mark.parametrize(
    ("path", "kwargs", "status", "code"),
    [
        ("/nowhere", {}, 404, "NOT_FOUND"),
        ("/list", {}, 405, "METHOD_NOT_ALLOWED"),
        ("/echo", {"data": "mood=7"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("/echo", {"data": {"mood": "7"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("/echo", {"data": "{", **JSON}, 400, "MALFORMED_JSON"),
        ("/entries/1", {"json": GOOD}, 401, "UNAUTHORIZED"),
        ("/echo", {"json": GOOD}, 403, "CSRF_FAILED"),
    ],
)
def test_errors_have_one_shape(client, path, kwargs, status, code):
    answer = client.post(path, **kwargs)

    assert answer.status_code == status
    assert answer.content_type == "application/json"
    assert answer.json["code"] == code
    assert set(answer.json) == {"error", "code"}


def test_405_names_the_methods_that_work(client):
    assert client.delete("/list").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_other_errors_of_the_framework_have_the_same_shape(client):
    answer = client.get("/teapot")

    assert (answer.status_code, answer.json["code"]) == (418, "I'M_A_TEAPOT")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":',
        b"[1]",
        b"null",
        b"7",
        b'"text"',
        b'{"mood": NaN}',
        b'{"mood": -Infinity}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"mood": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_json_object_is_malformed(client, raw):
    answer = client.post("/echo", data=raw, headers=visit(client), **JSON)

    assert (answer.status_code, answer.json["code"]) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{}", {"mood": "is required"}),
        (b'{"mood": "7"}', {"mood": "must be a whole number"}),
        (b'{"mood": true}', {"mood": "must be a whole number"}),
        (b'{"mood": 7.5}', {"mood": "must be a whole number"}),
        (b'{"mood": 1e20}', {"mood": "must be a whole number"}),
        (b'{"mood": null}', {"mood": "must be a whole number"}),
        (b'{"mood": 0}', {"mood": "must be at least 1"}),
        (b'{"mood": 11}', {"mood": "must be at most 10"}),
        (b'{"mood": 18446744073709551616}', {"mood": "is out of range"}),
        (b'{"mood": 7, "sleep": true}', {"sleep": "must be a number"}),
        (b'{"mood": 7, "sleep": 1e999}', {"sleep": "must be a finite number"}),
        (b'{"mood": 7, "note": 7}', {"note": "must be text"}),
        (b'{"mood": 7, "note": "longer"}', {"note": "must have at most 5 characters"}),
        (b'{"mood": 7, "note": "a\\u0000"}', {"note": "must not contain the NUL character"}),
        (b'{"mood": 7, "note": "\\ud800"}', {"note": "must be valid Unicode text"}),
        (b'{"mood": 7, "tags": "a"}', {"tags": "must be a list"}),
        (b'{"mood": 7, "tags": ["a", 7]}', {"tags.1": "must be text"}),
        (b'{"mood": 7, "tags": ["a", "b", "c"]}', {"tags": "must have at most 2 items"}),
        (b'{"mood": 7, "tags": ["\\u0000"]}', {"tags": "must not contain the NUL character"}),
        (b'{"mood": 7, "data": []}', {"data": "must be an object"}),
        (b'{"mood": 7, "data": {"\\u0000": 1}}', {"data": "must not contain the NUL character"}),
        (b'{"mood": 7, "day": "4.2.2026"}', {"day": "must be a date like 2026-02-04"}),
        (b'{"mood": 7, "day": "2026-02-30"}', {"day": "must be a date like 2026-02-04"}),
        (b'{"mood": 0, "note": 1}', {"mood": "must be at least 1", "note": "must be text"}),
        (
            b'{"mood": 7, "data": ' + b'{"a":' * 40 + b"1" + b"}" * 41,
            {"data": "is nested too deeply"},
        ),
    ],
)
def test_invalid_fields_are_named_with_what_they_must_be(client, body, fields):
    answer = client.post("/echo", data=body, headers=visit(client), **JSON)

    assert (answer.status_code, answer.json["code"]) == (400, "VALIDATION_FAILED")
    assert answer.json["fields"] == fields


def test_a_valid_body_reaches_the_view_stripped_and_typed(client):
    body = {"mood": 7, "sleep": 8, "note": " ok  ", "day": "2026-02-04", "more": "ignored"}

    answer = client.post("/echo", json=body, headers=visit(client))

    assert answer.json == {
        "mood": 7,
        "sleep": 8.0,
        "note": "ok",
        "tags": [],
        "data": {},
        "day": "2026-02-04",
    }


@pytest.mark.parametrize("number", [b"7.0", b"0.7e1", b"70E-1", b"7.000"])
def test_json_makes_no_difference_between_7_and_7_0(client, number):
    answer = client.post("/echo", data=b'{"mood": %b}' % number, headers=visit(client), **JSON)

    assert answer.json["mood"] == 7


def test_what_unknown_keys_hold_is_no_matter(client):
    body = b'{"mood": 7, "a\\u0000": "\\ud800", "b": 18446744073709551616}'

    assert client.post("/echo", data=body, headers=visit(client), **JSON).status_code == 200
    assert client.get("/list?a%00=b%00").status_code == 200


def test_an_absent_body_counts_as_an_empty_object(client):
    answer = client.post("/echo", headers=visit(client))

    assert answer.json["fields"] == {"mood": "is required"}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
FIELDS = st.sampled_from(["mood", "sleep", "note", "tags", "data", "day", "username"])


@settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(document=st.dictionaries(FIELDS, JSON_VALUES))
def test_no_document_whatever_is_a_server_error(client, document):
    answer = client.post("/try", json=document, environ_base={"REMOTE_ADDR": str(document)})
    assert answer.status_code in (200, 400, 429)

    answer = client.post("/echo", json=document, headers=visit(client))
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "must be at least 1"),
        ("limit=51", "must be at most 50"),
        ("limit=", "must be a whole number"),
        ("limit=-5", "must be a whole number"),
        ("limit=1.5", "must be a whole number"),
        ("limit=+5", "must be a whole number"),
        ("limit=٣", "must be a whole number"),
        ("limit=9223372036854775807", "must be at most 50"),
        ("limit=9223372036854775808", "must be a whole number"),
    ],
)
def test_numbers_in_a_query_are_digits_within_bounds(client, query, message):
    answer = client.get(f"/list?{query}")

    assert (answer.status_code, answer.json["fields"]) == (400, {"limit": message})


def test_a_query_is_read_and_unknown_keys_are_ignored(client):
    answer = client.get("/list?limit=5&all=true&username=ada&more=1")

    assert answer.json == {"limit": 5, "all": True, "username": "ada"}


def test_flags_in_a_query_are_true_or_false(client):
    assert client.get("/list?all=yes").json["fields"] == {"all": "must be true or false"}


def test_a_query_and_a_path_hold_no_nul(client):
    log_in(client, "ada")

    assert client.get("/list?username=a%00b").json["fields"] == {
        "username": "must not contain the NUL character"
    }
    assert client.get("/items/a%00b").json["fields"] == {
        "name": "must not contain the NUL character"
    }


def test_a_number_in_the_path_beyond_64_bits_is_invalid(client):
    answer = client.post("/entries/9223372036854775808", json=GOOD, headers=log_in(client, "ada"))

    assert (answer.status_code, answer.json["fields"]) == (400, {"number": "is out of range"})


def test_answers_have_sorted_keys_and_no_blanks(client):
    assert client.get("/list").data == b'{"all":false,"limit":10,"username":null}\n'


def test_a_date_in_an_answer_is_refused_rather_than_guessed_at(client):
    assert client.get("/day").status_code == 500


def test_a_public_route_knows_its_caller_if_there_is_one(client):
    assert client.post("/open").json == {"who": None}
    log_in(client, "ada")
    assert client.post("/open").json == {"who": "ada"}


def test_an_unexpected_error_tells_nothing_but_its_id(app, client, caplog):
    answer = client.post("/broken")

    assert answer.status_code == 500
    assert set(answer.json) == {"error", "code", "error_id"}
    assert re.fullmatch(r"[0-9a-f]{8}", answer.json["error_id"])
    assert b"swordfish" not in answer.data
    assert answer.json["error_id"] in caplog.text
    assert "swordfish" in caplog.text
    assert audit_trail(app) == [("system", "error", "broken_error")]
    with app.app_context():
        assert get_db().value("SELECT COUNT(*) AS n FROM settings") == 0


def test_a_database_that_does_not_answer_is_503_with_a_time_to_come_back(client):
    answer = client.get("/down")

    assert (answer.status_code, answer.json["code"]) == (503, "UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) > 0
    assert b"secret" not in answer.data


def test_a_key_that_exists_already_is_409(client):
    assert client.post("/settings").status_code == 201
    assert client.post("/settings").status_code == 409


def test_a_reference_to_nothing_is_409(client):
    assert client.post("/notes/ada").status_code == 201
    assert client.post("/notes/nobody").status_code == 409


def test_a_value_that_only_the_database_refuses_is_our_own_fault(client):
    assert client.post("/moods/7").status_code == 201
    assert client.post("/moods/11").json["code"] == "INTERNAL_ERROR"


def test_an_error_is_answered_also_when_it_cannot_be_audited(tmp_path, caplog):
    (tmp_path / "therapist_app.db").write_text("this is no database" * 100)

    answer = make_app(tmp_path).test_client().post("/api/auth/register", json={})

    assert (answer.status_code, answer.json["code"]) == (403, "CSRF_FAILED")
    assert "csrf_validation_failed" in caplog.text


def test_what_a_route_declares_can_be_read_from_its_view(app):
    info = app.view_functions["sample.add_entry"].endpoint_info

    assert (info.body, info.query, info.csrf, info.limit) == (Entry, Page, True, "5 per minute")
    assert info.auth == roles("user")


class TestLimits:
    def try_as(self, client: FlaskClient, username: object, address: str = "192.0.2.1"):
        return client.post(
            "/try", json={"username": username}, environ_base={"REMOTE_ADDR": address}
        )

    def test_an_address_has_its_limit_whatever_the_account(self, app, client):
        statuses = [self.try_as(client, name).status_code for name in ("ada", "ben", "eve")]

        assert statuses == [200, 200, 429]
        assert audit_trail(app) == [("system", "security", "rate_limit_exceeded")]

    def test_an_account_has_its_limit_whatever_the_address(self, client):
        addresses = ("192.0.2.1", "192.0.2.2", "192.0.2.3")

        assert [self.try_as(client, "ada", it).status_code for it in addresses] == [200, 200, 429]
        assert self.try_as(client, "ben", "192.0.2.4").status_code == 200

    @pytest.mark.parametrize("username", [[], 7, "\ud800", "a\0b", ""])
    def test_a_username_that_is_no_valid_text_is_counted_too(self, client, username):
        assert [self.try_as(client, username).status_code for _ in range(3)] == [400, 400, 429]

    def test_a_refusal_says_when_the_window_has_moved_on(self, app, client):
        clock = app.config["SETTINGS"].clock
        self.try_as(client, "ada")
        clock.advance(seconds=20)
        self.try_as(client, "ada")

        refused = self.try_as(client, "ada")

        assert refused.json["code"] == "RATE_LIMITED"
        assert refused.headers["Retry-After"] == "41"
        clock.advance(seconds=40)
        assert self.try_as(client, "ada").status_code == 200
        assert self.try_as(client, "ada").status_code == 429

    def test_a_new_app_starts_afresh(self, tmp_path, client):
        for _ in range(3):
            self.try_as(client, "ada")
        other = make_app(tmp_path)
        other.register_blueprint(routes)

        assert self.try_as(other.test_client(), "ada").status_code == 200

    def test_the_default_limit_counts_per_route_and_health_has_none(self, tmp_path):
        app = make_app(tmp_path, DEFAULT_LIMIT="2 per hour; 3 per day")
        app.register_blueprint(routes)
        client = app.test_client()

        assert [client.get("/list").status_code for _ in range(3)] == [200, 200, 429]
        assert client.post("/open").status_code == 200
        assert [client.get("/api/health").status_code for _ in range(5)] == [200] * 5

    def test_limits_can_be_off(self, tmp_path):
        app = make_app(tmp_path, LIMITS_ENABLED=False)
        app.register_blueprint(routes)

        answers = [self.try_as(app.test_client(), "ada").status_code for _ in range(4)]

        assert answers == [200] * 4


class TestAccess:
    def relate(self, app, status: str) -> None:
        with app.app_context():
            get_db().run(
                "INSERT INTO patient_approvals (patient_username, clinician_username, status)"
                " VALUES ($1, $2, $3)",
                "ada",
                "grace",
                status,
            )
            get_db().commit()

    def test_everybody_sees_themselves(self, client):
        log_in(client, "ada")

        assert client.get("/patients/ada").json == {"patient": "ada"}

    @pytest.mark.parametrize(
        ("status", "seen"), [("pending", 403), ("rejected", 403), ("approved", 200)]
    )
    def test_a_clinician_sees_a_patient_by_an_approved_relation(self, app, client, status, seen):
        self.relate(app, status)
        log_in(client, "grace")

        assert client.get("/patients/ada").status_code == seen

    def test_a_stranger_and_nobody_are_refused_alike(self, app, client):
        add_user(app, "ben")
        log_in(client, "grace")

        stranger, nobody = client.get("/patients/ben"), client.get("/patients/nobody")

        assert stranger.status_code == 403
        assert stranger.data == nobody.data

    def test_a_developer_sees_people_only_where_the_route_says_so(self, app):
        developer = Caller("dev", "developer")

        with app.app_context():
            assert patient_for(developer, "ada", developers=True) == "ada"
            with pytest.raises(Forbidden):
                patient_for(developer, "ada")

    def test_what_is_for_oneself_is_not_for_ones_clinician(self, app):
        self.relate(app, "approved")
        grace = Caller("grace", "clinician")

        assert own_name(grace, None) == own_name(grace, "grace") == "grace"
        with pytest.raises(Forbidden):
            own_name(grace, "ada")

    def test_the_clinicians_of_a_patient_are_those_approved(self, app):
        self.relate(app, "approved")
        self.relate(app, "approved")
        add_user(app, "hope", "clinician")

        with app.app_context():
            assert clinicians_of("ada") == ["grace"]
            assert clinicians_of("grace") == []

    def test_a_patient_does_not_see_the_clinician(self, app, client):
        self.relate(app, "approved")
        log_in(client, "ada")

        assert client.get("/patients/grace").status_code == 403


class TestSystem:
    def test_health_needs_no_database(self, tmp_path):
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

    def test_ready_when_every_database_answers(self, client):
        answer = client.get("/api/ready")

        assert answer.status_code == 200
        assert set(answer.json["databases"].values()) == {"ok"}

    def test_not_ready_names_the_database_that_fails(self, tmp_path):
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

    def test_a_visitor_keeps_the_csrf_token_of_the_session(self, client):
        first, second = visit(client), visit(client)

        assert first == second
        assert re.fullmatch(r"[0-9a-f]{64}", first["X-CSRF-Token"])


def test_every_route_goes_through_the_pipeline(app):
    bare = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "endpoint_info")
    ]

    assert bare == []


def test_a_json_answer_parses_back(client):
    assert json.loads(client.get("/api/health").data) == client.get("/api/health").json
