"""Gratitude: a journal of short entries."""

import hashlib

from flask import Blueprint
from pydantic import Field

from api import audit, daily, memory, pets, runtime
from api.access import Caller, own_name
from api.db import MAIN, PET, commit, get_db
from api.db.types import timestamp
from api.disclosure import disclose
from api.errors import NotFound
from api.web import ANY_ROLE, Body, Reply, Text, endpoint
from api.wellbeing.history import HistoryQuery

bp = Blueprint("gratitude", __name__)


class GratitudeEntry(Body):
    username: Text | None = None
    entry: Text = Field(min_length=1, max_length=1000)


@bp.post("/api/gratitude/log")
@endpoint(auth=ANY_ROLE, body=GratitudeEntry, answers=(201,))
def log_gratitude(caller: Caller, body: GratitudeEntry) -> Reply:
    """Add an entry to the caller's journal.

    The pet's database commits first: its reward is keyed by the day and the text, so a repeat
    after a failure pays no second time. The main one, which holds the entry, is last.
    """
    username = own_name(caller, body.username)
    log_id = get_db().insert(
        "INSERT INTO gratitude_logs (username, entry, entry_timestamp)"
        " VALUES ($1, $2, $3) RETURNING id",
        username,
        body.entry,
        runtime.now(),
    )
    memory.refresh(username)
    daily.complete_task(username, "practice_gratitude")
    pets.reward(username, "gratitude", key=_reward_key(username, body.entry))
    audit.record(username, "api", "gratitude_logged")
    commit(PET, MAIN)
    return {"success": True, "message": "Gratitude logged.", "log_id": log_id}, 201


@bp.get("/api/gratitude/history")
@endpoint(auth=ANY_ROLE, query=HistoryQuery, answers=(200, 403))
def gratitude_history(caller: Caller, query: HistoryQuery) -> Reply:
    """List entries, newest first; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, "gratitude_history")
    rows = get_db().all(
        "SELECT id, entry, entry_timestamp FROM gratitude_logs"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        person,
        query.limit,
        query.offset,
    )
    entries = [
        {
            "id": row["id"],
            "entry": row["entry"],
            "timestamp": timestamp.text(row["entry_timestamp"]),
        }
        for row in rows
    ]
    return {"success": True, "logs": entries, "count": len(entries)}


@bp.delete("/api/gratitude/<int:log_id>")
@endpoint(auth=ANY_ROLE, answers=(200, 404))
def delete_gratitude(caller: Caller, log_id: int) -> Reply:
    """Delete one of the caller's entries for good."""
    deleted = get_db().run(
        "DELETE FROM gratitude_logs WHERE id = $1 AND username = $2 AND deleted_at IS NULL",
        log_id,
        caller.username,
    )
    if not deleted:
        raise NotFound
    memory.refresh(caller.username)
    audit.record(caller.username, "api", "gratitude_deleted")
    commit(MAIN)
    return {"success": True, "message": "Entry deleted."}


def _reward_key(username: str, entry: str) -> str:
    """Name this entry of today without letting its text into the pet's database."""
    digest = hashlib.sha256(f"{username}\n{entry}".encode()).hexdigest()
    return f"gratitude:{runtime.today()}:{digest[:16]}"
