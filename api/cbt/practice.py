"""What is practised and logged: breathing, relaxation, sleep.

The sleep diary has two addresses: /api/cbt/sleep like every tool, and /api/cbt/sleep-diary,
which shows the last days by date.
"""

from datetime import timedelta
from typing import Final

from flask import Blueprint
from pydantic import Field

from api import runtime
from api.access import Caller
from api.cbt import entries, routes
from api.cbt.fields import (
    Count,
    Entry,
    Flag,
    FromOne,
    FromZero,
    Hours,
    Minutes,
    Notes,
    OwnersPage,
    Seconds,
    TimeOfDay,
    Title,
)
from api.cbt.tool import Tool
from api.db import get_db
from api.disclosure import disclose
from api.web import ANY_ROLE, Day, QueryInt, Reply, endpoint

bp = Blueprint("practice", __name__)


class BreathingExercise(Entry):
    exercise_type: Title
    duration_seconds: Seconds | None = None
    pre_anxiety_level: FromZero | None = None
    post_anxiety_level: FromZero | None = None
    notes: Notes | None = None
    completed: Flag = True


class RelaxationSession(Entry):
    technique_type: Title
    duration_minutes: Minutes | None = None
    effectiveness_rating: FromOne | None = None
    body_scan_areas: Notes | None = None
    notes: Notes | None = None


class Night(Entry):
    """The night that ended on `sleep_date`; times of day are text as people write them."""

    sleep_date: Day
    bedtime: TimeOfDay | None = None
    wake_time: TimeOfDay | None = None
    time_to_fall_asleep: Minutes | None = None
    times_woken: Count | None = 0
    total_sleep_hours: Hours | None = None
    sleep_quality: FromOne | None = None
    dreams_nightmares: Notes | None = None
    factors_affecting: Notes | None = None
    morning_mood: FromOne | None = None
    notes: Notes | None = None


BREATHING: Final = Tool(
    path="breathing",
    table="breathing_exercises",
    noun="breathing exercise",
    event="breathing_exercise",
    entry=BreathingExercise,
    daily_task="breathing_exercise",
)
RELAXATION: Final = Tool(
    path="relaxation",
    table="relaxation_techniques",
    noun="relaxation session",
    event="relaxation_technique",
    entry=RelaxationSession,
)
SLEEP: Final = Tool(
    path="sleep",
    table="sleep_diary",
    noun="sleep diary night",
    event="sleep_diary",
    entry=Night,
)

routes.mount(bp, BREATHING, RELAXATION, SLEEP)
routes.route(bp, "POST", "/api/cbt/sleep-diary", routes.creating(SLEEP, blank_is_null=True))


class DiaryPage(OwnersPage):
    """The last `days`, today among them."""

    days: QueryInt = Field(default=30, ge=1, le=3660)


@bp.get("/api/cbt/sleep-diary")
@endpoint(auth=ANY_ROLE, query=DiaryPage, answers=(200, 403))
def sleep_diary(caller: Caller, query: DiaryPage) -> Reply:
    """List the nights of the last days by date; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, SLEEP.event)
    rows = get_db().all(
        "SELECT id, sleep_date, bedtime, wake_time, time_to_fall_asleep, times_woken,"
        " total_sleep_hours, sleep_quality, dreams_nightmares, factors_affecting, morning_mood,"
        " notes, entry_timestamp AS timestamp FROM sleep_diary"
        " WHERE username = $1 AND sleep_date > $2"
        " ORDER BY sleep_date DESC, id DESC LIMIT $3 OFFSET $4",
        person,
        runtime.today() - timedelta(days=query.days),
        query.limit,
        query.offset,
    )
    return {"entries": [entries.shown(row) for row in rows]}
