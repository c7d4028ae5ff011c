"""Masking of personal data: what goes, what stays, and that nothing hostile holds it up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.anonymiser import anonymise
from benchmarks.anonymiser_pace import SLOW

KNOWN = ("ada_m", "Ada Marlow", "drgrace", "Dr. Grace Wend")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to Ada.M+x@mail.example.org.", "write to [EMAIL]."),
        ("zoë@bücher.example, or <o'neil@example.org>", "[EMAIL], or <[EMAIL]>"),
        ("marta at example dot org", "[EMAIL]"),
        ("noor (at) example.net; t.f[at]example[dot]com", "[EMAIL]; [EMAIL]"),
        ("see https://example.org/~ada?x=1, or www.ada.example.", "see [URL], or [URL]."),
        ("instagram.com/ada.m is mine", "[URL] is mine"),
        ("I post as @ada_m92.", "I post as [HANDLE]."),
        ("my insta is ada.m92", "my insta is [HANDLE]"),
        ("call 07700 900111", "call [PHONE]"),
        ("call 07700900111 now", "call [PHONE] now"),
        ("(01632) 960111 or 01632 960 111", "[PHONE] or [PHONE]"),
        ("+44 7700 900111, +44 (0)7700 900111", "[PHONE], [PHONE]"),
        ("0044 7700 900111 and +1 212 555 0100", "[PHONE] and [PHONE]"),
        ("(+49 30 23125 000)", "([PHONE])"),
        ("0 7 7 0 0 9 0 0 1 1 1", "[PHONE]"),
        ("07700 900111 07700 900112", "[PHONE] [PHONE]"),
        ("555-123-4567", "[PHONE]"),
        ("NHS 999 000 1111 or 9990001111", "NHS [NHS_NUMBER] or [NHS_NUMBER]"),
        ("the NHS number is 999-000-1112, mistyped", "the NHS number is [NHS_NUMBER], mistyped"),
        ("999 000 1112 has a wrong check digit", "[PHONE] has a wrong check digit"),
        ("at ZZ99 3VZ, or zz993vz", "at [POSTCODE], or [POSTCODE]"),
        ("born 04/03/1988, 4.3.88, 1988-03-04", "born [DATE], [DATE], [DATE]"),
        ("born 4 March 1988, the 4th of march", "born [DATE], the [DATE]"),
        ("born March 4th, 1988", "born [DATE]"),
        ("on the twenty-first of June", "on the [DATE]"),
        ("dob 15-Sep-1972; b-day 4 may", "dob [DATE]; b-day [DATE]"),
        ("born in Hull in 1951, or in May '52", "born in Hull in [DATE], or in May '52"),
        ("I live at 12 Rowan Street", "I live at [ADDRESS]"),
        ("12b, Old Mill Lane, upstairs", "[ADDRESS], upstairs"),
        ("Flat 3, 9 Larch Rise, Leeds, LS98 7QX", "[ADDRESS], [POSTCODE]"),
        ("at Rose Cottage, Mill Lane", "at [ADDRESS]"),
        ("we live on Fernhurst Avenue", "we live on [ADDRESS]"),
        ("ssn 123-45-6789", "ssn [SSN]"),
        ("My name is Ada Marlow and", "My name is [NAME] and"),
        ("my name's zoë", "my name's [NAME]"),
        ("I'm Özgür Şahin", "I'm [NAME]"),
        ("I am called Ada", "I am called [NAME]"),
        ("my sister Xiulan and Bo", "my sister [NAME] and [NAME]"),
        ("Mr van der Merwe, Dr. N. Farouk", "Mr [NAME], Dr. [NAME]"),
        ("Grace said that Will may come", "[NAME] said that [NAME] may come"),
        ("i told emma92", "i told [NAME]"),
        ("O'Connor, my neighbour, is in", "[NAME], my neighbour, is in"),
        ("Kind regards,\nXiulan", "Kind regards,\n[NAME]"),
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
        "In May I hope to go back, by the grace of God; will you mark it?",
        "Will I ever feel better? Hope is all I have.",
        "10-11 people, 128/84, 24/7, 3/4, chapter 4.3.2",
        "from 2026-02-04T10:30:00Z to 2026-02-04 11:00:00",
        "50 mg of sertraline, PHQ-9 14, GAD-7 11",
        "I'm Scottish, on Monday, in Leeds, at St Mary's Hospital.",
        "My therapist and I went to John Lewis in March 2020.",
        "the high street, a 20 minute drive, one way or another",
        "I AM NOT OKAY",
        "The nurse was patient, miss you already.",
        "mind.org.uk, and/or, @ home",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert anonymise(text) == text


def test_masks_known_names_in_any_case_but_only_whole_words() -> None:
    masked = anonymise("ADA said: Marlow is adamant, ada", names=["ada", "Ada Marlow"])
    assert masked == "[NAME] said: [NAME] is adamant, [NAME]"


def test_known_names_that_are_words_count_in_capitals_only() -> None:
    masked = anonymise("By grace alone; Grace knows. The wend, ada_m!", names=KNOWN)
    assert masked == "By grace alone; [NAME] knows. The [NAME], [NAME]!"


def test_known_names_are_found_with_and_without_marks() -> None:
    assert anonymise("Zoe, Ødegaard", names=["Zoë Odegaard"]) == "[NAME], [NAME]"
    assert anonymise("Zoe\u0308", names=["Zo\u00eb"]) == "[NAME]"


def test_a_title_is_no_known_name() -> None:
    assert anonymise("the dr is in", names=KNOWN) == "the dr is in"


def test_a_full_name_is_one_name() -> None:
    assert anonymise("to Ada Marlow", names=["Ada Marlow"]) == "to [NAME]"


PIECES = [
    *("Emma", "emma", "Thornley", "Grace", "Will", "May", "Victoria", "Park", "Xiulan", "EMMA"),
    *("my sister", "my name is", "I'm", "called", "Dr", "Mr", "van der", "N.", "said", "and I"),
    *("and", "&", ", ", ". ", ": ", "\n", "-", "'s", "(", ")", "[", "]", "[NAME]", "[DATE]", "\0"),
    *("07700 900123", "+44 7700 900123", "999 945 8076", "12", "3", "/", "04/03/1988", "4 March"),
    *("1988", "born in", "12 Rowan Street", "Flat 3", "Mill Lane", "LS98 7QX", "live on", "in"),
    *("a@b.example", "@emma_x", "at", "dot", "example", "com", "https://a.b/c", "insta is"),
    *("ada_m", "Ada", "marlow", "John Lewis", "St", "Kind regards, ", "Hi", "x"),
    *("\u00c9", "E\u0301", "\u0130", "_", "7"),
]
TEXTS = st.lists(st.sampled_from([*PIECES, *(f"{piece} " for piece in PIECES)]), max_size=14)


@settings(deadline=None, derandomize=True, database=None)
@given(TEXTS.map("".join))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = anonymise(text, names=KNOWN)
    assert anonymise(once, names=KNOWN) == once


@pytest.mark.parametrize("piece", SLOW, ids=repr)
def test_hostile_text_does_not_hold_it_up(piece: str) -> None:
    """Comes to an end at all; how fast, the benchmark tells."""
    once = anonymise(piece * 500, names=KNOWN)
    assert anonymise(once, names=KNOWN) == once
