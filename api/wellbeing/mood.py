"""Moods: one entry a day and user, with sleep, medication and habits."""

import re
from typing import Annotated, Any

from flask import Blueprint
from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from api import audit, daily, memory, pets, runtime
from api.access import Caller
from api.db import MAIN, PET, Row, commit, get_db
from api.db.errors import UniqueViolation
from api.db.types import number, timestamp
from api.disclosure import disclose
from api.errors import Conflict, Forbidden, NotFound
from api.validation import INT64, WITHOUT_NUL
from api.web import ANY_ROLE, Body, Reply, Text, endpoint
from api.wellbeing.history import HistoryQuery

bp = Blueprint("mood", __name__)

MAX_NOTES = 2000
COLUMNS = (
    "id, username, mood_val, sleep_val, meds, notes, entrestamp, water_pints, exercise_mins,"
    " outside_mins"
)
SCRIPT = re.compile(r"<script\b[^>]*>.*?</script\s*>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"</?[a-z!][^>]*>", re.IGNORECASE)


def _in_range(value: float | str) -> float | str:
    """Refuse a number as large as the integers that are refused everywhere."""
    if isinstance(value, float) and not INT64.start <= value < INT64.stop:
        raise ValueError("is out of range")
    return value


# Described as one schema: a number is no fault of the text beside it.
Strength = Annotated[
    int | float | Text,
    AfterValidator(_in_range),
    WithJsonSchema(
        {
            "type": ["number", "string"],
            "minimum": INT64.start,
            "maximum": INT64.stop - 1,
            "pattern": WITHOUT_NUL,
        }
    ),
]


class Medication(Body):
    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=100)
    strength: Strength
    quantity: int = Field(default=1, ge=1, le=100)


# The form is told by looking, so that a fault is reported about that form alone.
Medicines = Annotated[
    Annotated[list[Medication], Field(max_length=50), Tag("list")]
    | Annotated[Text, Field(max_length=1000), Tag("text")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "text"),
]


class MoodEntry(Body):
    """A mood from 1 to 10; sleep in hours, water in pints, the rest in minutes."""

    mood_val: int = Field(ge=1, le=10)
    sleep_val: int | None = Field(default=0, ge=0, le=10)
    meds: Medicines | None = ""
    notes: Text | None = ""
    water_pints: float | None = Field(default=0, ge=0, le=20)
    exercise_mins: int | None = Field(default=0, ge=0, le=1440)
    outside_mins: int | None = Field(default=0, ge=0, le=1440)

    def values(self) -> tuple[object, ...]:
        """Return what is stored: mood, sleep, meds, notes, water, exercise, time outside."""
        return (
            self.mood_val,
            float(self.sleep_val or 0),
            _medication_text(self.meds),
            _without_tags((self.notes or "")[:MAX_NOTES]),
            float(self.water_pints or 0),
            self.exercise_mins or 0,
            self.outside_mins or 0,
        )


@bp.post("/api/mood/log")
@endpoint(auth=ANY_ROLE, body=MoodEntry, answers=(201, 409))
def log_mood(caller: Caller, body: MoodEntry) -> Reply:
    """Log the caller's mood of today; a second one that day is a conflict.

    The pet's database commits first: its reward is keyed by the day, so a repeat after a
    failure pays no second time. The main one, whose row makes a repeat a conflict, is last.
    """
    today = runtime.today()
    try:
        log_id = get_db().insert(
            "INSERT INTO mood_logs (username, mood_val, sleep_val, meds, notes, water_pints,"
            " exercise_mins, outside_mins, sentiment, entrestamp, log_date)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
            caller.username,
            *body.values(),
            "Neutral",
            runtime.now(),
            today,
        )
    except UniqueViolation:
        raise Conflict("You have logged your mood today already.", "ALREADY_LOGGED") from None
    memory.refresh(caller.username)
    daily.complete_task(caller.username, "log_mood")
    pets.reward(caller.username, "mood", key=f"mood:{today}")
    audit.record(caller.username, "api", "mood_logged", f"mood {body.mood_val}")
    commit(PET, MAIN)
    return {"success": True, "message": "Mood logged.", "log_id": log_id}, 201


