"""One message: sending it, marking it as read, deleting it on one's own side."""

from flask import Blueprint
from pydantic import Field

from api import audit, runtime
from api.access import Caller
from api.db import MAIN, commit, get_db
from api.db.types import timestamp
from api.errors import Forbidden, NotFound, ValidationFailed
from api.messages import correspondents
from api.notifications import notify
from api.web import ANY_ROLE, Body, Reply, Text, endpoint

bp = Blueprint("letters", __name__)


class NewMessage(Body):
    recipient: Text = Field(min_length=1, max_length=1000)
    content: Text = Field(min_length=1, max_length=5000)
    subject: Text | None = Field(default=None, max_length=100)


@bp.post("/api/messages/send")
@endpoint(auth=ANY_ROLE, body=NewMessage, answers=(201, 404))
def send_message(caller: Caller, body: NewMessage) -> Reply:
    """Send a message to somebody the caller may write to."""
    if body.recipient == caller.username:
        raise ValidationFailed({"recipient": "must be somebody else"})
    correspondents.require(caller, body.recipient)
    message_id = deliver(caller.username, body.recipient, body.content, subject=body.subject)
    commit(MAIN)
    return {"message_id": message_id, "status": "sent", "recipient": body.recipient}, 201


@bp.patch("/api/messages/<int:message_id>/read")
@endpoint(auth=ANY_ROLE, answers=(200, 404))
def mark_message_read(caller: Caller, message_id: int) -> Reply:
    """Mark a message to the caller as read; the time of the first reading stays."""
    read_at = get_db().value(
        "UPDATE messages SET is_read = TRUE, read_at = COALESCE(read_at, $1)"
        " WHERE id = $2 AND recipient_username = $3 AND deleted_at IS NULL"
        " AND NOT is_deleted_by_recipient RETURNING read_at",
        runtime.now(),
        message_id,
        caller.username,
    )
    if read_at is None:
        raise _unreadable(caller, message_id)
    commit(MAIN)
    return {"message_id": message_id, "is_read": True, "read_at": timestamp.text(read_at)}


@bp.delete("/api/messages/<int:message_id>")
@endpoint(auth=ANY_ROLE, answers=(204, 404))
def delete_message(caller: Caller, message_id: int) -> Reply:
    """Delete a message on the caller's side; the row is marked as deleted once both sides have."""
    deleted = get_db().run(
        "UPDATE messages SET"
        " is_deleted_by_sender = is_deleted_by_sender OR sender_username = $1,"
        " is_deleted_by_recipient = is_deleted_by_recipient OR recipient_username = $1,"
        " deleted_at = CASE WHEN is_deleted_by_sender OR is_deleted_by_recipient THEN $2 END"
        " WHERE id = $3 AND deleted_at IS NULL"
        " AND (sender_username = $1 AND NOT is_deleted_by_sender"
        " OR recipient_username = $1 AND NOT is_deleted_by_recipient)",
        caller.username,
        runtime.now(),
        message_id,
    )
    if not deleted:
        raise NotFound("There is no such message.")
    audit.record(caller.username, "messaging", "message_deleted", f"message {message_id}")
    commit(MAIN)
    return "", 204


def deliver(sender: str, recipient: str, content: str, *, subject: str | None = None) -> int:
    """Store a message, tell its recipient that there is one, and return its id.

    What it says stays in the message: neither the notification nor the audit trail repeats it.
    Joins the caller's transaction of the main database and does not commit.
    """
    now = runtime.now()
    message_id = get_db().insert(
        "INSERT INTO messages (sender_username, recipient_username, subject, content, is_read,"
        " sent_at, is_deleted_by_sender, is_deleted_by_recipient, created_at)"
        " VALUES ($1, $2, $3, $4, FALSE, $5, FALSE, FALSE, $6) RETURNING id",
        sender,
        recipient,
        subject or None,
        content,
        now,
        now,
    )
    notify(recipient, f"New message from {sender}", "dev_message")
    audit.record(sender, "messaging", "message_sent", f"message {message_id} to {recipient}")
    return message_id


def _unreadable(caller: Caller, message_id: int) -> Forbidden | NotFound:
    """Return the refusal for a message that is not to the caller: they may have sent it."""
    sent = get_db().value(
        "SELECT 1 FROM messages WHERE id = $1 AND sender_username = $2 AND deleted_at IS NULL"
        " AND NOT is_deleted_by_sender",
        message_id,
        caller.username,
    )
    if sent:
        return Forbidden("Only its recipient may mark a message as read.")
    return NotFound("There is no such message.")
