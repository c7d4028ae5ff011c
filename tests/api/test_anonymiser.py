"""Masking of personal data: what goes, what stays."""

import pytest

from api.anonymiser import anonymise


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to Ada.M+x@mail.example.org.", "write to [EMAIL]."),
        ("call 07700 900111", "call [PHONE]"),
        ("call 07700900111 now", "call [PHONE] now"),
        ("(01632) 960111 or 01632 960 111", "[PHONE] or [PHONE]"),
        ("+44 7700 900111, +44 (0)7700 900111", "[PHONE], [PHONE]"),
        ("0044 7700 900111 and +1 212 555 0100", "[PHONE] and [PHONE]"),
        ("555-123-4567", "[PHONE]"),
        ("NHS 999 000 1111 or 9990001111", "NHS [NHS_NUMBER] or [NHS_NUMBER]"),
        ("999 000 1112 has a wrong check digit", "[PHONE] has a wrong check digit"),
        ("at ZZ99 3VZ, or zz993vz", "at [POSTCODE], or [POSTCODE]"),
        ("born 04/03/1988, 4.3.88, 1988-03-04", "born [DATE], [DATE], [DATE]"),
        ("born 4 March 1988, the 4th of march", "born [DATE], the [DATE]"),
        ("born March 4th, 1988", "born [DATE]"),
        ("I live at 12 Rowan Street", "I live at [ADDRESS]"),
        ("12b, Old Mill Lane, upstairs", "[ADDRESS], upstairs"),
        ("ssn 123-45-6789", "ssn [SSN]"),
        ("My name is Ada Marlow and", "My name is [NAME] and"),
        ("my name's zoë", "my name's [NAME]"),
        ("I'm Özgür Şahin", "I'm [NAME]"),
        ("I am called Ada", "I am called [NAME]"),
    ],
)
def test_masks(text: str, masked: str) -> None:
    assert anonymise(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "I'm sad, and I am tired.",
        "I slept 7.5 hours, 10 out of 10",
        "3 miles, then 20 minutes; 100%",
        "order 12345678901",
        "Die Straße war leer 🌧",
        "",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert anonymise(text) == text


def test_masks_known_names_in_any_case_but_only_whole_words() -> None:
    masked = anonymise("ADA said: Marlow is adamant, ada", names=["ada", "Ada Marlow"])
    assert masked == "[NAME] said: [NAME] is adamant, [NAME]"


def test_a_full_name_is_one_name() -> None:
    assert anonymise("to Ada Marlow", names=["Ada Marlow"]) == "to [NAME]"


def test_masking_twice_changes_nothing_more() -> None:
    once = anonymise("My name is Ada, 12 Rowan Street, 07700 900111, a@example.org")
    assert anonymise(once) == once
