"""What the anonymiser finds of the labelled sentences does not become less, nor more in vain."""

import json

import pytest

from api.anonymiser.spans import Found
from benchmarks.anonymiser import HALVES, figures, judge, main, parse, read

# Measured, cut to two places: precision, recall, hidden.
FLOORS = {
    "development": {
        "ADDRESS": (1.0, 0.98, 0.98),
        "DATE": (1.0, 1.0, 1.0),
        "EMAIL": (0.97, 1.0, 1.0),
        "HANDLE": (1.0, 1.0, 1.0),
        "NAME": (0.97, 0.99, 0.99),
        "NHS_NUMBER": (1.0, 1.0, 1.0),
        "PHONE": (1.0, 1.0, 1.0),
        "POSTCODE": (1.0, 1.0, 1.0),
        "URL": (1.0, 1.0, 1.0),
        "all": (0.98, 0.99, 0.99),
    },
    "held_out": {
        "ADDRESS": (0.91, 0.91, 0.91),
        "DATE": (1.0, 1.0, 1.0),
        "EMAIL": (1.0, 1.0, 1.0),
        "HANDLE": (1.0, 1.0, 1.0),
        "NAME": (0.91, 0.94, 0.95),
        "NHS_NUMBER": (1.0, 1.0, 1.0),
        "PHONE": (1.0, 1.0, 1.0),
        "POSTCODE": (1.0, 1.0, 1.0),
        "URL": (1.0, 1.0, 1.0),
        "all": (0.94, 0.96, 0.96),
    },
}


@pytest.mark.parametrize("half", HALVES)
def test_figures_do_not_fall(half: str) -> None:
    measured = figures([judge(sentence) for sentence in read(half)])
    assert measured.keys() == FLOORS[half].keys()
    fallen = {
        kind: (of_kind.precision, of_kind.recall, of_kind.hidden)
        for kind, of_kind in measured.items()
        for floors in [FLOORS[half][kind]]
        if min(
            of_kind.precision - floors[0], of_kind.recall - floors[1], of_kind.hidden - floors[2]
        )
        < 0
    }
    assert not fallen


def test_there_are_enough_sentences_and_none_is_in_both_halves() -> None:
    development, held_out = ({sentence.text for sentence in read(half)} for half in HALVES)
    assert len(development) > 300
    assert len(held_out) > 200
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
