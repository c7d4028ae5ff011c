"""Figures about all patients of a clinician: the dashboard, who was seen lately, and the view of
developers when the figures look wrong. Those about one patient are in `analytics_of_one.py`.

The bands of the dashboard are the questionnaires' own (`api.wellbeing.scales`).
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint

from api import runtime
from api.access import Caller, own_name
from api.db import get_db
from api.db.types import date, number, timestamp
from api.disclosure import record_reading
from api.professional.caseload import Patient, caseload
from api.professional.figures import WEEK, before_now, ratio
from api.web import Query, Reply, Text, endpoint, roles
from api.wellbeing.scales import GAD7, PHQ9, Scale

bp = Blueprint("analytics", __name__)

TREND_DAYS = 30
BANDS = {
    "Severe": "severe",
    "Moderately Severe": "moderate",
    "Moderate": "moderate",
    "Mild": "mild",
    "Minimal": "minimal",
}


class ClinicianQuery(Query):
    """`clinician` is the caller's own name."""

    clinician: Text | None = None


@bp.get("/api/analytics/dashboard")
@endpoint(auth=roles("clinician"), query=ClinicianQuery)
def dashboard(caller: Caller, query: ClinicianQuery) -> Reply:
    """Show figures about the caller's patients."""
    clinician = own_name(caller, query.clinician)
    patients = caseload(clinician)
    record_reading(caller, [each.username for each in patients], "dashboard")
    busiest_first = sorted(patients, key=lambda each: (-each.week_moods, each.username))
    return {
        "total_patients": len(patients),
        "active_patients": sum(each.active for each in patients),
        "high_risk_count": sum(each.active_alerts > 0 for each in patients),
        "mood_trends": _mood_trends(clinician),
        "engagement_data": [
            {
                "username": each.username,
                "session_count": each.week_moods,
                "last_active": timestamp.text(each.last_mood) or "Never",
            }
            for each in busiest_first
        ],
        "assessment_summary": {"phq9": _bands(PHQ9, patients), "gad7": _bands(GAD7, patients)},
    }


@bp.get("/api/analytics/active-patients")
@endpoint(auth=roles("clinician"), query=ClinicianQuery)
def active_patients(caller: Caller, query: ClinicianQuery) -> Reply:
    """List the caller's patients who were seen within seven days, the latest first."""
    seen = [
        (*each.last_activity, each)
        for each in caseload(own_name(caller, query.clinician))
        if each.last_activity and each.active
    ]
    seen.sort(key=lambda found: found[0], reverse=True)
    record_reading(caller, [each.username for _, _, each in seen], "activity")
    shown = [
        {
            "username": each.username,
            "full_name": each.full_name,
            "last_activity": timestamp.text(moment),
            "activity_type": kind,
        }
        for moment, kind, each in seen
    ]
    return {"active_patients": shown, "total_active": len(shown)}


@bp.get("/api/debug/analytics/<clinician>")
@endpoint(auth=roles("developer"))
def debug_analytics(caller: Caller, clinician: str) -> Reply:
    """Show a developer what the figures of a clinician are counted from."""
    role = get_db().value("SELECT role FROM users WHERE username = $1", clinician)
    approvals = _approvals(clinician)
    patients = caseload(clinician)
    record_reading(caller, sorted({each["patient"] for each in approvals}), "relation")
    answer: dict[str, Any] = {
        "clinician": clinician,
        "timestamp": timestamp.text(runtime.now()),
        "clinician_exists": role is not None,
        "total_patients": len(patients),
        "patients": [{"username": each.username, "role": each.role} for each in patients],
        "all_approvals": approvals,
    }
    if role is not None:
        answer["clinician_role"] = role
    if patients:
        answer["active_patients"] = sum(_busy(each) for each in patients)
        answer["high_risk_count"] = sum(each.active_alerts > 0 for each in patients)
    return answer


def _mood_trends(clinician: str) -> list[dict[str, Any]]:
    """Return the mean mood of all patients for each of the last days that has any."""
    rows = get_db().all(
        "SELECT log_date, SUM(mood_val) AS total, COUNT(*) AS moods FROM mood_logs"
        " WHERE deleted_at IS NULL AND log_date > $2"
        " AND EXISTS (SELECT 1 FROM patient_approvals WHERE clinician_username = $1"
        " AND patient_username = mood_logs.username AND status = 'approved')"
        " GROUP BY log_date ORDER BY log_date",
        clinician,
        runtime.today() - timedelta(days=TREND_DAYS),
    )
    return [
        {
            "date": date.text(row["log_date"]),
            "avg_mood": ratio(number.whole(row["total"]), row["moods"]),
            "count": row["moods"],
        }
        for row in rows
    ]


def _bands(scale: Scale, patients: list[Patient]) -> dict[str, int]:
    """Count the latest result of each patient by its band."""
    counts = dict.fromkeys(BANDS.values(), 0)
    for patient in patients:
        if result := patient.latest(scale.name):
            highest = scale.bands[-1][0]
            counts[BANDS[scale.severity(min(result.score, highest))]] += 1
    return counts


def _approvals(clinician: str) -> list[dict[str, Any]]:
    """Return every relation of this clinician in whatever state, newest first."""
    rows = get_db().all(
        "SELECT patient_username, status, request_date FROM patient_approvals"
        " WHERE clinician_username = $1 ORDER BY request_date DESC NULLS LAST, id DESC",
        clinician,
    )
    return [
        {
            "patient": row["patient_username"],
            "status": row["status"],
            "date": timestamp.text(row["request_date"]),
        }
        for row in rows
    ]


def _busy(patient: Patient) -> bool:
    """Tell whether the patient logged a mood or wrote to the therapy chat within seven days."""
    times = (patient.last_mood, patient.last_chat)
    return any(moment and moment > before_now(WEEK) for moment in times)
