"""Messages as one side sees them: the inbox, one conversation, what was sent."""

from typing import Any

from flask import Blueprint
from pydantic import Field

from api import runtime
from api.access import Caller
from api.db import MAIN, Row, commit, get_db
from api.db.types import boolean, number, timestamp
from api.errors import NotFound
from api.messages import correspondents
from api.web import ANY_ROLE, Query, QueryFlag, QueryInt, Reply, endpoint

bp = Blueprint("mailbox", __name__)

PREVIEW = 100
COLUMNS = "id, sender_username, recipient_username, content, subject, is_read, read_at, sent_at"
# What $1 sees: messages on either side of theirs that they have not deleted.
VISIBLE = (
    "deleted_at IS NULL AND (sender_username = $1 AND NOT is_deleted_by_sender"
    " OR recipient_username = $1 AND NOT is_deleted_by_recipient)"
)
SEEN = (
    "SELECT id, content, sent_at,"
    " CASE WHEN sender_username = $1 THEN recipient_username ELSE sender_username END AS other,"
    " CASE WHEN sender_username = $1 THEN 0 ELSE 1 END AS from_them,"
    " CASE WHEN recipient_username = $1 AND NOT is_read THEN 1 ELSE 0 END AS unread"
    f" FROM messages WHERE {VISIBLE}"
)
# The newest messages between $1 and $2.
EXCHANGE = (
    f"FROM messages WHERE {VISIBLE} AND (sender_username = $2 OR recipient_username = $2)"
    " ORDER BY sent_at DESC NULLS LAST, id DESC LIMIT $3 OFFSET $4"
)


class InboxQuery(Query):
    page: QueryInt = Field(default=1, ge=1, le=1_000_000)
    limit: QueryInt = Field(default=20, ge=1, le=50)
    unread_only: QueryFlag = False


class ConversationQuery(Query):
    limit: QueryInt = Field(default=50, ge=1, le=200)
    offset: QueryInt = Field(default=0, le=1_000_000)


class SentQuery(Query):
    limit: QueryInt = Field(default=50, ge=1, le=200)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.get("/api/messages/inbox")
@endpoint(auth=ANY_ROLE, query=InboxQuery)
def list_conversations(caller: Caller, query: InboxQuery) -> Reply:
    """List the people the caller has messages with, the latest exchange first."""
    rows = get_db().all(
        "SELECT other, content, sent_at, from_them, unread_count FROM"
        " (SELECT id, other, content, sent_at, from_them, ROW_NUMBER() OVER"
        " (PARTITION BY other ORDER BY sent_at DESC NULLS LAST, id DESC) AS place,"
        f" SUM(unread) OVER (PARTITION BY other) AS unread_count FROM ({SEEN}) AS seen) AS placed"
        " WHERE place = 1 AND unread_count >= $2"
        " ORDER BY sent_at DESC NULLS LAST, id DESC LIMIT $3 OFFSET $4",
        caller.username,
        int(query.unread_only),
        query.limit,
        (query.page - 1) * query.limit,
    )
    (totals,) = get_db().all(
        "SELECT COUNT(DISTINCT other) AS conversations, COALESCE(SUM(unread), 0) AS unread"
        f" FROM ({SEEN}) AS seen",
        caller.username,
    )
    return {
        "conversations": [_conversation(row) for row in rows],
        "total_unread": number.whole(totals["unread"]),
        "page": query.page,
        "page_size": query.limit,
        "total_conversations": totals["conversations"],
    }


@bp.get("/api/messages/conversation/<recipient_username>")
@endpoint(auth=ANY_ROLE, query=ConversationQuery, answers=(200, 404))
def show_conversation(caller: Caller, query: ConversationQuery, recipient_username: str) -> Reply:
    """Show the newest messages between the caller and somebody, oldest first.

    Those shown count as read from now on. Without any message, it is there only where the
    caller could write one.
    """
    exchange = (caller.username, recipient_username, query.limit, query.offset)
    read = get_db().run(
        "UPDATE messages SET is_read = TRUE, read_at = $5"
        f" WHERE recipient_username = $1 AND NOT is_read AND id IN (SELECT id {EXCHANGE})",
        *exchange,
        runtime.now(),
    )
    rows = get_db().all(f"SELECT {COLUMNS} {EXCHANGE}", *exchange)
    if not rows and not correspondents.may_write(caller, recipient_username):
        raise NotFound("There is no such conversation.")
    if read:
        commit(MAIN)
    return {"messages": [_shown(row) for row in reversed(rows)], "participant_count": 2}


@bp.get("/api/messages/sent")
@endpoint(auth=ANY_ROLE, query=SentQuery)
def list_sent(caller: Caller, query: SentQuery) -> Reply:
    """List the messages that the caller sent, newest first."""
    rows = get_db().all(
        f"SELECT {COLUMNS} FROM messages WHERE sender_username = $1"
        " AND NOT is_deleted_by_sender AND deleted_at IS NULL"
        " ORDER BY sent_at DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        caller.username,
        query.limit,
        query.offset,
    )
    return {"success": True, "messages": [_shown(row) for row in rows]}


def _conversation(row: Row) -> dict[str, Any]:
    return {
        "with_user": row["other"],
        "last_message": row["content"][:PREVIEW],
        "last_message_time": timestamp.text(row["sent_at"]),
        "unread_count": number.whole(row["unread_count"]),
        "is_latest_from_them": boolean.flag(row["from_them"]),
    }


def _shown(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "sender": row["sender_username"],
        "recipient": row["recipient_username"],
        "content": row["content"],
        "subject": row["subject"],
        "is_read": boolean.flag(row["is_read"]),
        "read_at": timestamp.text(row["read_at"]),
        "sent_at": timestamp.text(row["sent_at"]),
    }
