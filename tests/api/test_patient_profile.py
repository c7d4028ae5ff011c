"""Profiles: an address that two people claim at once, and what is stored of it."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import MAIN, close_pools

CLAIM = {"email": "new@example.org", "full_name": "Somebody"}


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_of_two_who_claim_an_address_at_once_one_gets_it(app: Flask) -> None:
    browsers = [Browser(app, name) for name in ("ada", "ben")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda each: each.send("PUT", "/api/patient/profile", CLAIM), browsers)
        )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}


def test_nothing_of_it_is_stored_in_plain_text(app: Flask) -> None:
    assert Browser(app, "ben").send("PUT", "/api/patient/profile", CLAIM).status_code == 200
    (stored,) = rows(app, MAIN, "SELECT * FROM users WHERE username = 'ben'")
    assert not {"new@example.org", "Somebody"} & set(stored.values())
    assert stored["email"].startswith("gAAAA")
