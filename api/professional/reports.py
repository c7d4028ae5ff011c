"""Letters about a patient, in plain text: a referral, a report of progress, a discharge."""

from typing import Literal

from flask import Blueprint
from pydantic import Field

from api import audit, runtime
from api.access import Caller, own_name, patient_of
from api.db import MAIN, Row, commit
from api.db.types import boolean, timestamp
from api.professional import chart
from api.professional.caseload import Assessment, Patient, case
from api.professional.figures import MONTH, before_now, mean
from api.web import Body, Reply, Text, endpoint, roles
from api.wellbeing.scales import GAD7, PHQ9

bp = Blueprint("reports", __name__)

Kind = Literal["gp_referral", "progress", "discharge"]
TITLES: dict[Kind, str] = {
    "gp_referral": "GP REFERRAL LETTER",
    "progress": "PROGRESS REPORT",
    "discharge": "DISCHARGE SUMMARY",
}
REFERRAL_NOTES, PROGRESS_NOTES = 5, 10
ADVICE = """\
Advice after discharge:
- Go on with what has helped, and log moods as an early sign of change.
- See the GP in four weeks, sooner if symptoms return.
- In a crisis call 999, NHS 111, or text SHOUT to 85258."""


class ReportRequest(Body):
    username: Text = Field(min_length=1)
    report_type: Kind
    clinician: Text | None = None


@bp.post("/api/reports/generate")
@endpoint(auth=roles("clinician"), body=ReportRequest)
def generate_report(caller: Caller, body: ReportRequest) -> Reply:
    """Write a letter about a patient of the caller's; the trail keeps that and of which kind."""
    clinician = own_name(caller, body.clinician)
    name = patient_of(caller, body.username)
    patient = case(clinician, name)
    parts = (
        _heading(body.report_type, clinician, chart.person(name)),
        _state(patient, dated=body.report_type == "gp_referral"),
        _body(body.report_type, patient),
    )
    audit.record(name, "clinician", "report_generated", f"{body.report_type} by {clinician}")
    commit(MAIN)
    return {
        "success": True,
        "report_content": "\n\n".join(parts) + "\n",
        "report_type": body.report_type,
        "patient": name,
    }


def _heading(kind: Kind, clinician: str, person: chart.Person) -> str:
    return "\n".join(
        (
            TITLES[kind],
            f"Date: {runtime.today():%d %B %Y}",
            f"Clinician: {clinician}",
            f"Patient: {person.called}",
            f"Date of birth: {person.dob or 'not recorded'}",
            f"Conditions: {person.conditions or 'none recorded'}",
        )
    )


def _state(patient: Patient, *, dated: bool) -> str:
    """Write how the patient is: the latest scores and the moods of the last 30 days."""
    span = chart.Span(start=before_now(MONTH))
    moods = chart.moods(patient.username, span)
    average = f"{mean(row['mood_val'] for row in moods)}/10" if moods else "none logged"
    return "\n".join(
        (
            f"PHQ-9: {_score(patient.latest(PHQ9.name), dated=dated)}",
            f"GAD-7: {_score(patient.latest(GAD7.name), dated=dated)}",
            f"Average mood of the last 30 days: {average}",
        )
    )


def _score(result: Assessment | None, *, dated: bool) -> str:
    if result is None:
        return "not assessed"
    if not dated:
        return str(result.score)
    return f"{result.score} on {timestamp.text(result.date) or 'an unknown date'}"


def _body(kind: Kind, patient: Patient) -> str:
    match kind:
        case "gp_referral":
            return _notes(patient, REFERRAL_NOTES, mark="")
        case "progress":
            return _notes(patient, PROGRESS_NOTES, mark="[important] ")
        case "discharge":
            since = timestamp.text(patient.since) or "an unknown date"
            return f"In treatment since {since}.\n\n{ADVICE}"


def _notes(patient: Patient, limit: int, *, mark: str) -> str:
    rows = chart.notes(patient.username, limit)
    lines = [f"- {mark if boolean.flag(row['is_highlighted']) else ''}{_line(row)}" for row in rows]
    return "\n".join(("Clinical notes:", *(lines or ["- none"])))


def _line(row: Row) -> str:
    return f"{timestamp.text(row['created_at']) or 'undated'}: {row['note_text']}"
