"""A page about a patient over a span of time, to print or to file."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from flask import Blueprint, render_template
from pydantic import BeforeValidator, Field, WithJsonSchema

from api import runtime, settings
from api.access import Caller, own_name
from api.db import Row
from api.db.types import boolean, timestamp
from api.disclosure import disclose_patient
from api.errors import ValidationFailed
from api.professional import chart
from api.professional.figures import mean
from api.web import Body, Day, Reply, Text, endpoint, roles

bp = Blueprint("export", __name__, template_folder="templates")

MOODS_SHOWN, NOTE_SHOWN = 30, 50

# The first and the last day that still have neighbours in every zone.
Bound = Annotated[Day, Field(ge=date(1, 1, 3), le=date(9999, 12, 29))]
# A form sends an empty text for a day that is not chosen.
OptionalDay = Annotated[
    Bound | None,
    BeforeValidator(lambda value: None if value == "" else value),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"enum": ["", None]}]}),
]


class ExportRequest(Body):
    """The days are the users' days, both included."""

    patient_username: Text = Field(min_length=1)
    clinician_username: Text | None = None
    start_date: OptionalDay = None
    end_date: OptionalDay = None


@bp.post("/api/professional/export-summary")
@endpoint(auth=roles("clinician"), body=ExportRequest)
def export_summary(caller: Caller, body: ExportRequest) -> Reply:
    """Return the page about a patient of the caller's, and its figures."""
    clinician = own_name(caller, body.clinician_username)
    if body.start_date and body.end_date and body.end_date < body.start_date:
        raise ValidationFailed({"end_date": "must not lie before start_date"})
    patient = disclose_patient(caller, body.patient_username, "summary_export")
    span, period = _span(body), _period(body)
    moods = chart.moods(patient, span)
    assessments, alerts = chart.assessments(patient, span), chart.alerts(patient, span)
    stats = {
        "avg_mood": mean(row["mood_val"] for row in moods),
        "avg_sleep": mean(row["sleep_val"] for row in moods),
        "total_entries": len(moods),
        "alert_count": len(alerts),
        "assessment_count": len(assessments),
    }
    html = render_template(
        "professional/summary.html",
        person=chart.person(patient),
        period=period,
        generated=timestamp.text(runtime.now()),
        stats=stats,
        notes=[_note(row) for row in chart.notes_by(clinician, patient)],
        assessments=[_with_time(row, "entry_timestamp") for row in assessments],
        alerts=[_with_time(row, "created_at") for row in alerts],
        moods=[_mood(row) for row in moods[:MOODS_SHOWN]],
    )
    return {"success": True, "html": html, "period": period, "stats": stats}


def _span(body: ExportRequest) -> chart.Span:
    start = _midnight(body.start_date) if body.start_date else chart.FIRST
    end = _midnight(body.end_date + timedelta(days=1)) if body.end_date else chart.LAST
    return chart.Span(start, end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=settings.current().timezone).astimezone(UTC)


def _period(body: ExportRequest) -> str:
    match body.start_date, body.end_date:
        case None, None:
            return "All Time"
        case start, None:
            return f"From {start}"
        case None, end:
            return f"Until {end}"
        case start, end:
            return f"{start} to {end}"


def _with_time(row: Row, column: str) -> Row:
    return {**row, "time": timestamp.text(row[column])}


def _note(row: Row) -> Row:
    highlighted = boolean.flag(row["is_highlighted"])
    return {**_with_time(row, "created_at"), "highlighted": highlighted}


def _mood(row: Row) -> Row:
    return {**_with_time(row, "entrestamp"), "notes": (row["notes"] or "")[:NOTE_SHOWN]}
