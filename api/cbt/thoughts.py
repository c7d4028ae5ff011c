"""Thought records: a situation, the thought it brought, the evidence for it."""

from flask import Blueprint
from pydantic import Field

from api import audit, memory, runtime
from api.access import Caller, own_name
from api.cbt.fields import MAX_ROWS, Account, Notes, Owned, OwnersPage
from api.cbt.rewards import reward
from api.db import MAIN, PET, commit, get_db
from api.db.types import timestamp
from api.disclosure import disclose
from api.web import ANY_ROLE, QueryInt, Reply, endpoint

bp = Blueprint("thoughts", __name__)


class ThoughtRecord(Owned):
    situation: Account
    thought: Account
    evidence: Notes | None = ""


class RecordPage(OwnersPage):
    limit: QueryInt = Field(default=20, ge=1, le=MAX_ROWS)


@bp.post("/api/cbt/thought-record")
@endpoint(auth=ANY_ROLE, body=ThoughtRecord, answers=(201,))
def add_thought_record(caller: Caller, body: ThoughtRecord) -> Reply:
    """Add to the caller's thought records.

    The databases commit as for every new entry: the pet's, its reward keyed by the day and
    the record, then the main one.
    """
    person = own_name(caller, body.username)
    record = {
        "situation": body.situation,
        "thought": body.thought,
        "evidence": body.evidence or "",
    }
    record_id = get_db().insert(
        "INSERT INTO cbt_records (username, situation, thought, evidence, entry_timestamp)"
        " VALUES ($1, $2, $3, $4, $5) RETURNING id",
        person,
        *record.values(),
        runtime.now(),
    )
    memory.refresh(person)
    reward(person, "thought-record", record, action="therapy")
    audit.record(person, "cbt", "thought_record_created")
    commit(PET, MAIN)
    return {"success": True, "message": "Thought record saved.", "record_id": record_id}, 201


@bp.get("/api/cbt/records")
@endpoint(auth=ANY_ROLE, query=RecordPage, answers=(200, 403))
def thought_records(caller: Caller, query: RecordPage) -> Reply:
    """List thought records, newest first; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, "thought_record")
    rows = get_db().all(
        "SELECT id, situation, thought, evidence, entry_timestamp FROM cbt_records"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        person,
        query.limit,
        query.offset,
    )
    records = [
        {
            "id": row["id"],
            "situation": row["situation"],
            "thought": row["thought"],
            "evidence": row["evidence"] or "",
            "timestamp": timestamp.text(row["entry_timestamp"]),
        }
        for row in rows
    ]
    return {"success": True, "records": records}
