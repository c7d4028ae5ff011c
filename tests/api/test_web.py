"""The request pipeline: each check, the order among them, and the one shape of errors."""

import json
import re

import pytest
from api_support import audit_trail, make_app, visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_routes import Entry, Page, log_in, sample_app

from api.db import get_db
from api.web import roles


@pytest.fixture
def app(tmp_path):
    return sample_app(tmp_path)


@pytest.fixture
def client(app):
    return app.test_client()


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


def test_every_route_goes_through_the_pipeline(app):
    bare = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "endpoint_info")
    ]

    assert bare == []


def test_a_json_answer_parses_back(client):
    assert json.loads(client.get("/api/health").data) == client.get("/api/health").json
