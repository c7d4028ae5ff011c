"""The application's clock, ids, chance and effects, each from its given source."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask

from api import runtime, settings

TESTING = {"TESTING": True, "SECRET_KEY": "x"}


def world(**given: object) -> Flask:
    """An application that is nothing but its settings."""
    app = Flask("world")
    app.config["SETTINGS"] = settings.load(TESTING | given, {})
    runtime.init_app(app)
    return app


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_now_is_in_utc_and_whole_seconds() -> None:
    east = timezone(timedelta(hours=2))
    with world(CLOCK=at(datetime(2026, 2, 4, 12, 30, 5, 999999, tzinfo=east))).app_context():
        assert runtime.now() == datetime(2026, 2, 4, 10, 30, 5, tzinfo=UTC)
        assert runtime.now().tzinfo is UTC


def test_without_a_clock_it_is_the_machine_s_time() -> None:
    with world().app_context():
        before = datetime.now(UTC) - timedelta(seconds=1)
        assert before <= runtime.now() <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 2, 4, 23, 30, tzinfo=UTC), "Europe/London", date(2026, 2, 4)),
        (datetime(2026, 7, 4, 23, 30, tzinfo=UTC), "Europe/London", date(2026, 7, 5)),
        (datetime(2026, 2, 4, 3, 0, tzinfo=UTC), "America/New_York", date(2026, 2, 3)),
    ],
)
def test_today_is_the_day_in_the_zone_of_the_users(moment: datetime, zone: str, day: date) -> None:
    with world(CLOCK=at(moment), TIMEZONE=zone).app_context():
        assert runtime.today() == day


def test_a_stopwatch_runs_with_the_clock_that_is_given() -> None:
    with world(CLOCK=at(datetime(2026, 2, 4, tzinfo=UTC))).app_context():
        assert runtime.stopwatch() == runtime.stopwatch()


def test_a_stopwatch_never_runs_back() -> None:
    with world().app_context():
        assert runtime.stopwatch() <= runtime.stopwatch()


def test_ids_come_from_their_source() -> None:
    with world(IDS=lambda count: b"\xff" * count).app_context():
        assert runtime.random_bytes(3) == b"\xff\xff\xff"
        assert runtime.token_hex(2) == "ffff"
        assert runtime.token_urlsafe(4) == "_____w"


def test_without_a_source_ids_are_random() -> None:
    with world().app_context():
        assert len({runtime.token_hex(16) for _ in range(50)}) == 50


def test_chance_can_be_repeated() -> None:
    def draw(seed: int) -> list[float]:
        with world(RANDOM_SEED=seed).app_context():
            return [runtime.chance().random() for _ in range(3)]

    assert draw(7) == draw(7) != draw(8)


def test_effects_are_told_to_who_listens() -> None:
    heard: list[dict[str, Any]] = []
    with world(EFFECTS=heard.append).app_context():
        runtime.emit({"kind": "mail", "to": "ada"})
    assert heard == [{"kind": "mail", "to": "ada"}]


def test_without_a_listener_effects_are_not_an_error() -> None:
    with world().app_context():
        runtime.emit({"kind": "mail"})
