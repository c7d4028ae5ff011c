"""Search among the clinician's patients by name, address, risk or silence.

Names and addresses are stored encrypted, so no database can search them: the clinician's own
patients are read, decrypted and compared here, by one fold, on both engines.
"""

import unicodedata
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint
from pydantic import Field

from api.access import Caller, own_name
from api.db.types import timestamp
from api.disclosure import record_reading
from api.professional.caseload import Patient, caseload
from api.web import Query, QueryInt, Reply, Text, endpoint, roles
from api.wellbeing.scales import PHQ9

bp = Blueprint("search", __name__)

MODERATE_FROM = 15
NEVER = datetime.min.replace(tzinfo=UTC)


class SearchQuery(Query):
    """`q` is part of a name, user name or e-mail; `filter` is high_risk, inactive, or no filter."""

    clinician: Text | None = None
    q: Text = Field(default="", max_length=200)
    filter: Text = Field(default="", max_length=200)
    limit: QueryInt = Field(default=100, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.get("/api/patients/search")
@endpoint(auth=roles("clinician"), query=SearchQuery)
def search_patients(caller: Caller, query: SearchQuery) -> Reply:
    """Find patients of the caller's: most alerts first, then the latest seen."""
    wanted = _fold(query.q)
    found = [
        patient
        for patient in caseload(own_name(caller, query.clinician))
        if _matches(patient, wanted) and _passes(patient, query.filter)
    ]
    found.sort(key=_last_seen, reverse=True)
    found.sort(key=lambda patient: -patient.active_alerts)
    page = found[query.offset : query.offset + query.limit]
    record_reading(caller, [patient.username for patient in page], "search_result")
    return {"patients": [_shown(patient) for patient in page], "count": len(page)}


def _fold(text: str) -> str:
    """Return a text as it is compared: without regard to case or to how characters are composed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _matches(patient: Patient, wanted: str) -> bool:
    searched = (patient.username, patient.full_name or "", patient.email or "")
    return any(wanted in _fold(text) for text in searched)


def _passes(patient: Patient, filter: str) -> bool:
    match filter:
        case "high_risk":
            return patient.active_alerts > 0
        case "inactive":
            return not patient.active
        case _:
            return True


def _last_seen(patient: Patient) -> datetime:
    return patient.last_activity[0] if patient.last_activity else NEVER


def _shown(patient: Patient) -> dict[str, Any]:
    phq9 = patient.latest(PHQ9.name)
    return {
        "username": patient.username,
        "full_name": patient.full_name or patient.username,
        "email": patient.email or "",
        "created_at": timestamp.text(patient.since),
        "alert_count": patient.active_alerts,
        "last_active": timestamp.text(patient.last_activity[0]) if patient.last_activity else None,
        "phq9_score": phq9.score if phq9 else None,
        "risk_level": _risk(patient, phq9.score if phq9 else 0),
    }


def _risk(patient: Patient, phq9: int) -> str:
    if patient.active_alerts:
        return "high"
    return "moderate" if phq9 >= MODERATE_FROM else "low"
