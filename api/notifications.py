"""Notifications inside the application: rows a person finds at the next visit, no push.

`notify` is for the rest of the application; the routes below are for the one addressed, who
alone reads, marks and deletes them.
"""

from flask import Blueprint
from pydantic import Field

from api import runtime
from api.access import Caller, own_name
from api.db import MAIN, commit, get_db
from api.db.types import boolean, timestamp
from api.errors import NotFound
from api.web import ANY_ROLE, Body, Query, QueryInt, Reply, Text, endpoint

bp = Blueprint("notifications", __name__)


class NotificationsQuery(Query):
    username: Text | None = None
    limit: QueryInt = Field(default=20, ge=1, le=100)
    offset: QueryInt = Field(default=0, le=1_000_000)


class Clearing(Body):
    username: Text | None = None


@bp.get("/api/notifications")
@endpoint(auth=ANY_ROLE, query=NotificationsQuery, answers=(200, 403))
def list_notifications(caller: Caller, query: NotificationsQuery) -> Reply:
    """List the caller's notifications, newest first, and count all that are unread."""
    username = own_name(caller, query.username)
    rows = get_db().all(
        "SELECT id, message, notification_type, read, created_at FROM notifications"
        " WHERE recipient_username = $1"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        username,
        query.limit,
        query.offset,
    )
    unread = get_db().value(
        "SELECT COUNT(*) FROM notifications WHERE recipient_username = $1 AND NOT read", username
    )
    notifications = [
        {
            "id": row["id"],
            "message": row["message"],
            "type": row["notification_type"],
            "read": boolean.flag(row["read"]),
            "created_at": timestamp.text(row["created_at"]),
        }
        for row in rows
    ]
    return {"notifications": notifications, "unread_count": unread}


@bp.post("/api/notifications/<int:notification_id>/read")
@endpoint(auth=ANY_ROLE, answers=(200, 404))
def mark_notification_read(caller: Caller, notification_id: int) -> Reply:
    """Mark one of the caller's notifications as read."""
    marked = get_db().run(
        "UPDATE notifications SET read = TRUE WHERE id = $1 AND recipient_username = $2",
        notification_id,
        caller.username,
    )
    if not marked:
        raise NotFound("There is no such notification.")
    commit(MAIN)
    return {"success": True}


@bp.delete("/api/notifications/<int:notification_id>")
@endpoint(auth=ANY_ROLE, answers=(200, 404))
def delete_notification(caller: Caller, notification_id: int) -> Reply:
    """Delete one of the caller's notifications."""
    deleted = get_db().run(
        "DELETE FROM notifications WHERE id = $1 AND recipient_username = $2",
        notification_id,
        caller.username,
    )
    if not deleted:
        raise NotFound("There is no such notification.")
    commit(MAIN)
    return {"success": True}


@bp.post("/api/notifications/clear-read")
@endpoint(auth=ANY_ROLE, body=Clearing)
def clear_read(caller: Caller, body: Clearing) -> Reply:
    """Delete those of the caller's notifications that are read."""
    deleted = get_db().run(
        "DELETE FROM notifications WHERE recipient_username = $1 AND read",
        own_name(caller, body.username),
    )
    commit(MAIN)
    return {"success": True, "deleted": deleted}


def notify(recipient: str, message: str, kind: str = "info") -> None:
    """Leave `message` for an account.

    Joins the caller's transaction of the main database and does not commit.
    """
    get_db().run(
        "INSERT INTO notifications (recipient_username, message, notification_type, read,"
        " created_at) VALUES ($1, $2, $3, $4, $5)",
        recipient,
        message,
        kind,
        False,
        runtime.now(),
    )
