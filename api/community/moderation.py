"""Keeping order on the board: clinicians pin posts, anybody reports one to the moderators.

The moderators are the developers: they run the platform and treat nobody. A report is an alert
of the type `post_report`, which is about a post and says nothing of its author's health.
"""

from flask import Blueprint
from pydantic import Field

from api import audit, runtime
from api.access import CLINICIAN, DEVELOPER, Caller, own_name
from api.community.board import Act, lock_post
from api.db import MAIN, commit, get_db
from api.errors import BadRequest, Conflict, NotFound
from api.notifications import notify
from api.web import ANY_ROLE, Reply, Text, endpoint, roles

bp = Blueprint("moderation", __name__)

NO_REASON = "No reason given"


class Pin(Act):
    pin: bool = True


class Report(Act):
    reason: Text | None = Field(default=None, max_length=500)


@bp.post("/api/community/post/<int:post_id>/pin")
@endpoint(auth=roles(CLINICIAN), body=Pin, answers=(200, 404))
def pin_post(caller: Caller, body: Pin, post_id: int) -> Reply:
    """Keep a post at the top of the board, or no longer."""
    username = own_name(caller, body.username)
    author = get_db().value(
        "UPDATE community_posts SET is_pinned = $1 WHERE id = $2 AND deleted_at IS NULL"
        " RETURNING username",
        body.pin,
        post_id,
    )
    if author is None:
        raise NotFound("There is no such post.")
    action = "post_pinned" if body.pin else "post_unpinned"
    audit.record(author, "community", action, f"post {post_id} by {username}")
    commit(MAIN)
    return {"success": True, "pinned": body.pin}


@bp.post("/api/community/post/<int:post_id>/report")
@endpoint(auth=ANY_ROLE, body=Report, answers=(200, 404, 409))
def report_post(caller: Caller, body: Report, post_id: int) -> Reply:
    """Report somebody else's post to the moderators, once."""
    reporter = own_name(caller, body.username)
    author = lock_post(post_id)
    if author == reporter:
        raise BadRequest("You cannot report a post of your own.", "OWN_POST")
    head = f"post_id:{post_id}|reporter:{reporter}|author:{author}|"
    if _is_reported(author, head):
        raise Conflict("You have reported this post already.", "ALREADY_REPORTED")
    reason = body.reason or NO_REASON
    get_db().run(
        "INSERT INTO alerts (username, alert_type, details, status, created_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        author,
        "post_report",
        f"{head}reason:{reason}",
        "pending_review",
        runtime.now(),
    )
    _tell_moderators(f"{reporter} reported post {post_id} of {author}: {reason}")
    audit.record(reporter, "community", "post_reported", f"post {post_id}")
    commit(MAIN)
    return {"success": True, "message": "Thank you. The moderators will look at this post."}


def _is_reported(author: str, head: str) -> bool:
    """Tell whether a report begins with `head`, which names post and reporter in full."""
    found = get_db().value(
        "SELECT 1 FROM alerts WHERE username = $1 AND alert_type = $2 AND deleted_at IS NULL"
        " AND SUBSTR(details, 1, $3) = $4",
        author,
        "post_report",
        len(head),
        head,
    )
    return found is not None


def _tell_moderators(message: str) -> None:
    rows = get_db().all("SELECT username FROM users WHERE role = $1 ORDER BY username", DEVELOPER)
    for row in rows:
        notify(row["username"], message, "post_report")
