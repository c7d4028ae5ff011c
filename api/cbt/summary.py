"""How often each tool was used, and what it brought: totals and averages over all entries.

Averages have one decimal and leave out entries without the figure; of none it is 0. What is
called a reduction or an improvement is positive when things got better.
"""

from statistics import fmean
from typing import Any

from flask import Blueprint

from api.access import Caller
from api.db import Row, get_db
from api.db.types import number
from api.disclosure import disclose
from api.web import ANY_ROLE, Query, Reply, Text, endpoint

bp = Blueprint("summary", __name__)

Figures = dict[str, dict[str, Any]]


class WhoseSummary(Query):
    """`username` is the caller's own or, for a clinician, that of an approved patient."""

    username: Text | None = None


@bp.get("/api/cbt/summary")
@endpoint(auth=ANY_ROLE, query=WhoseSummary, answers=(200, 403))
def cbt_summary(caller: Caller, query: WhoseSummary) -> Reply:
    """Sum up the use of every tool; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, "cbt_summary")
    return {"summary": {**_practice(person), **_worksheets(person), **_directions(person)}}


def _practice(person: str) -> Figures:
    breathing = get_db().one(
        "SELECT COUNT(*) AS total,"
        " AVG(pre_anxiety_level - post_anxiety_level) AS avg_anxiety_reduction"
        " FROM breathing_exercises WHERE username = $1",
        person,
    )
    relaxation = get_db().one(
        "SELECT COUNT(*) AS total, AVG(effectiveness_rating) AS avg_effectiveness"
        " FROM relaxation_techniques WHERE username = $1",
        person,
    )
    sleep = get_db().one(
        "SELECT COUNT(*) AS total, AVG(sleep_quality) AS avg_quality"
        " FROM sleep_diary WHERE username = $1",
        person,
    )
    exposure = get_db().one(
        "SELECT COUNT(*) AS total, COUNT(CASE WHEN status = 'completed' THEN 1 END) AS completed"
        " FROM exposure_hierarchy WHERE username = $1",
        person,
    )
    return {
        "breathing_exercises": _shown(breathing),
        "relaxation_techniques": _shown(relaxation),
        "sleep_diary": {**_shown(sleep), "avg_hours": _mean_hours(person)},
        "exposure_hierarchy": _shown(exposure),
    }


def _worksheets(person: str) -> Figures:
    beliefs = get_db().one(
        "SELECT COUNT(*) AS active"
        " FROM core_beliefs WHERE username = $1 AND is_active AND deleted_at IS NULL",
        person,
    )
    problems = get_db().one(
        "SELECT COUNT(*) AS total, COUNT(CASE WHEN status = 'completed' THEN 1 END) AS completed"
        " FROM problem_solving WHERE username = $1",
        person,
    )
    compassion = get_db().one(
        "SELECT COUNT(*) AS total, AVG(mood_after - mood_before) AS avg_mood_improvement"
        " FROM self_compassion_journal WHERE username = $1",
        person,
    )
    cards = get_db().one(
        "SELECT COUNT(*) AS total, COALESCE(SUM(times_used), 0) AS total_uses"
        " FROM coping_cards WHERE username = $1 AND deleted_at IS NULL",
        person,
    )
    return {
        "core_beliefs": _shown(beliefs),
        "problem_solving": _shown(problems),
        "self_compassion": _shown(compassion),
        "coping_cards": _shown(cards),
    }


def _directions(person: str) -> Figures:
    values = get_db().one(
        "SELECT COUNT(*) AS total, AVG(current_alignment) AS avg_alignment"
        " FROM values_clarification WHERE username = $1 AND is_active",
        person,
    )
    goals = get_db().one(
        "SELECT COUNT(*) AS total, COUNT(CASE WHEN status = 'completed' THEN 1 END) AS completed,"
        " AVG(progress_percentage) AS avg_progress"
        " FROM goals WHERE username = $1 AND deleted_at IS NULL",
        person,
    )
    return {"values": _shown(values), "goals": _shown(goals)}


def _shown(row: Row | None) -> dict[str, Any]:
    """Format the one row of a query that counts."""
    return {
        name: _rounded(value) if name.startswith("avg_") else number.whole(value)
        for name, value in (row or {}).items()
    }


def _mean_hours(person: str) -> float:
    """Return the mean of the hours slept, added up here: the engines round sums differently."""
    rows = get_db().all(
        "SELECT total_sleep_hours FROM sleep_diary"
        " WHERE username = $1 AND total_sleep_hours IS NOT NULL ORDER BY id",
        person,
    )
    return _rounded(fmean(row["total_sleep_hours"] for row in rows) if rows else None)


def _rounded(mean: number.Number | None) -> float:
    return round(number.real(mean) or 0.0, 1)
