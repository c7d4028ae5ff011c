"""Feedback: people tell the developers, who answer with a status."""

from typing import Annotated, Any, Literal

from flask import Blueprint
from pydantic import BeforeValidator, Field

from api import audit, runtime
from api.access import DEVELOPER, Caller
from api.db import MAIN, Row, commit, get_db
from api.db.types import timestamp
from api.errors import NotFound
from api.notifications import notify
from api.web import ANY_ROLE, Body, Reply, Text, endpoint, roles

bp = Blueprint("feedback", __name__)

OWN_SHOWN, ALL_SHOWN = 50, 500
EXCERPT = 50
EMOJI = {"bug": "🐛", "feature": "✨", "improvement": "💡", "other": "💬"}
ANY_EMOJI = "📝"

Status = Annotated[
    Literal["pending", "in_progress", "resolved", "wont_fix", "duplicate"],
    BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value),
]


class Feedback(Body):
    category: Text = Field(min_length=1, max_length=50)
    message: Text = Field(min_length=1, max_length=5000)


class Decision(Body):
    """Notes that are left out stay as they are stored; empty text empties them."""

    status: Status
    admin_notes: Text | None = Field(default=None, max_length=5000)


@bp.post("/api/feedback")
@endpoint(auth=ANY_ROLE, body=Feedback, answers=(201,))
def give_feedback(caller: Caller, body: Feedback) -> Reply:
    """Store feedback and tell every developer how it begins."""
    feedback_id = get_db().insert(
        "INSERT INTO feedback (username, role, category, message, status, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        caller.username,
        caller.role,
        body.category,
        body.message,
        "pending",
        runtime.now(),
    )
    news = f"{_labelled(body.category)} from {caller.username}: {_excerpt(body.message)}"
    for developer in _developers():
        notify(developer, news, "feedback_notification")
    audit.record(caller.username, "api", "feedback_submitted", f"feedback {feedback_id}")
    commit(MAIN)
    return {
        "success": True,
        "message": "Thank you for your feedback.",
        "feedback_id": feedback_id,
    }, 201


@bp.get("/api/feedback")
@endpoint(auth=ANY_ROLE)
def own_feedback(caller: Caller) -> Reply:
    """List the caller's newest feedback; the developers' notes are not for them."""
    rows = get_db().all(
        "SELECT id, category, message, status, created_at FROM feedback"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $2",
        caller.username,
        OWN_SHOWN,
    )
    return {"success": True, "feedback": _shown(rows)}


@bp.get("/api/feedback/all")
@endpoint(auth=roles(DEVELOPER))
def all_feedback() -> Reply:
    """List everybody's newest feedback for the developers."""
    rows = get_db().all(
        "SELECT id, username, role AS user_role, category, message, status, created_at"
        " FROM feedback WHERE deleted_at IS NULL"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $1",
        ALL_SHOWN,
    )
    return {"success": True, "feedback_count": len(rows), "feedback": _shown(rows)}


@bp.put("/api/feedback/<int:feedback_id>/status")
@endpoint(auth=roles(DEVELOPER), body=Decision, answers=(200, 404))
def decide_feedback(body: Decision, feedback_id: int) -> Reply:
    """Set the status of somebody's feedback and tell them."""
    row = get_db().one(
        "UPDATE feedback SET status = $1, resolved_at = $2,"
        " admin_notes = COALESCE($3, admin_notes)"
        " WHERE id = $4 AND deleted_at IS NULL RETURNING username, category",
        body.status,
        runtime.now() if body.status == "resolved" else None,
        body.admin_notes,
        feedback_id,
    )
    if row is None:
        raise NotFound
    status = body.status.replace("_", " ").title()
    notify(row["username"], f"{_labelled(row['category'])}: now {status}", "feedback_update")
    details = f"feedback {feedback_id}: {body.status}"
    audit.record(row["username"], DEVELOPER, "feedback_status_update", details)
    commit(MAIN)
    return {"success": True, "message": f"Status set to {status}.", "feedback_id": feedback_id}


def _developers() -> list[str]:
    rows = get_db().all("SELECT username FROM users WHERE role = $1 ORDER BY username", DEVELOPER)
    return [row["username"] for row in rows]


def _labelled(category: str) -> str:
    """Name the kind of feedback at the beginning of a notification."""
    kind = category.lower()
    return f"{EMOJI.get(kind, ANY_EMOJI)} Feedback ({kind})"


def _excerpt(message: str) -> str:
    return message if len(message) <= EXCERPT else f"{message[:EXCERPT]}..."


def _shown(rows: list[Row]) -> list[dict[str, Any]]:
    return [{**row, "created_at": timestamp.text(row["created_at"])} for row in rows]
