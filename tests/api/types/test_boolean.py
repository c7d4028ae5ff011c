"""Flags as they are stored and as answers show them."""

import pytest

from api.db.types import boolean


@pytest.mark.parametrize(
    ("stored", "shown"), [(0, False), (1, True), (False, False), (True, True), (None, False)]
)
def test_a_flag_is_shown_as_a_boolean(stored: bool | int | None, shown: bool) -> None:
    assert boolean.flag(stored) is shown


def test_another_number_is_no_flag() -> None:
    with pytest.raises(ValueError, match="2"):
        boolean.flag(2)


def test_sqlite_gets_a_number() -> None:
    assert [type(boolean.stored(flag)) for flag in (True, False)] == [int, int]
