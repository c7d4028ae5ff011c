"""Metrics: what is counted, by whom, and what a reader of them may not learn or make up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from api_support import Clock, add_user, make_app
from flask import Blueprint, Flask
from prometheus_client.parser import text_string_to_metric_families
from seeded import ENGINES, Browser, seeded_app

from api.db import close_pools


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


def samples(app: Flask) -> dict[tuple[str, ...], float]:
    """Return name and labels -> value for everything that is shown."""
    text = app.test_client().get("/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_method_rule_and_status(app: Flask) -> None:
    client = app.test_client()
    for _ in range(3):
        client.get("/api/health")
    client.get("/static/missing.css")
    total = "healing_space_requests_total"
    shown = samples(app)
    assert shown[total, "GET", "/api/health", "200"] == 3
    assert shown[total, "GET", "/static/<path:filename>", "404"] == 1


def test_visitors_cannot_make_up_series(app: Flask) -> None:
    client = app.test_client()
    for number in range(20):
        client.open(f"/nowhere/{number}", method=f"METHOD{number}")
        client.open("/api/health", method=f"METHOD{number}")
    names = {key for key in samples(app) if key[0] == "healing_space_requests_total"}
    assert names == {
        ("healing_space_requests_total", "other", "none", status) for status in ("404", "405")
    }


def test_durations_are_measured(tmp_path: Path) -> None:
    class Running(Clock):
        def __call__(self) -> datetime:
            self.moment += timedelta(seconds=0.3)
            return self.moment

    app = make_app(tmp_path, CLOCK=Running())
    app.test_client().get("/api/health")
    shown = samples(app)
    request, seconds = ("GET", "/api/health"), "healing_space_request_seconds"
    assert shown[f"{seconds}_sum", *request] > 0.25
    assert [shown[f"{seconds}_bucket", le, *request] for le in ("0.25", "+Inf")] == [0, 1]


def test_a_failed_request_is_counted_too(tmp_path: Path) -> None:
    failing = Blueprint("failing", __name__)

    @failing.get("/fail")
    def fail() -> str:
        raise ZeroDivisionError

    app = make_app(tmp_path, blueprints=[failing])
    app.test_client().get("/fail")
    assert samples(app)["healing_space_requests_total", "GET", "/fail", "500"] == 1


def test_applications_count_apart(app: Flask, tmp_path: Path) -> None:
    other = make_app(tmp_path)
    app.test_client().get("/api/health")
    assert ("healing_space_requests_total", "GET", "/api/health", "200") not in samples(other)


def test_every_name_is_one_of_ours(app: Flask) -> None:
    app.test_client().get("/api/health")
    assert all(name.startswith("healing_space_") for name, *_ in samples(app))
    assert not any(name.endswith("_created") for name, *_ in samples(app))


class TestConnections:
    @pytest.fixture(params=ENGINES)
    def app(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
        app = seeded_app(request.param, request, tmp_path)
        yield app
        close_pools(app)

    def test_none_is_in_use_between_requests(self, app: Flask) -> None:
        Browser(app, "ada").at_once(8, "/api/auth/disclaimer/accept")
        shown = samples(app)
        held = "healing_space_database_connections"
        assert {shown[held, name, "in_use"] for name in ("therapist_app", "pet_game")} == {0}
        assert shown["healing_space_database_waiting", "therapist_app"] == 0


def test_names_of_users_do_not_show(app: Flask) -> None:
    add_user(app, "ada")
    app.test_client().get("/api/messages/conversation/ada?username=ada")
    assert "ada" not in app.test_client().get("/metrics").text
