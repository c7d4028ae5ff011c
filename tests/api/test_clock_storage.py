"""Where limits are counted, by the application's own clock."""

import pytest
from api_support import make_app

from api.security.clock_storage import SWEEP_AT, ClockStorage


@pytest.fixture
def app(tmp_path):
    return make_app(tmp_path)


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


@pytest.fixture
def clock(app):
    return app.config["SETTINGS"].clock


def test_a_window_moves_with_the_clock(clock):
    storage = ClockStorage()

    taken = [storage.acquire_entry("key", limit=2, expiry=60) for _ in range(3)]
    clock.advance(seconds=60)

    assert taken == [True, True, False]
    assert storage.acquire_entry("key", limit=2, expiry=60)
    assert storage.get_moving_window("key", limit=2, expiry=60) == (clock().timestamp(), 1)


def test_it_counts_without_a_limit_too(clock):
    storage = ClockStorage()

    assert [storage.incr("key", 60, amount) for amount in (1, 2)] == [1, 3]
    assert storage.get_expiry("key") == clock().timestamp() + 60
    clock.advance(seconds=60)
    assert (storage.get("key"), storage.get("other")) == (0, 0)


def test_windows_that_have_run_out_are_forgotten(clock):
    storage = ClockStorage()
    for number in range(SWEEP_AT):
        storage.acquire_entry(f"key {number}", limit=1, expiry=60)
    clock.advance(seconds=60)

    storage.acquire_entry("one more", limit=1, expiry=60)

    assert storage.reset() == 1


def test_a_key_can_be_cleared():
    storage = ClockStorage()
    storage.acquire_entry("key", limit=1, expiry=60)

    storage.clear("key")

    assert storage.acquire_entry("key", limit=1, expiry=60)
