"""What clinicians see: the reckoning behind it, the search, spans of days, the model's words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from api_support import NOW, make_app
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import MAIN, close_pools
from api.professional import export, search, summary
from api.professional.caseload import Patient
from api.professional.figures import mean, ratio, trend
from api.professional.material import Material

MATERIAL = Material(
    days_joined=9,
    days=10,
    mood_count=2,
    mean_mood=6.5,
    mean_sleep=7.0,
    mean_exercise=20.0,
    trend="stable",
    alert_count=0,
    sessions=3,
    assessments=(),
    words=(),
    gratitude=("the sea", ""),
    thoughts=(),
    notes=(),
)
ADA = Patient(
    username="ada",
    role="user",
    full_name="İnce Straße Ⅳ",
    email="Ada@example.org",
    since=None,
    last_login=None,
    last_mood=None,
    last_chat=None,
    last_active_alert=None,
    week_moods=0,
    week_mood_total=0,
    week_alerts=0,
    active_alerts=0,
    assessments=(),
)


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_a_mean_has_one_decimal_and_counts_the_unknown_as_nothing() -> None:
    assert mean([7, 8, 8]) == 7.7
    assert mean([None, 5.0]) == 2.5
    assert mean([0.1] * 10) == 0.1
    assert mean([]) == 0.0
    assert ratio(0, 0) == 0.0
    assert isinstance(mean([4, 4]), float)


@pytest.mark.parametrize(
    ("moods", "expected"),
    [
        ([], "insufficient data"),
        ([9, 9, 9, 1, 1], "insufficient data"),
        ([9, 9, 9, 1, 1, 1], "improving"),
        ([1, 1, 2, 9, 2, 2, 1], "declining"),
        ([5, 1, 3, 10, 10, 3, 3, 3], "stable"),
    ],
)
def test_the_trend_compares_both_ends(moods: list[int], expected: str) -> None:
    assert trend(moods) == expected


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("STRASSE", True),
        ("straße", True),
        ("i̇nce", True),
        ("iv", True),
        ("ADA@", True),
        ("", True),
        ("a_a", False),
        ("%", False),
        ("ada ince", False),
    ],
)
def test_search_folds_case_and_spelling_but_knows_no_wildcards(text: str, matches: bool) -> None:
    assert search._matches(ADA, search._fold(text)) is matches


def test_of_equal_times_the_login_counts_first() -> None:
    at_once = replace(ADA, last_login=NOW, last_mood=NOW, last_chat=NOW)
    assert at_once.last_activity == (NOW, "login")
    assert replace(at_once, last_login=None).last_activity == (NOW, "mood_log")
    assert ADA.last_activity is None


def test_a_day_begins_at_midnight_of_the_users_zone(tmp_path: Path) -> None:
    with make_app(tmp_path).app_context():
        assert export._midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, tzinfo=UTC)
        assert export._midnight(date(2026, 1, 1)) == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("sessions", "word"), [(0, "limited"), (6, "moderate"), (21, "excellent")])
def test_the_template_words_the_engagement(sessions: int, word: str) -> None:
    assert f"Engagement is {word}." in summary._template(replace(MATERIAL, sessions=sessions))


@pytest.mark.parametrize(("alerts", "word"), [(0, "Stable"), (3, "Monitoring"), (4, "URGENT")])
def test_the_template_words_the_risk(alerts: int, word: str) -> None:
    assert word in summary._template(replace(MATERIAL, alert_count=alerts))


def test_the_template_advises_where_moods_are_low_not_where_there_are_none() -> None:
    assert "continued monitoring" in summary._template(replace(MATERIAL, mean_mood=4.9))
    assert "continued" not in summary._template(replace(MATERIAL, mean_mood=0.0, mood_count=0))


def test_the_record_for_the_model_names_what_is_missing() -> None:
    record = summary._record(MATERIAL)
    assert "Gratitude:\n- the sea\n\n" in record
    assert "Clinicians' notes:\n- none" in record


def test_a_withdrawn_note_stays_in_the_table(app: Flask) -> None:
    assert Browser(app, "drgrace").send("DELETE", "/api/professional/notes/2").status_code == 200
    (note,) = rows(app, MAIN, "SELECT note_text, deleted_at FROM clinician_notes WHERE id = 2")
    assert note["note_text"].startswith("PHQ-9 down")
    assert note["deleted_at"] is not None


def test_every_patient_on_a_page_can_see_who_looked(app: Flask) -> None:
    Browser(app, "drgrace").send("GET", "/api/analytics/dashboard")
    trail = "SELECT username, details FROM audit_logs WHERE action = 'dashboard_read' ORDER BY id"
    assert rows(app, MAIN, trail) == [
        {"username": name, "details": "by drgrace"} for name in ("ada", "eve", "zoë")
    ]
