"""Posts: the board page by page, each post with its reactions and first replies."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint
from pydantic import Field

from api import audit, memory, runtime
from api.access import Caller, own_name
from api.community import replies
from api.community.board import Act, Message, lock_post
from api.community.channels import CHANNELS, Category, visit
from api.db import MAIN, Row, commit, get_db
from api.db.types import boolean, timestamp
from api.errors import Forbidden
from api.web import ANY_ROLE, Body, Query, QueryInt, Reply, Text, endpoint

bp = Blueprint("posts", __name__)

# $1 is a channel, or NULL for all of them.
PAGE = (
    "FROM community_posts WHERE deleted_at IS NULL AND category = COALESCE($1, category)"
    " ORDER BY is_pinned DESC, entry_timestamp DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3"
)
FIRST_REPLIES = 100


class BoardQuery(Query):
    """A category that is no channel does not filter."""

    username: Text | None = None
    category: Text | None = None
    limit: QueryInt = Field(default=100, ge=1, le=100)
    offset: QueryInt = Field(default=0, le=1_000_000)


class NewPost(Body):
    username: Text | None = None
    message: Message
    category: Category


@dataclass
class Reactions:
    """The reactions to one post: how many of each kind, and which are the caller's."""

    counts: dict[str, int] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)


@dataclass
class Replies:
    """The first replies to one post, and how many there are."""

    first: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0


@bp.get("/api/community/posts")
@endpoint(auth=ANY_ROLE, query=BoardQuery, answers=(200, 403))
def list_posts(caller: Caller, query: BoardQuery) -> Reply:
    """List posts, pinned ones first, then newest first; asking for a channel counts as a visit."""
    username = own_name(caller, query.username)
    channel = next((name for name in CHANNELS if name == query.category), None)
    page = (channel, query.limit, query.offset)
    rows = get_db().all(
        f"SELECT id, username, message, likes, category, is_pinned, entry_timestamp {PAGE}", *page
    )
    reactions, answers = _reactions(page, username), _replies(page)
    if channel:
        visit(username, channel)
        commit(MAIN)
    posts = [_shown(row, reactions[row["id"]], answers[row["id"]]) for row in rows]
    return {"posts": posts, "categories": list(CHANNELS)}


@bp.post("/api/community/post")
@endpoint(auth=ANY_ROLE, body=NewPost, answers=(201,))
def create_post(caller: Caller, body: NewPost) -> Reply:
    """Put a post on the board."""
    username = own_name(caller, body.username)
    post_id = get_db().insert(
        "INSERT INTO community_posts (username, message, likes, category, is_pinned,"
        " entry_timestamp) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        username,
        body.message,
        0,
        body.category,
        False,
        runtime.now(),
    )
    memory.refresh(username)
    commit(MAIN)
    return {"success": True, "post_id": post_id}, 201


@bp.delete("/api/community/post/<int:post_id>")
@endpoint(auth=ANY_ROLE, body=Act, answers=(200, 404))
def delete_post(caller: Caller, body: Act, post_id: int) -> Reply:
    """Delete one of the caller's posts for good, its replies and reactions with it."""
    username = own_name(caller, body.username)
    if lock_post(post_id) != username:
        raise Forbidden("Only its author may delete a post.")
    get_db().run("DELETE FROM community_posts WHERE id = $1", post_id)
    audit.record(username, "community", "post_deleted", f"post {post_id}")
    commit(MAIN)
    return {"success": True}


def _reactions(page: tuple[object, ...], username: str) -> defaultdict[int, Reactions]:
    """Return the reactions to every post of a page in one query."""
    rows = get_db().all(
        "SELECT post_id, reaction_type, COUNT(*) AS number,"
        " MAX(CASE WHEN username = $4 THEN 1 ELSE 0 END) AS own FROM community_likes"
        f" WHERE post_id IN (SELECT id {PAGE})"
        " GROUP BY post_id, reaction_type ORDER BY post_id, reaction_type",
        *page,
        username,
    )
    found: defaultdict[int, Reactions] = defaultdict(Reactions)
    for row in rows:
        reactions = found[row["post_id"]]
        reactions.counts[row["reaction_type"]] = row["number"]
        if row["own"]:
            reactions.own.append(row["reaction_type"])
    return found


def _replies(page: tuple[object, ...]) -> defaultdict[int, Replies]:
    """Return the first replies to every post of a page in one query."""
    rows = get_db().all(
        "SELECT id, post_id, username, message, timestamp, number FROM"
        " (SELECT id, post_id, username, message, timestamp,"
        " ROW_NUMBER() OVER (PARTITION BY post_id ORDER BY timestamp NULLS LAST, id) AS place,"
        " COUNT(*) OVER (PARTITION BY post_id) AS number FROM community_replies"
        f" WHERE deleted_at IS NULL AND post_id IN (SELECT id {PAGE})) AS placed"
        " WHERE place <= $4 ORDER BY post_id, place",
        *page,
        FIRST_REPLIES,
    )
    found: defaultdict[int, Replies] = defaultdict(Replies)
    for row in rows:
        answers = found[row["post_id"]]
        answers.first.append(replies.shown(row))
        answers.count = row["number"]
    return found


def _shown(row: Row, reactions: Reactions, answers: Replies) -> dict[str, Any]:
    """Format one post for an answer."""
    return {
        "id": row["id"],
        "username": row["username"],
        "message": row["message"],
        "likes": row["likes"],
        "reactions": reactions.counts,
        "user_reactions": reactions.own,
        "timestamp": timestamp.text(row["entry_timestamp"]),
        "category": row["category"],
        "is_pinned": boolean.flag(row["is_pinned"]),
        "replies": answers.first,
        "reply_count": answers.count,
        "liked_by_user": "like" in reactions.own,
    }
