"""Replies to posts, oldest first."""

from typing import Any

from flask import Blueprint
from pydantic import Field

from api import audit, runtime
from api.access import Caller, own_name
from api.community.board import Act, Message, lock_post
from api.db import MAIN, Row, commit, get_db
from api.db.types import timestamp
from api.errors import Forbidden, NotFound
from api.web import ANY_ROLE, Query, QueryInt, Reply, endpoint

bp = Blueprint("replies", __name__)


class NewReply(Act):
    message: Message


class RepliesQuery(Query):
    limit: QueryInt = Field(default=100, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.post("/api/community/post/<int:post_id>/reply")
@endpoint(auth=ANY_ROLE, body=NewReply, answers=(201, 404))
def reply_to_post(caller: Caller, body: NewReply, post_id: int) -> Reply:
    """Reply to a post."""
    username = own_name(caller, body.username)
    lock_post(post_id)
    reply_id = get_db().insert(
        "INSERT INTO community_replies (post_id, username, message, timestamp)"
        " VALUES ($1, $2, $3, $4) RETURNING id",
        post_id,
        username,
        body.message,
        runtime.now(),
    )
    commit(MAIN)
    return {"success": True, "reply_id": reply_id}, 201


@bp.get("/api/community/post/<int:post_id>/replies")
@endpoint(auth=ANY_ROLE, query=RepliesQuery, answers=(200, 404))
def list_replies(query: RepliesQuery, post_id: int) -> Reply:
    """List the replies to a post, oldest first."""
    if not get_db().value(
        "SELECT 1 FROM community_posts WHERE id = $1 AND deleted_at IS NULL", post_id
    ):
        raise NotFound("There is no such post.")
    rows = get_db().all(
        "SELECT id, username, message, timestamp FROM community_replies"
        " WHERE post_id = $1 AND deleted_at IS NULL"
        " ORDER BY timestamp NULLS LAST, id LIMIT $2 OFFSET $3",
        post_id,
        query.limit,
        query.offset,
    )
    return {"replies": [shown(row) for row in rows]}


@bp.delete("/api/community/reply/<int:reply_id>")
@endpoint(auth=ANY_ROLE, body=Act, answers=(200, 404))
def delete_reply(caller: Caller, body: Act, reply_id: int) -> Reply:
    """Delete one of the caller's replies for good."""
    username = own_name(caller, body.username)
    author = get_db().value(
        "SELECT username FROM community_replies WHERE id = $1 AND deleted_at IS NULL", reply_id
    )
    if author is None:
        raise NotFound("There is no such reply.")
    if author != username:
        raise Forbidden("Only its author may delete a reply.")
    get_db().run("DELETE FROM community_replies WHERE id = $1", reply_id)
    audit.record(username, "community", "reply_deleted", f"reply {reply_id}")
    commit(MAIN)
    return {"success": True}


def shown(row: Row) -> dict[str, Any]:
    """Format one reply for an answer."""
    return {
        "id": row["id"],
        "username": row["username"],
        "message": row["message"],
        "timestamp": timestamp.text(row["timestamp"]),
    }
