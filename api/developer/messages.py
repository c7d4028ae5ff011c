"""Messages to and from the developers: sending, listing, replying, all in `messages`.

What is sent here lies in the same inbox as every other message (`api.messages`). A table of
its own, `dev_messages`, holds what an older version stored; that is listed apart and can no
longer be answered. What notifications say never includes the text of a message.
"""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import AfterValidator, Field

from api import audit, runtime
from api.access import CLINICIAN, DEVELOPER, PATIENT, Caller, own_name, treats
from api.db import MAIN, Row, commit, get_db
from api.db.types import boolean, timestamp
from api.errors import Forbidden, NotFound, ValidationFailed
from api.notifications import notify
from api.validation import NOT_BLANK, described
from api.web import ANY_ROLE, Body, Query, QueryInt, RawText, Reply, Text, endpoint

bp = Blueprint("developer_messages", __name__)

EVERYBODY = "ALL"


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Content = Annotated[
    RawText,
    Field(max_length=5000),
    AfterValidator(_not_blank),
    described(minLength=1, pattern=NOT_BLANK),
]


class NewMessage(Body):
    """`to_username` is an account or, from a developer, ALL of those that are no developers."""

    from_username: Text | None = None
    to_username: Text = Field(min_length=1, max_length=100)
    message: Content
    subject: Text = Field(default="", max_length=100)


class Answer(Body):
    from_username: Text | None = None
    parent_message_id: int
    message: Content


class Whose(Query):
    username: Text | None = None
    limit: QueryInt = Field(default=100, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.post("/api/developer/messages/send")
@endpoint(auth=ANY_ROLE, body=NewMessage, answers=(201, 404))
def send(caller: Caller, body: NewMessage) -> Reply:
    """Send a message: developers to anybody, clinicians to their patients, patients to developers.

    Every recipient gets a message and a notification.
    """
    own_name(caller, body.from_username)
    sent = []
    for recipient in _recipients(caller, body.to_username):
        sent.append(_deliver(caller, recipient, body.message, subject=body.subject or None))
        notify(recipient, f"New message from {caller.username}", "dev_message")
    commit(MAIN)
    return {"success": True, "message_ids": sent}, 201


@bp.get("/api/developer/messages/list")
@endpoint(auth=ANY_ROLE, query=Whose, answers=(200, 403))
def list_messages(caller: Caller, query: Whose) -> Reply:
    """List the caller's messages in both directions, newest first, and apart the archived ones."""
    username = own_name(caller, query.username)
    page = (query.limit, query.offset)
    rows = get_db().all(
        "SELECT id, sender_username AS from_username, recipient_username AS to_username, subject,"
        " content AS message, is_read AS read, parent_message_id, sent_at AS created_at"
        " FROM messages WHERE deleted_at IS NULL"
        " AND (sender_username = $1 AND is_deleted_by_sender = FALSE"
        " OR recipient_username = $1 AND is_deleted_by_recipient = FALSE)"
        " ORDER BY sent_at DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        username,
        *page,
    )
    archived = get_db().all(
        "SELECT id, from_username, to_username, message, message_type, read, parent_message_id,"
        " created_at FROM dev_messages WHERE from_username = $1 OR to_username = $1"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        username,
        *page,
    )
    return {
        "messages": [{"message_type": _kind(row), **_shown(row)} for row in rows],
        "archived": [_shown(row) for row in archived],
    }


@bp.post("/api/developer/messages/reply")
@endpoint(auth=ANY_ROLE, body=Answer, answers=(200, 404))
def reply(caller: Caller, body: Answer) -> Reply:
    """Answer a message that the caller has sent or received; it goes to the other side."""
    username = own_name(caller, body.from_username)
    parent = _visible(body.parent_message_id, username)
    sides = (parent["sender_username"], parent["recipient_username"])
    other = next(side for side in sides if side != username)
    message_id = _deliver(
        caller, other, body.message, subject=parent["subject"], parent=body.parent_message_id
    )
    notify(other, f"{username} has answered your message", "dev_message_reply")
    commit(MAIN)
    return {"success": True, "message_id": message_id}


def _recipients(caller: Caller, wanted: str) -> list[str]:
    """Return who gets the message, or raise NotFound or Forbidden.

    Only developers learn whether an account exists.
    """
    if wanted == caller.username:
        raise ValidationFailed({"to_username": "must be somebody else"})
    if caller.role == DEVELOPER and wanted == EVERYBODY:
        rows = get_db().all(
            "SELECT username FROM users WHERE role IN ($1, $2) ORDER BY username",
            PATIENT,
            CLINICIAN,
        )
        return [row["username"] for row in rows]
    role = get_db().value("SELECT role FROM users WHERE username = $1", wanted)
    if caller.role == DEVELOPER:
        if role not in (PATIENT, CLINICIAN, DEVELOPER):
            raise NotFound("There is no such account.")
    elif caller.role == CLINICIAN:
        if role != PATIENT or not treats(caller.username, wanted):
            raise Forbidden("You may write to your patients only.")
    elif role != DEVELOPER:
        raise Forbidden("You may write to the developers only.")
    return [wanted]


def _visible(message_id: int, username: str) -> Row:
    """Return a message that this person has sent or received and not deleted."""
    row = get_db().one(
        "SELECT sender_username, recipient_username, subject FROM messages"
        " WHERE id = $1 AND deleted_at IS NULL"
        " AND (sender_username = $2 AND is_deleted_by_sender = FALSE"
        " OR recipient_username = $2 AND is_deleted_by_recipient = FALSE)",
        message_id,
        username,
    )
    if row is None:
        raise NotFound("There is no such message.")
    return row


def _deliver(
    caller: Caller, recipient: str, text: str, *, subject: str | None, parent: int | None = None
) -> int:
    now = runtime.now()
    message_id = get_db().insert(
        "INSERT INTO messages (sender_username, recipient_username, subject, content, sent_at,"
        " created_at, parent_message_id) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        caller.username,
        recipient,
        subject,
        text,
        now,
        now,
        parent,
    )
    details = f"message {message_id} to {recipient}"
    audit.record(caller.username, "messaging", "message_sent", details)
    return message_id


def _kind(row: Row) -> str:
    return "info" if row["parent_message_id"] is None else "reply"


def _shown(row: Row) -> dict[str, Any]:
    return {
        **row,
        "read": boolean.flag(row["read"]),
        "created_at": timestamp.text(row["created_at"]),
    }