@bp.get("/api/mood/history")
@endpoint(auth=ANY_ROLE, query=HistoryQuery, answers=(200, 403))
def mood_history(caller: Caller, query: HistoryQuery) -> Reply:
    """List moods, newest first; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, "mood_history")
    rows = get_db().all(
        f"SELECT {COLUMNS} FROM mood_logs WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entrestamp DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        person,
        query.limit,
        query.offset,
    )
    return {"success": True, "logs": [_shown(row) for row in rows], "count": len(rows)}


@bp.get("/api/mood/<int:log_id>")
@endpoint(auth=ANY_ROLE, answers=(200, 404))
def show_mood(caller: Caller, log_id: int) -> Reply:
    """Show one mood; of other people only a clinician sees any, and only of approved patients."""
    row = _entry(log_id)
    try:
        disclose(caller, row["username"], "mood")
    except Forbidden:
        raise NotFound from None
    return {"success": True, "log": _shown(row)}


@bp.put("/api/mood/<int:log_id>")
@endpoint(auth=ANY_ROLE, body=MoodEntry, answers=(200, 404))
def change_mood(caller: Caller, body: MoodEntry, log_id: int) -> Reply:
    """Replace one of the caller's moods; its day and time stay."""
    changed = get_db().run(
        "UPDATE mood_logs SET mood_val = $1, sleep_val = $2, meds = $3, notes = $4,"
        " water_pints = $5, exercise_mins = $6, outside_mins = $7"
        " WHERE id = $8 AND username = $9 AND deleted_at IS NULL",
        *body.values(),
        log_id,
        caller.username,
    )
    if not changed:
        raise NotFound
    memory.refresh(caller.username)
    audit.record(caller.username, "api", "mood_changed", f"mood {body.mood_val}")
    commit(MAIN)
    return {"success": True, "message": "Mood changed.", "log": _shown(_entry(log_id))}


@bp.delete("/api/mood/<int:log_id>")
@endpoint(auth=ANY_ROLE, answers=(200, 404))
def delete_mood(caller: Caller, log_id: int) -> Reply:
    """Delete one of the caller's moods for good."""
    deleted = get_db().run(
        "DELETE FROM mood_logs WHERE id = $1 AND username = $2 AND deleted_at IS NULL",
        log_id,
        caller.username,
    )
    if not deleted:
        raise NotFound
    memory.refresh(caller.username)
    audit.record(caller.username, "api", "mood_deleted")
    commit(MAIN)
    return {"success": True, "message": "Mood deleted."}


def _entry(log_id: int) -> Row:
    row = get_db().one(
        f"SELECT {COLUMNS} FROM mood_logs WHERE id = $1 AND deleted_at IS NULL", log_id
    )
    if row is None:
        raise NotFound
    return row


def _shown(row: Row) -> dict[str, Any]:
    """Format one row for an answer."""
    return {
        "id": row["id"],
        "mood_val": row["mood_val"],
        "sleep_val": number.real(row["sleep_val"]),
        "meds": row["meds"],
        "notes": row["notes"],
        "timestamp": timestamp.text(row["entrestamp"]),
        "water_pints": number.real(row["water_pints"]),
        "exercise_mins": row["exercise_mins"],
        "outside_mins": row["outside_mins"],
    }


def _medication_text(meds: list[Medication] | str | None) -> str:
    if not isinstance(meds, list):
        return meds or ""
    return ", ".join(f"{item.name} {item.strength}mg (x{item.quantity})" for item in meds)


def _without_tags(text: str) -> str:
    return TAG.sub("", SCRIPT.sub("", text))
