"""A clinician's notes about a patient: written, read, withdrawn by their author.

A withdrawn note stays in its table, marked as deleted: it is part of the clinical record.
"""

from flask import Blueprint
from pydantic import Field

from api import audit, memory, runtime
from api.access import Caller, patient_of
from api.db import MAIN, commit, get_db
from api.db.types import boolean, timestamp
from api.errors import NotFound
from api.professional import chart
from api.professional.relation import open_record
from api.web import Body, Query, QueryInt, Reply, Text, endpoint, roles

bp = Blueprint("notes", __name__)


class Note(Body):
    patient_username: Text = Field(min_length=1)
    note_text: Text = Field(min_length=1, max_length=50_000)
    is_highlighted: bool = False


class NotesQuery(Query):
    limit: QueryInt = Field(default=500, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.post("/api/professional/notes")
@endpoint(auth=roles("clinician"), body=Note, answers=(201,))
def write_note(caller: Caller, body: Note) -> Reply:
    """Write a note about a patient of the caller's; the assistant's memory takes it in."""
    patient = patient_of(caller, body.patient_username)
    note_id = get_db().insert(
        "INSERT INTO clinician_notes (clinician_username, patient_username, note_text,"
        " is_highlighted, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        caller.username,
        patient,
        body.note_text,
        body.is_highlighted,
        runtime.now(),
    )
    memory.refresh(patient)
    audit.record(patient, "api", "clinician_note_created", f"{note_id} by {caller.username}")
    commit(MAIN)
    return {"success": True, "note_id": note_id, "message": "Note saved."}, 201


@bp.get("/api/professional/notes/<patient_username>")
@endpoint(auth=roles("clinician"), query=NotesQuery, answers=(200, 404))
def list_notes(caller: Caller, query: NotesQuery, patient_username: str) -> Reply:
    """List the caller's own notes about a patient, newest first."""
    patient = open_record(caller, patient_username, "notes")
    rows = chart.notes_by(caller.username, patient, query.limit, query.offset)
    notes = [
        {
            "id": row["id"],
            "text": row["note_text"],
            "highlighted": boolean.flag(row["is_highlighted"]),
            "timestamp": timestamp.text(row["created_at"]),
        }
        for row in rows
    ]
    return {"notes": notes, "count": len(notes)}


@bp.delete("/api/professional/notes/<int:note_id>")
@endpoint(auth=roles("clinician"), answers=(200, 404))
def withdraw_note(caller: Caller, note_id: int) -> Reply:
    """Withdraw one of the caller's notes, whether or not the patient still is theirs."""
    patient = get_db().value(
        "UPDATE clinician_notes SET deleted_at = $1"
        " WHERE id = $2 AND clinician_username = $3 AND deleted_at IS NULL"
        " RETURNING patient_username",
        runtime.now(),
        note_id,
        caller.username,
    )
    if patient is None:
        raise NotFound
    memory.refresh(patient)
    audit.record(patient, "api", "clinician_note_deleted", f"{note_id} by {caller.username}")
    commit(MAIN)
    return {"success": True}
