"""Calendar days as they are stored and as answers show them."""

from datetime import UTC, date, datetime

import pytest

from api.db.types import date as days

FOURTH = date(2026, 2, 4)


@pytest.mark.parametrize(
    "stored",
    [
        FOURTH,
        "2026-02-04",
        "2026-02-04 23:59:59",
        "2026-02-04T23:59:59Z",
        datetime(2026, 2, 4, 23, 59, tzinfo=UTC),
    ],
)
def test_every_spelling_of_a_day_is_the_same_day(stored: date | str) -> None:
    assert days.day(stored) == FOURTH
    assert type(days.day(stored)) is date
    assert days.text(stored) == "2026-02-04"


def test_nothing_stays_nothing() -> None:
    assert days.day(None) is None
    assert days.text(None) is None


def test_other_text_is_refused() -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        days.day("tomorrow")
