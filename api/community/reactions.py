"""Reactions: somebody may give a post each kind once, and take it back the same way.

`community_posts.likes` keeps the number of all reactions to a post. Whoever reacts locks the
post first, so the number is right however many do so at once.
"""

from typing import Literal

from flask import Blueprint

from api import runtime
from api.access import Caller, own_name
from api.community.board import Act, lock_post
from api.db import MAIN, commit, get_db
from api.web import ANY_ROLE, Reply, endpoint

bp = Blueprint("reactions", __name__)

Kind = Literal["like", "heart", "hug", "celebrate", "support"]


class Reaction(Act):
    reaction: Kind = "like"


@bp.post("/api/community/post/<int:post_id>/react")
@endpoint(auth=ANY_ROLE, body=Reaction, answers=(200, 404))
def react(caller: Caller, body: Reaction, post_id: int) -> Reply:
    """Give a reaction to a post, or take it back."""
    added, counts = _toggle(own_name(caller, body.username), post_id, body.reaction)
    commit(MAIN)
    return {
        "success": True,
        "action": "added" if added else "removed",
        "reaction": body.reaction,
        "reactions": counts,
        "total": sum(counts.values()),
    }


@bp.post("/api/community/post/<int:post_id>/like")
@endpoint(auth=ANY_ROLE, body=Act, answers=(200, 404))
def like(caller: Caller, body: Act, post_id: int) -> Reply:
    """Like a post, or no longer: the older form of a reaction."""
    added, counts = _toggle(own_name(caller, body.username), post_id, "like")
    commit(MAIN)
    return {"success": True, "liked": added, "likes": sum(counts.values())}


def _toggle(username: str, post_id: int, kind: Kind) -> tuple[bool, dict[str, int]]:
    """Return whether the reaction is there now, and how many there are of each kind."""
    lock_post(post_id)
    removed = get_db().run(
        "DELETE FROM community_likes WHERE post_id = $1 AND username = $2 AND reaction_type = $3",
        post_id,
        username,
        kind,
    )
    if not removed:
        get_db().run(
            "INSERT INTO community_likes (post_id, username, reaction_type, timestamp)"
            " VALUES ($1, $2, $3, $4)",
            post_id,
            username,
            kind,
            runtime.now(),
        )
    counts = _counts(post_id)
    get_db().run(
        "UPDATE community_posts SET likes = $1 WHERE id = $2", sum(counts.values()), post_id
    )
    return not removed, counts


def _counts(post_id: int) -> dict[str, int]:
    rows = get_db().all(
        "SELECT reaction_type, COUNT(*) AS number FROM community_likes WHERE post_id = $1"
        " GROUP BY reaction_type ORDER BY reaction_type",
        post_id,
    )
    return {row["reaction_type"]: row["number"] for row in rows}
