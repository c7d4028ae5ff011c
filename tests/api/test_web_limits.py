"""How often an address and an account may ask, and what a refusal says."""

import pytest
from api_support import audit_trail, make_app
from flask.testing import FlaskClient
from sample_routes import routes, sample_app


@pytest.fixture
def app(tmp_path):
    return sample_app(tmp_path)


@pytest.fixture
def client(app):
    return app.test_client()


def try_as(client: FlaskClient, username: object, address: str = "192.0.2.1"):
    return client.post("/try", json={"username": username}, environ_base={"REMOTE_ADDR": address})


def test_an_address_has_its_limit_whatever_the_account(app, client):
    statuses = [try_as(client, name).status_code for name in ("ada", "ben", "eve")]

    assert statuses == [200, 200, 429]
    assert audit_trail(app) == [("system", "security", "rate_limit_exceeded")]


def test_an_account_has_its_limit_whatever_the_address(client):
    addresses = ("192.0.2.1", "192.0.2.2", "192.0.2.3")

    assert [try_as(client, "ada", it).status_code for it in addresses] == [200, 200, 429]
    assert try_as(client, "ben", "192.0.2.4").status_code == 200


@pytest.mark.parametrize("username", [[], 7, "\ud800", "a\0b", ""])
def test_a_username_that_is_no_valid_text_is_counted_too(client, username):
    assert [try_as(client, username).status_code for _ in range(3)] == [400, 400, 429]


def test_a_refusal_says_when_the_window_has_moved_on(app, client):
    clock = app.config["SETTINGS"].clock
    try_as(client, "ada")
    clock.advance(seconds=20)
    try_as(client, "ada")

    refused = try_as(client, "ada")

    assert refused.json["code"] == "RATE_LIMITED"
    assert refused.headers["Retry-After"] == "41"
    clock.advance(seconds=40)
    assert try_as(client, "ada").status_code == 200
    assert try_as(client, "ada").status_code == 429


def test_a_new_app_starts_afresh(tmp_path, client):
    for _ in range(3):
        try_as(client, "ada")
    other = make_app(tmp_path, blueprints=[routes])

    assert try_as(other.test_client(), "ada").status_code == 200


def test_the_default_limit_counts_per_route_and_health_has_none(tmp_path):
    app = make_app(tmp_path, blueprints=[routes], DEFAULT_LIMIT="2 per hour; 3 per day")
    client = app.test_client()

    assert [client.get("/list").status_code for _ in range(3)] == [200, 200, 429]
    assert client.post("/open").status_code == 200
    assert [client.get("/api/health").status_code for _ in range(5)] == [200] * 5


def test_limits_can_be_off(tmp_path):
    app = make_app(tmp_path, blueprints=[routes], LIMITS_ENABLED=False)

    answers = [try_as(app.test_client(), "ada").status_code for _ in range(4)]

    assert answers == [200] * 4
