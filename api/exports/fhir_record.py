"""The record for other systems: results and moods in FHIR (built by `api.integrations.fhir`)."""

from flask import Blueprint

from api import runtime, settings
from api.access import CLINICIAN, Caller
from api.db import get_db
from api.db.types import date as dates
from api.db.types import number, timestamp
from api.exports.release import ExportQuery, release
from api.integrations import fhir
from api.integrations.fhir import Author, Mood, Patient, Result
from api.security.encryption import decrypt
from api.web import ANY_ROLE, Reply, endpoint

bp = Blueprint("fhir_record", __name__)

MOODS_SHOWN = 50


@bp.get("/api/export/fhir")
@endpoint(auth=ANY_ROLE, query=ExportQuery, answers=(200, 403))
def export_fhir(caller: Caller, query: ExportQuery) -> Reply:
    """Return patient, results and moods as a signed FHIR R4 bundle."""
    person = release(caller, query.username, "fhir_export")
    given, now = settings.current(), runtime.now()
    bundle = fhir.bundle(
        _patient(person),
        _results(person),
        _moods(person),
        author=Author(caller.username, is_clinician=caller.role == CLINICIAN),
        base=f"{given.app_url}/fhir",
        now=now,
    )
    return {"success": True, "bundle": fhir.signed(bundle, key=given.fhir_signing_key, now=now)}


def _patient(person: str) -> Patient:
    row = get_db().one(
        "SELECT full_name, dob, conditions, nhs_number FROM users WHERE username = $1", person
    )
    known = row or {}
    return Patient(
        username=person,
        full_name=decrypt(known.get("full_name")),
        birth_date=decrypt(known.get("dob")),
        conditions=decrypt(known.get("conditions")),
        nhs_number=known.get("nhs_number"),
    )


def _results(person: str) -> list[Result]:
    rows = get_db().all(
        "SELECT id, scale_name, score, severity, entry_timestamp FROM clinical_scales"
        " WHERE username = $1 ORDER BY entry_timestamp DESC NULLS LAST, id DESC",
        person,
    )
    return [
        Result(
            id=row["id"],
            scale=row["scale_name"],
            score=row["score"],
            severity=row["severity"],
            time=timestamp.moment(row["entry_timestamp"]),
        )
        for row in rows
    ]


def _moods(person: str) -> list[Mood]:
    rows = get_db().all(
        "SELECT id, mood_val, sleep_val, meds, notes, entrestamp, log_date FROM mood_logs"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entrestamp DESC NULLS LAST, id DESC LIMIT $2",
        person,
        MOODS_SHOWN,
    )
    return [
        Mood(
            id=row["id"],
            mood=row["mood_val"],
            sleep=number.real(row["sleep_val"]),
            medication=row["meds"],
            notes=row["notes"],
            time=timestamp.moment(row["entrestamp"]) or dates.day(row["log_date"]),
        )
        for row in rows
    ]
