"""Numbers that the engines compute in different types."""

from decimal import Decimal

import pytest

from api.db.types import number


@pytest.mark.parametrize("stored", [7, 7.0, Decimal("7.000")])
def test_a_number_is_shown_in_the_type_asked_for(stored: number.Number) -> None:
    assert (number.real(stored), type(number.real(stored))) == (7.0, float)
    assert (number.whole(stored), type(number.whole(stored))) == (7, int)


def test_nothing_stays_nothing() -> None:
    assert number.real(None) is None
    assert number.whole(None) is None


def test_a_fraction_is_not_cut_off() -> None:
    assert number.real(Decimal("7.25")) == 7.25
    with pytest.raises(ValueError, match=r"7\.25"):
        number.whole(7.25)


def test_a_number_of_64_bits_stays_exact() -> None:
    assert number.whole(Decimal(2**63 - 1)) == 2**63 - 1
