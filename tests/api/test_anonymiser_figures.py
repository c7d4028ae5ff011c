"""What the anonymiser finds of the labelled sentences does not become less, nor more in vain."""

import json
from operator import lt

import pytest

from api.anonymiser.spans import Found
from benchmarks.anonymiser import HALVES, OVERALL, figures, judge, main, parse, read

KINDS = {
    *("ADDRESS", "DATE", "EMAIL", "HANDLE", "NAME", "NHS_NUMBER", "PHONE", "POSTCODE", "URL"),
    OVERALL,
}
# Precision, recall, hidden: measured, cut to two places. What is not named here is perfect.
FLOORS = {
    "development": {
        "ADDRESS": (1.0, 0.95, 0.95),
        "EMAIL": (0.97, 1.0, 1.0),
        "NAME": (0.96, 0.98, 0.99),
        OVERALL: (0.98, 0.98, 0.99),
    },
    "held_out": {
        "NAME": (0.91, 0.95, 0.95),
        OVERALL: (0.95, 0.97, 0.97),
    },
}
PERFECT = (1.0, 1.0, 1.0)


@pytest.mark.parametrize("half", HALVES)
def test_figures_do_not_fall(half: str) -> None:
    measured = {
        kind: (of_kind.precision, of_kind.recall, of_kind.hidden)
        for kind, of_kind in figures([judge(sentence) for sentence in read(half)]).items()
    }
    assert measured.keys() == KINDS
    fallen = {
        kind: shares
        for kind, shares in measured.items()
        if any(map(lt, shares, FLOORS[half].get(kind, PERFECT)))
    }
    assert not fallen


def test_there_are_enough_sentences_and_none_is_in_both_halves() -> None:
    development, held_out = ({sentence.text for sentence in read(half)} for half in HALVES)
    assert len(development) > 300
    assert len(held_out) > 300
    assert development.isdisjoint(held_out)


def test_labelled_numbers_belong_to_nobody() -> None:
    """NHS numbers that begin with 999 are not given out."""
    for half in HALVES:
        for sentence in read(half):
            for label in sentence.labels:
                if label.kind == "NHS_NUMBER":
                    assert sentence.text[label.start : label.end].startswith("999")


def test_what_is_missed_and_what_is_found_in_vain_counts() -> None:
    sentence = parse("{NAME:Emma} lent {NAME:qqq} a {DATE:book}, {PHONE:07700 900123}")
    assert sentence.text == "Emma lent qqq a book, 07700 900123"
    outcome = judge(parse("{NAME:Emma} lent qqq a {DATE:book}, {DATE:07700 900123}"))
    assert outcome.right == (Found(0, 4, "NAME"),)
    assert outcome.missed == (Found(16, 20, "DATE"), Found(22, 34, "DATE"))
    assert outcome.in_vain == (Found(22, 34, "PHONE"),)
    assert outcome.hidden == (Found(0, 4, "NAME"), Found(22, 34, "DATE"))
    measured = figures([outcome])
    assert (measured["NAME"].precision, measured["NAME"].recall) == (1.0, 1.0)
    assert (measured["DATE"].precision, measured["DATE"].recall) == (1.0, 0.0)
    assert measured["DATE"].hidden == 0.5
    assert (measured["all"].precision, measured["all"].recall) == (0.5, 1 / 3)


def test_the_figures_are_to_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--json", "--half", "held_out"])
    (half,) = json.loads(capsys.readouterr().out).items()
    assert half[0] == "held_out"
    assert half[1]["figures"]["all"]["labelled"] == sum(
        len(sentence.labels) for sentence in read("held_out")
    )
