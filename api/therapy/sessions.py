"""The threads of conversation: listing, beginning, renaming, choosing and deleting them.

Everybody changes only their own. A thread of somebody else's is answered like one that does not
exist.
"""

from flask import Blueprint
from pydantic import Field

from api import audit, runtime
from api.access import Caller, own_name
from api.db import MAIN, commit, get_db
from api.db.types import boolean, timestamp
from api.disclosure import disclose
from api.errors import BadRequest
from api.therapy import threads
from api.web import ANY_ROLE, Body, Query, QueryInt, Reply, Text, endpoint

bp = Blueprint("sessions", __name__)

LONGEST_NAME = 200


class Whose(Query):
    username: Text | None = None


class Threads(Whose):
    limit: QueryInt = Field(default=1000, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


class NewThread(Body):
    username: Text | None = None
    session_name: Text | None = Field(default=None, max_length=LONGEST_NAME)


class ChangedThread(NewThread):
    make_active: bool = False


@bp.get("/api/therapy/sessions")
@endpoint(auth=ANY_ROLE, query=Threads, answers=(200, 403))
def list_sessions(caller: Caller, query: Threads) -> Reply:
    """List threads, the last one used first; a clinician may ask for an approved patient's.

    Looking begins no thread: whoever has never talked to the assistant has none, and their first
    message, or welcome, begins one.
    """
    person = disclose(caller, query.username, "chat_sessions")
    rows = get_db().all(
        "SELECT id, session_name, created_at, last_active, is_active, (SELECT COUNT(*)"
        " FROM chat_history WHERE chat_session_id = chat_sessions.id) AS message_count"
        " FROM chat_sessions WHERE username = $1"
        " ORDER BY last_active DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        person,
        query.limit,
        query.offset,
    )
    sessions = [
        {
            "id": row["id"],
            "name": row["session_name"],
            "created_at": timestamp.text(row["created_at"]),
            "last_active": timestamp.text(row["last_active"]),
            "is_active": boolean.flag(row["is_active"]),
            "message_count": row["message_count"],
        }
        for row in rows
    ]
    return {"success": True, "sessions": sessions}


@bp.post("/api/therapy/sessions")
@endpoint(auth=ANY_ROLE, body=NewThread)
def begin_session(caller: Caller, body: NewThread) -> Reply:
    """Begin a thread, which becomes the active one."""
    username = own_name(caller, body.username)
    name = body.session_name or "New Chat"
    threads.hold(username)
    thread = threads.begin(username, name)
    audit.record(username, "api", "chat_session_begun")
    commit(MAIN)
    return {"success": True, "session_id": thread, "session_name": name}


@bp.put("/api/therapy/sessions/<int:session_id>")
@endpoint(auth=ANY_ROLE, body=ChangedThread, answers=(200, 404))
def change_session(caller: Caller, body: ChangedThread, session_id: int) -> Reply:
    """Rename one of the caller's threads, make it the active one, or both."""
    username = own_name(caller, body.username)
    threads.hold(username)
    thread = threads.owned(username, session_id)
    if body.session_name:
        get_db().run(
            "UPDATE chat_sessions SET session_name = $1 WHERE id = $2", body.session_name, thread
        )
    if body.make_active:
        threads.deactivate(username)
        get_db().run(
            "UPDATE chat_sessions SET is_active = TRUE, last_active = $1 WHERE id = $2",
            runtime.now(),
            thread,
        )
    if body.session_name or body.make_active:
        audit.record(username, "api", "chat_session_changed")
    commit(MAIN)
    return {"success": True}


@bp.delete("/api/therapy/sessions/<int:session_id>")
@endpoint(auth=ANY_ROLE, query=Whose, answers=(200, 404))
def delete_session(caller: Caller, query: Whose, session_id: int) -> Reply:
    """Delete one of the caller's threads with all its lines, unless it is the only one.

    Where the active one goes, the last one used of the others takes its place.
    """
    username = own_name(caller, query.username)
    threads.hold(username)
    thread = threads.owned(username, session_id)
    others = get_db().one(
        "SELECT id FROM chat_sessions WHERE username = $1 AND id <> $2 ORDER BY id LIMIT 1",
        username,
        thread,
    )
    if others is None:
        raise BadRequest("You cannot delete your only session.", "ONLY_SESSION")
    get_db().run("DELETE FROM chat_sessions WHERE id = $1", thread)
    if threads.active(username) is None:
        get_db().run(
            "UPDATE chat_sessions SET is_active = TRUE WHERE id = (SELECT id FROM chat_sessions"
            " WHERE username = $1 ORDER BY last_active DESC NULLS LAST, id DESC LIMIT 1)",
            username,
        )
    audit.record(username, "api", "chat_session_deleted")
    commit(MAIN)
    return {"success": True}
