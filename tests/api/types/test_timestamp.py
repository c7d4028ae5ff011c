"""Moments as they are stored, in every spelling, and as answers show them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from api.db.types import timestamp

HALF_PAST_TEN = datetime(2026, 2, 4, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "stored",
    [
        "2026-02-04 10:30:00",
        "2026-02-04T10:30:00",
        "2026-02-04T10:30:00Z",
        "2026-02-04 12:30:00+02:00",
        "2026-02-04 10:30",
        HALF_PAST_TEN,
        HALF_PAST_TEN.replace(tzinfo=None),
        HALF_PAST_TEN.astimezone(timezone(timedelta(hours=-5))),
    ],
)
def test_every_spelling_of_a_moment_is_the_same_moment(stored: datetime | str) -> None:
    found = timestamp.moment(stored)
    assert found == HALF_PAST_TEN
    assert found.tzinfo is UTC
    assert timestamp.text(stored) == "2026-02-04 10:30:00"


@pytest.mark.parametrize("stored", ["2026-02-04 10:30:00.123456", "2026-02-04T10:30:00.123456Z"])
def test_a_fraction_is_kept_in_the_moment_and_cut_from_the_text(stored: str) -> None:
    assert timestamp.moment(stored) == HALF_PAST_TEN.replace(microsecond=123456)
    assert timestamp.text(stored) == "2026-02-04 10:30:00"


def test_a_date_alone_is_midnight() -> None:
    assert timestamp.text("2026-02-04") == "2026-02-04 00:00:00"


def test_nothing_stays_nothing() -> None:
    assert timestamp.moment(None) is None
    assert timestamp.text(None) is None


def test_other_text_is_refused() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        timestamp.moment("yesterday")


def test_sqlite_gets_utc_with_a_fraction_only_where_there_is_one() -> None:
    east = timezone(timedelta(hours=2))
    assert timestamp.stored(datetime(2026, 2, 4, 12, 30, tzinfo=east)) == "2026-02-04 10:30:00"
    assert timestamp.stored(HALF_PAST_TEN.replace(microsecond=7)) == "2026-02-04 10:30:00.000007"


def test_a_moment_of_no_zone_is_not_stored() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        timestamp.stored(HALF_PAST_TEN.replace(tzinfo=None))
