"""What a summary of a patient is made of: the last weeks as a clinician would leaf through them.

It looks back to the patient's first mood, a month at most. `summary.py` turns it into a prompt
for the assistant, or into a plain text where the assistant does not answer.
"""

from dataclasses import dataclass
from datetime import timedelta

from api import runtime
from api.activity import activity_of
from api.db import Row
from api.db.types import boolean, timestamp
from api.professional import chart
from api.professional.figures import mean, trend

LONGEST, ASSUMED = 30, 30
ASSESSMENTS, LINES, ENTRIES = 5, 7, 5
LINES_LOOKED_AT = 50


@dataclass(frozen=True)
class Material:
    """Figures and excerpts, newest first; `days_joined` counts from the first mood."""

    days_joined: int
    days: int
    mood_count: int
    mean_mood: float
    mean_sleep: float
    mean_exercise: float
    trend: str
    alert_count: int
    sessions: int
    assessments: tuple[str, ...]
    words: tuple[str, ...]
    gratitude: tuple[str, ...]
    thoughts: tuple[str, ...]
    notes: tuple[str, ...]


def gather(patient: str) -> Material:
    """Read what a summary needs."""
    joined = _days_joined(chart.moods(patient))
    # One day more, so that the first mood is not cut off with the hours of its day.
    days = min(joined + 1, LONGEST)
    span = chart.Span(start=runtime.now() - timedelta(days=days))
    moods = chart.moods(patient, span)
    return Material(
        days_joined=joined,
        days=days,
        mood_count=len(moods),
        mean_mood=mean(row["mood_val"] for row in moods),
        mean_sleep=mean(row["sleep_val"] for row in moods),
        mean_exercise=mean(row["exercise_mins"] for row in moods),
        trend=trend([row["mood_val"] for row in moods]),
        alert_count=len(chart.alerts(patient, span)),
        sessions=activity_of(patient).therapy_sessions,
        assessments=tuple(map(_result, chart.assessments(patient, limit=ASSESSMENTS))),
        words=_words(patient),
        gratitude=tuple(row["entry"][:100] for row in chart.gratitude(patient, ENTRIES)),
        thoughts=tuple(map(_thought, chart.thought_records(patient, ENTRIES))),
        notes=tuple(map(_note, chart.notes(patient, ENTRIES))),
    )


def _days_joined(moods: list[Row]) -> int:
    """Return the whole days since the first mood that has a time: at least one."""
    times = [timestamp.moment(row["entrestamp"]) for row in moods]
    first = min(filter(None, times), default=None)
    return max((runtime.now() - first).days, 1) if first else ASSUMED


def _words(patient: str) -> tuple[str, ...]:
    """Return the patient's own latest lines in the therapy chat."""
    lines = chart.chat(patient, LINES_LOOKED_AT)
    own = [row["message"][:150] for row in lines if row["sender"] == "user"]
    return tuple(own[:LINES])


def _result(row: Row) -> str:
    return f"{row['scale_name']} {row['score']} ({row['severity'] or 'not rated'})"


def _thought(row: Row) -> str:
    parts = (row["situation"], row["thought"], row["evidence"])
    return " / ".join((part or "-")[:80] for part in parts)


def _note(row: Row) -> str:
    mark = "(highlighted) " if boolean.flag(row["is_highlighted"]) else ""
    return f"{mark}{row['note_text'][:150]}"
