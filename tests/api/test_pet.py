"""The pet under parallel requests: coins are neither overspent nor paid out twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import PET, Row, close_pools
from api.pet.decay import elapsed


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def pet_of(app: Flask, username: str) -> Row:
    (pet,) = rows(app, PET, "SELECT * FROM pet WHERE username = $1", username)
    return pet


def test_parallel_purchases_do_not_overspend(app: Flask) -> None:
    answers = Browser(app, "ada").at_once(16, "/api/pet/buy", {"item_id": "apple"})
    assert Counter(answer.status_code for answer in answers) == {200: 12, 400: 4}
    assert pet_of(app, "ada")["coins"] == 0


def test_a_return_is_paid_once(app: Flask) -> None:
    answers = Browser(app, "dan").at_once(8, "/api/pet/check-return")
    (paid,) = (answer.json for answer in answers if answer.json["returned"])
    pet = pet_of(app, "dan")
    assert pet["coins"] == paid["new_coins"] == 9 + paid["coins_earned"]
    assert (pet["xp"], pet["stage"]) == (500, "Child")


def test_decay_is_taken_once(app: Flask) -> None:
    Browser(app, "zoë").at_once(8, "/api/pet/apply-decay")
    pet = pet_of(app, "zoë")
    assert (pet["hunger"], pet["hygiene"]) == (67, 90)


def test_a_pet_grows_up_in_the_eyes_of_one_request_only(app: Flask) -> None:
    answers = Browser(app, "eve").at_once(8, "/api/pet/reward", {"action": "cbt"})
    assert sum(answer.json["evolved"] for answer in answers) == 1
    pet = pet_of(app, "eve")
    assert (pet["coins"], pet["xp"], pet["stage"]) == (10 + 8 * 10, 491 + 8 * 15, "Child")


def test_only_one_of_several_starts_an_adventure(app: Flask) -> None:
    answers = Browser(app, "eve").at_once(8, "/api/pet/adventure")
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    assert pet_of(app, "eve")["energy"] == 50


@pytest.mark.parametrize(
    ("calls", "points"),
    [([11_999], 0), ([12_000], 1), ([3_000] * 4, 1), ([7_000] * 12, 7), ([84_001], 7)],
)
def test_short_steps_wear_off_as_much_as_one_long_one(calls: list[int], points: int) -> None:
    now, settled, lost = 1000.0, 1000.0, 0
    for seconds in calls:
        now += seconds
        found, settled = elapsed(settled, now, 12_000)
        lost += found
    assert lost == points


def test_a_clock_that_never_started_and_one_that_runs_ahead_wear_nothing_off() -> None:
    assert elapsed(None, 5000.0, 12_000) == (0, 5000.0)
    assert elapsed(9000.0, 5000.0, 12_000) == (0, 9000.0)
