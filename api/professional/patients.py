"""The clinician's list of patients, and the record of one of them."""

from typing import Any

from flask import Blueprint
from pydantic import Field

from api.access import Caller
from api.db import Row
from api.db.types import boolean, number, timestamp
from api.disclosure import record_reading
from api.professional import chart
from api.professional.caseload import Assessment, Patient, caseload
from api.professional.relation import open_record
from api.web import Query, QueryInt, Reply, endpoint, roles

bp = Blueprint("patients", __name__)

RECENT_MOODS, RECENT_LINES, RECENT, RECENT_SIGNS = 30, 50, 20, 10


class PatientsQuery(Query):
    limit: QueryInt = Field(default=500, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.get("/api/professional/patients")
@endpoint(auth=roles("clinician"), query=PatientsQuery)
def list_patients(caller: Caller, query: PatientsQuery) -> Reply:
    """List the caller's patients, those with most alerts of the last seven days first."""
    patients = sorted(
        caseload(caller.username), key=lambda each: (-each.week_alerts, each.username)
    )
    page = patients[query.offset : query.offset + query.limit]
    record_reading(caller, [each.username for each in page], "overview")
    return {"patients": [_listed(each) for each in page], "count": len(page)}


@bp.get("/api/professional/patient/<username>")
@endpoint(auth=roles("clinician"), answers=(200, 404))
def show_patient(caller: Caller, username: str) -> Reply:
    """Show one patient's record: the newest rows of everything, by whomever it was written."""
    patient = open_record(caller, username, "record")
    return {
        "username": patient,
        "profile": _profile(chart.person(patient)),
        "recent_moods": [_mood(row) for row in chart.moods(patient, limit=RECENT_MOODS)],
        "chat_history": [_line(row) for row in chart.chat(patient, RECENT_LINES)],
        "gratitude_entries": [_gratitude(row) for row in chart.gratitude(patient, RECENT)],
        "cbt_records": [_thought(row) for row in chart.thought_records(patient, RECENT)],
        "recent_alerts": [_alert(row) for row in chart.alerts(patient, limit=RECENT_SIGNS)],
        "clinical_scales": [_result(row) for row in chart.assessments(patient, limit=RECENT_SIGNS)],
        "clinician_notes": [_note(row) for row in chart.notes(patient, RECENT)],
    }


def _listed(patient: Patient) -> dict[str, Any]:
    newest = next(iter(patient.assessments), None)
    return {
        "username": patient.username,
        "avg_mood_7d": patient.week_mean,
        "alert_count_7d": patient.week_alerts,
        "last_login": timestamp.text(patient.last_login),
        "latest_assessment": _latest(newest) if newest else None,
    }


def _latest(result: Assessment) -> dict[str, Any]:
    return {
        "name": result.scale,
        "score": result.score,
        "severity": result.severity,
        "date": timestamp.text(result.date),
    }


def _profile(person: chart.Person) -> dict[str, Any]:
    return {
        "username": person.username,
        "name": person.full_name,
        "dob": person.dob,
        "conditions": person.conditions,
        "email": person.email,
        "phone": person.phone,
    }


def _mood(row: Row) -> dict[str, Any]:
    return {
        "mood": row["mood_val"],
        "sleep": number.real(row["sleep_val"] or 0),
        "exercise": row["exercise_mins"] or 0,
        "outside": row["outside_mins"] or 0,
        "water": number.real(row["water_pints"] or 0),
        "meds": row["meds"] or "",
        "notes": row["notes"] or "",
        "timestamp": timestamp.text(row["entrestamp"]),
    }


def _line(row: Row) -> dict[str, Any]:
    return {
        "sender": row["sender"],
        "message": row["message"],
        "timestamp": timestamp.text(row["timestamp"]),
    }


def _gratitude(row: Row) -> dict[str, Any]:
    return {"entry": row["entry"], "timestamp": timestamp.text(row["entry_timestamp"])}


def _thought(row: Row) -> dict[str, Any]:
    return {
        "situation": row["situation"],
        "thought": row["thought"],
        "evidence": row["evidence"],
        "timestamp": timestamp.text(row["entry_timestamp"]),
    }


def _alert(row: Row) -> dict[str, Any]:
    return {
        "type": row["alert_type"],
        "message": row["details"] or "",
        "timestamp": timestamp.text(row["created_at"]),
    }


def _result(row: Row) -> dict[str, Any]:
    return {
        "name": row["scale_name"],
        "score": row["score"],
        "severity": row["severity"],
        "timestamp": timestamp.text(row["entry_timestamp"]),
    }


def _note(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "note": row["note_text"],
        "highlighted": boolean.flag(row["is_highlighted"]),
        "timestamp": timestamp.text(row["created_at"]),
    }
