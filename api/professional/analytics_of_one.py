"""Figures about one patient: moods, assessments, activity, risk, appointments."""

from typing import Any

from flask import Blueprint

from api import runtime
from api.access import Caller
from api.activity import activity_of
from api.appointments import record
from api.db.types import date, timestamp
from api.professional import chart
from api.professional.caseload import Patient, case
from api.professional.figures import QUARTER, WEEK, before_now
from api.professional.relation import open_record
from api.web import Reply, endpoint, roles

bp = Blueprint("analytics_of_one", __name__)

ASSESSMENTS, APPOINTMENTS = 20, 10


@bp.get("/api/analytics/patient/<username>")
@endpoint(auth=roles("clinician"), answers=(200, 404))
def patient_analytics(caller: Caller, username: str) -> Reply:
    """Show figures about one of the caller's patients; appointments are with any clinician."""
    name = open_record(caller, username, "analytics")
    patient = case(caller.username, name)
    upcoming = record.of_patient(name, since=runtime.now(), limit=APPOINTMENTS)
    past = record.past_of_patient(name, since=before_now(WEEK), limit=APPOINTMENTS)
    return {
        "mood_trend": _mood_trend(name),
        "assessments": [
            {
                "type": row["scale_name"],
                "score": row["score"],
                "date": timestamp.text(row["entry_timestamp"]),
            }
            for row in chart.assessments(name, limit=ASSESSMENTS)
        ],
        "activity": _activity(patient),
        "risk": {
            "active_alerts": patient.active_alerts,
            "last_alert": timestamp.text(patient.last_active_alert),
        },
        "upcoming_appointments": [record.shown(row) for row in upcoming],
        "recent_past_appointments": [record.shown(row) for row in past],
    }


def _mood_trend(patient: str) -> list[dict[str, Any]]:
    """Return the moods of the last 90 days, the oldest first."""
    moods = chart.moods(patient, chart.Span(start=before_now(QUARTER)))
    return [
        {
            "date": date.text(row["log_date"]),
            "score": row["mood_val"],
            "notes": row["notes"],
        }
        for row in reversed(moods)
    ]


def _activity(patient: Patient) -> dict[str, Any]:
    counts = activity_of(patient.username)
    seen = patient.last_activity
    return {
        "total_sessions": counts.therapy_sessions,
        "mood_logs": counts.mood_logs,
        "gratitude_logs": counts.gratitude_entries,
        "cbt_records": counts.cbt_entries,
        "last_active": timestamp.text(seen[0]) if seen else None,
    }
