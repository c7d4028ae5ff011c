"""Insights: figures about moods and sleep, and a digest of them that the model writes.

A patient gets an encouraging look back, a clinician a summary of an approved patient. The model
is asked like in a conversation (`api.therapy.prompt`), but learns no names and no addresses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from flask import Blueprint
from pydantic import Field

from api.access import Caller, own_name
from api.anonymiser import anonymise
from api.db import Row, get_db
from api.db.types import number, timestamp
from api.disclosure import disclose
from api.errors import Forbidden
from api.integrations.assistant import Message
from api.therapy import prompt, threads
from api.training_data import names_of
from api.web import ANY_ROLE, Day, Query, Reply, Text, endpoint

bp = Blueprint("insights", __name__)

MOODS_SHOWN = 1000
EARLIEST = datetime.min.replace(tzinfo=UTC)


class InsightsQuery(Query):
    """`prompt` is what the digest should attend to; days are those of the timestamps, in UTC."""

    username: Text | None = None
    prompt: Text = Field(min_length=1, max_length=500)
    role: Literal["patient", "clinician"] = "patient"
    clinician_username: Text | None = None
    requesting_user: Text | None = None
    from_date: Day | None = None
    to_date: Day | None = None


@dataclass(frozen=True)
class Period:
    """What lies between two moments; a row without a time counts as the earliest of all."""

    first: datetime
    last: datetime

    @classmethod
    def of_days(cls, first: date | None, last: date | None) -> "Period":
        return cls(
            datetime.combine(first or date.min, time.min, UTC),
            datetime.combine(last or date.max, time.max, UTC),
        )


@dataclass(frozen=True)
class Records:
    """What somebody logged in a period, newest first."""

    moods: Sequence[Row]
    chat: Sequence[Row]
    gratitude: Sequence[Row]
    thoughts: Sequence[Row]
    plan: Row


@bp.get("/api/insights")
@endpoint(auth=ANY_ROLE, query=InsightsQuery, limit="10 per minute", answers=(200, 403))
def insights(caller: Caller, query: InsightsQuery) -> Reply:
    """Look back at a period of one's own or, as a clinician, of an approved patient's.

    When the model does not answer, `insight` is an apology of ours; the figures are there.
    """
    own_name(caller, query.clinician_username)
    own_name(caller, query.requesting_user)
    person = disclose(caller, query.username, "insights")
    if query.role == "clinician" and person == caller.username:
        raise Forbidden("A clinician's view is of a patient of theirs.")
    records = _records(person, Period.of_days(query.from_date, query.to_date))
    request = _request(records, query)
    names = names_of(person)
    messages = [prompt.instructions(person), Message("user", request)]
    said = prompt.ask(
        [Message(message.role, anonymise(message.content, names=names)) for message in messages]
    )
    return {
        "insight": prompt.APOLOGY if said is None else said,
        "ai_available": said is not None,
        **_figures(records.moods),
        "from_date": query.from_date and query.from_date.isoformat(),
        "to_date": query.to_date and query.to_date.isoformat(),
        "role": query.role,
    }


def _records(person: str, period: Period) -> Records:
    plan = get_db().one("SELECT triggers, coping FROM safety_plans WHERE username = $1", person)
    return Records(
        _moods(person, period),
        _chat(person, period),
        _gratitude(person, period),
        _thoughts(person, period),
        plan or {},
    )


def _moods(person: str, period: Period) -> list[Row]:
    return get_db().all(
        "SELECT mood_val, sleep_val, entrestamp FROM mood_logs"
        " WHERE username = $1 AND deleted_at IS NULL"
        " AND COALESCE(entrestamp, $2) BETWEEN $3 AND $4"
        " ORDER BY entrestamp DESC NULLS LAST, id DESC LIMIT $5",
        person,
        EARLIEST,
        period.first,
        period.last,
        MOODS_SHOWN,
    )


def _chat(person: str, period: Period) -> list[Row]:
    return get_db().all(
        "SELECT sender, message FROM chat_history"
        " WHERE session_id = $1 AND COALESCE(timestamp, $2) BETWEEN $3 AND $4"
        " ORDER BY timestamp DESC NULLS LAST, id DESC LIMIT 10",
        threads.session_id(person),
        EARLIEST,
        period.first,
        period.last,
    )


def _gratitude(person: str, period: Period) -> list[Row]:
    return get_db().all(
        "SELECT entry FROM gratitude_logs WHERE username = $1 AND deleted_at IS NULL"
        " AND COALESCE(entry_timestamp, $2) BETWEEN $3 AND $4"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT 5",
        person,
        EARLIEST,
        period.first,
        period.last,
    )


def _thoughts(person: str, period: Period) -> list[Row]:
    return get_db().all(
        "SELECT situation, thought, evidence FROM cbt_records"
        " WHERE username = $1 AND deleted_at IS NULL"
        " AND COALESCE(entry_timestamp, $2) BETWEEN $3 AND $4"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT 5",
        person,
        EARLIEST,
        period.first,
        period.last,
    )


def _request(records: Records, query: InsightsQuery) -> str:
    if query.role == "clinician":
        parts = [
            "Summarise for the treating clinician how this patient has been: course of mood,"
            " themes, risks, and what to ask next. What was logged, newest first:",
            *_for_clinician(records),
        ]
    else:
        parts = [
            "Tell me in a few encouraging sentences how I have been, what helped me, and one"
            " small next step. What I logged, newest first:",
            *_for_patient(records),
        ]
    return "\n".join([*parts, f"Attend especially to this: {query.prompt}"])


def _for_clinician(records: Records) -> list[str]:
    thoughts = (
        ", ".join(_cut(row[part], 40) for part in ("situation", "thought", "evidence"))
        for row in records.thoughts
    )
    plan = [f"{part}: {text}" for part, text in records.plan.items() if text]
    return [
        _listed("Moods", [str(row["mood_val"]) for row in records.moods[:15]]),
        _listed("Conversation", _said(records.chat, 100)),
        _listed("Gratitude", [row["entry"] for row in records.gratitude]),
        _listed("Thought records", list(thoughts)),
        _listed("Safety plan", plan),
    ]


def _for_patient(records: Records) -> list[str]:
    recent = records.moods[:10]
    return [
        _listed("Moods", [str(row["mood_val"]) for row in recent]),
        _listed("Hours of sleep", [_hours(row["sleep_val"]) for row in recent]),
        _listed("Gratitude", [_cut(row["entry"], 60) for row in records.gratitude]),
        _listed("Thoughts", [_cut(row["thought"], 60) for row in records.thoughts[:3]]),
        _listed("Conversation", _said(records.chat[:5], 80)),
    ]


def _listed(title: str, items: Sequence[str]) -> str:
    return f"{title}: {'; '.join(items) or 'none'}"


def _hours(sleep: float | None) -> str:
    return "unknown" if sleep is None else f"{sleep:g}"


def _said(lines: Sequence[Row], length: int) -> list[str]:
    return [f"{line['sender']}: {_cut(line['message'], length)}" for line in lines]


def _cut(text: str | None, length: int) -> str:
    return (text or "")[:length]


def _figures(moods: Sequence[Row]) -> dict[str, object]:
    """Return every mood and night, their means (a night not noted counts as 0), and the trend."""
    values = [row["mood_val"] for row in moods]
    nights = [number.real(row["sleep_val"]) for row in moods]
    times = [timestamp.text(row["entrestamp"]) for row in moods]
    return {
        "mood_data": _series(values, times),
        "sleep_data": _series(nights, times),
        "avg_mood": _mean(values),
        "avg_sleep": _mean([hours or 0.0 for hours in nights]),
        "trend": _trend(values),
    }


def _series(values: Sequence[float | None], times: Sequence[str | None]) -> list[dict[str, object]]:
    return [{"value": value, "timestamp": when} for value, when in zip(values, times, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _trend(moods: Sequence[int]) -> str:
    """Compare the newest mood with the oldest."""
    if not moods:
        return "No data"
    if moods[0] == moods[-1]:
        return "Stable"
    return "Improving" if moods[0] > moods[-1] else "Declining"
