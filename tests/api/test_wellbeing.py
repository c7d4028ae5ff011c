"""Wellbeing under parallel requests, and what counts as a call for help."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import MAIN, PET, close_pools
from api.risk import PHRASES, is_high_risk


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_a_mood_is_logged_and_rewarded_once_a_day(app: Flask) -> None:
    answers = Browser(app, "ben").at_once(8, "/api/mood/log", {"mood_val": 7})
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert len(rows(app, MAIN, "SELECT id FROM mood_logs WHERE username = 'ben'")) == 1
    assert rows(app, PET, "SELECT coins FROM pet WHERE username = 'ben'") == [{"coins": 5}]


def test_the_bonus_of_a_full_day_is_counted_once(app: Flask) -> None:
    Browser(app, "eve").at_once(8, "/api/mood/log", {"mood_val": 7})
    (streak,) = rows(app, MAIN, "SELECT * FROM daily_streaks WHERE username = 'eve'")
    assert (streak["current_streak"], streak["total_bonus_coins"]) == (5, 250)
    assert rows(app, PET, "SELECT coins FROM pet WHERE username = 'eve'") == [{"coins": 65}]


@pytest.mark.parametrize(("path", "items"), [("phq9", 9), ("gad7", 7)])
def test_a_questionnaire_is_taken_once_a_fortnight(app: Flask, path: str, items: int) -> None:
    body = {"scores": [1] * items}
    answers = Browser(app, "ben").at_once(8, f"/api/clinical/{path}", body)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: 7}
    assert len(rows(app, MAIN, "SELECT id FROM clinical_scales WHERE username = 'ben'")) == 1


@pytest.mark.parametrize("phrase", PHRASES)
def test_each_phrase_is_found_however_it_is_written(phrase: str) -> None:
    curly = phrase.replace("'", "’")
    for text in (phrase, phrase.upper(), curly, curly.replace(" ", " \n"), phrase.replace("'", "")):
        assert is_high_risk(f"... {text}!")
    assert is_high_risk(phrase.replace(" ", "‑"))


@pytest.mark.parametrize("text", ["", "I want to dive", "kill some time myself", "dose", "  \n"])
def test_other_words_raise_no_alarm(text: str) -> None:
    assert not is_high_risk(text)
