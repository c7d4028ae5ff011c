"""The report to print: the newest moods and gratitude entries (drawn by `api.integrations.pdf`)."""

from flask import Blueprint

from api import runtime, settings
from api.access import Caller
from api.db import get_db
from api.db.types import date as dates
from api.db.types import number, timestamp
from api.exports.release import ExportQuery, attachment, release
from api.integrations.pdf import GratitudeLine, MoodLine, wellness_report
from api.web import ANY_ROLE, Reply, endpoint

bp = Blueprint("pdf_report", __name__)

MOODS_SHOWN, GRATITUDE_SHOWN = 15, 10


@bp.get("/api/export/pdf")
@endpoint(auth=ANY_ROLE, query=ExportQuery, answers=(200, 403), media=("application/pdf",))
def export_pdf(caller: Caller, query: ExportQuery) -> Reply:
    """Return a report of the newest moods and gratitude entries as a PDF file."""
    person = release(caller, query.username, "pdf_export")
    report = wellness_report(
        person, _moods(person), _gratitude(person), now=runtime.now(), today=runtime.today()
    )
    return attachment(report, "application/pdf", f"{person}_wellness_report.pdf")


def _moods(person: str) -> list[MoodLine]:
    rows = get_db().all(
        "SELECT log_date, mood_val, sleep_val, exercise_mins, meds FROM mood_logs"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY log_date DESC, id DESC LIMIT $2",
        person,
        MOODS_SHOWN,
    )
    return [
        MoodLine(
            day=dates.day(row["log_date"]),
            mood=row["mood_val"],
            sleep=number.real(row["sleep_val"]),
            exercise=row["exercise_mins"],
            medication=row["meds"],
        )
        for row in rows
    ]


def _gratitude(person: str) -> list[GratitudeLine]:
    rows = get_db().all(
        "SELECT entry, entry_timestamp FROM gratitude_logs"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT $2",
        person,
        GRATITUDE_SHOWN,
    )
    zone = settings.current().timezone
    lines = []
    for row in rows:
        time = timestamp.moment(row["entry_timestamp"])
        lines.append(GratitudeLine(time.astimezone(zone).date() if time else None, row["entry"]))
    return lines
