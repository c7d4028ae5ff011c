"""Approvals: a patient asks for a clinician (`api.auth.registration`), who accepts or declines.

An approved relation is what lets a clinician see a patient's data (`api.access`).
`users.clinician_id` names the clinician whom the patient asked for or was accepted by last; a
patient with another clinician keeps that relation as well.
"""

import unicodedata

from flask import Blueprint
from pydantic import Field

from api import audit, runtime
from api.access import CLINICIAN, Caller, own_name
from api.db import MAIN, commit, get_db
from api.db.types import timestamp
from api.errors import Conflict, NotFound
from api.notifications import notify
from api.security.encryption import decrypt
from api.web import PUBLIC, Query, QueryInt, Reply, Text, endpoint, roles

bp = Blueprint("approvals", __name__)


class CliniciansQuery(Query):
    """Each of the three is looked for anywhere in its field; `search` in both names."""

    country: Text | None = None
    area: Text | None = None
    search: Text | None = None
    limit: QueryInt = Field(default=1000, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


class PendingQuery(Query):
    clinician: Text | None = None
    limit: QueryInt = Field(default=100, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.get("/api/clinicians/list")
@endpoint(auth=PUBLIC, query=CliniciansQuery)
def list_clinicians(query: CliniciansQuery) -> Reply:
    """List the clinicians a new patient can ask for, by username; case makes no difference.

    Names are stored encrypted, so the search is done here and not by the database.
    """
    rows = get_db().all(
        "SELECT username, full_name, country, area FROM users WHERE role = $1 ORDER BY username",
        CLINICIAN,
    )
    clinicians = [
        {
            "username": row["username"],
            "full_name": decrypt(row["full_name"]) or row["username"],
            "country": row["country"] or "",
            "area": row["area"] or "",
        }
        for row in rows
    ]
    found = [clinician for clinician in clinicians if _matches(clinician, query)]
    return {"clinicians": found[query.offset : query.offset + query.limit]}


@bp.get("/api/approvals/pending")
@endpoint(auth=roles(CLINICIAN), query=PendingQuery)
def list_pending(caller: Caller, query: PendingQuery) -> Reply:
    """List the patients who wait for the caller's answer, the newest request first."""
    rows = get_db().all(
        "SELECT id, patient_username, request_date FROM patient_approvals"
        " WHERE clinician_username = $1 AND status = $2"
        " ORDER BY request_date DESC NULLS LAST, id DESC LIMIT $3 OFFSET $4",
        own_name(caller, query.clinician),
        "pending",
        query.limit,
        query.offset,
    )
    pending = [{**row, "request_date": timestamp.text(row["request_date"])} for row in rows]
    return {"pending_approvals": pending}


@bp.post("/api/approvals/<int:approval_id>/approve")
@endpoint(auth=roles(CLINICIAN), answers=(200, 404, 409))
def approve(caller: Caller, approval_id: int) -> Reply:
    """Accept a patient who asked for the caller."""
    patient = _decide(caller, approval_id, "approved")
    get_db().run("UPDATE users SET clinician_id = $1 WHERE username = $2", caller.username, patient)
    notify(patient, f"{caller.username} has accepted you as a patient.", "approval_accepted")
    notify(caller.username, f"{patient} is now your patient.", "patient_approved")
    audit.record(patient, "clinician", "patient_approved", f"by {caller.username}")
    commit(MAIN)
    return {"success": True, "message": f"{patient} is now your patient."}


@bp.post("/api/approvals/<int:approval_id>/reject")
@endpoint(auth=roles(CLINICIAN), answers=(200, 404, 409))
def reject(caller: Caller, approval_id: int) -> Reply:
    """Decline a patient who asked for the caller; they are linked to nobody, or as before."""
    patient = _decide(caller, approval_id, "rejected")
    get_db().run(
        "UPDATE users SET clinician_id = (SELECT clinician_username FROM patient_approvals"
        " WHERE patient_username = users.username AND status = $1"
        " ORDER BY approval_date DESC NULLS LAST, id DESC LIMIT 1)"
        " WHERE username = $2 AND clinician_id = $3",
        "approved",
        patient,
        caller.username,
    )
    notify(
        patient,
        f"{caller.username} cannot accept you as a patient. Please ask another clinician.",
        "approval_rejected",
    )
    audit.record(patient, "clinician", "patient_rejected", f"by {caller.username}")
    commit(MAIN)
    return {"success": True, "message": f"You declined the request of {patient}."}


def _decide(caller: Caller, approval_id: int, status: str) -> str:
    """Settle a request that waits for the caller; return the patient.

    Raises NotFound where it is not addressed to the caller, Conflict when it is settled.
    """
    patient: str | None = get_db().value(
        "UPDATE patient_approvals SET status = $1, approval_date = $2"
        " WHERE id = $3 AND clinician_username = $4 AND status = $5 RETURNING patient_username",
        status,
        runtime.now() if status == "approved" else None,
        approval_id,
        caller.username,
        "pending",
    )
    if patient is None:
        raise _undecidable(caller, approval_id)
    get_db().run(
        "UPDATE notifications SET read = TRUE"
        " WHERE recipient_username = $1 AND notification_type = $2 AND NOT read",
        patient,
        "approval_pending",
    )
    return patient


def _undecidable(caller: Caller, approval_id: int) -> Conflict | NotFound:
    status = get_db().value(
        "SELECT status FROM patient_approvals WHERE id = $1 AND clinician_username = $2",
        approval_id,
        caller.username,
    )
    if status is None:
        return NotFound("There is no such request to you.")
    return Conflict(f"This request is {status} already.", "ALREADY_DECIDED")


def _matches(clinician: dict[str, str], query: CliniciansQuery) -> bool:
    names = f"{clinician['username']}\n{clinician['full_name']}"
    looked_for = (
        (query.country, clinician["country"]),
        (query.area, clinician["area"]),
        (query.search, names),
    )
    return all(_folded(part or "") in _folded(whole) for part, whole in looked_for)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
