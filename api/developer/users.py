"""Accounts as developers see them: how many, which, and the deletion of one.

No e-mail, name or other personal field is shown. What deleting means is in `api.personal_data`,
the same as when somebody erases their own account.
"""

import unicodedata

from flask import Blueprint
from pydantic import Field

from api import audit, personal_data
from api.access import CLINICIAN, DEVELOPER, PATIENT, Caller, own_name
from api.db import MAIN, PET, TRAINING, commit, get_db
from api.db.types import timestamp
from api.errors import Forbidden, NotFound
from api.web import Body, Query, QueryInt, Reply, Text, endpoint, roles

bp = Blueprint("developer_users", __name__)

MEBIBYTE = 1 << 20
ALL_ROLES = "all"


class Asking(Query):
    """A query in which older clients repeat the developer's own name."""

    username: Text | None = None


class Listing(Asking):
    role: Text = Field(default=ALL_ROLES, max_length=100)
    search: Text = Field(default="", max_length=100)
    limit: QueryInt = Field(default=1000, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


class Deletion(Body):
    """`username` is the developer, `target_username` the account to erase."""

    username: Text | None = None
    target_username: Text = Field(min_length=1, max_length=100)


@bp.get("/api/developer/stats")
@endpoint(auth=roles(DEVELOPER), query=Asking)
def stats(caller: Caller, query: Asking) -> Reply:
    """Count accounts and what they have logged; entries marked as deleted do not count."""
    own_name(caller, query.username)
    counts = get_db().one(
        "SELECT COUNT(*) AS total_users,"
        " COUNT(CASE WHEN role = $1 THEN 1 END) AS total_patients,"
        " COUNT(CASE WHEN role = $2 THEN 1 END) AS total_clinicians,"
        " COUNT(CASE WHEN role = $3 THEN 1 END) AS total_developers,"
        " (SELECT COUNT(*) FROM chat_history) AS total_chats,"
        " (SELECT COUNT(*) FROM mood_logs WHERE deleted_at IS NULL) AS total_mood_logs,"
        " (SELECT COUNT(*) FROM clinical_scales) AS total_assessments"
        " FROM users WHERE role IN ($1, $2, $3)",
        PATIENT,
        CLINICIAN,
        DEVELOPER,
    )
    return {**(counts or {}), "database_size_mb": round(get_db().size() / MEBIBYTE, 2)}


@bp.get("/api/developer/users/list")
@endpoint(auth=roles(DEVELOPER), query=Listing)
def list_users(caller: Caller, query: Listing) -> Reply:
    """List accounts, the latest login first; `search` finds a part of the name in any case."""
    own_name(caller, query.username)
    rows = get_db().all(
        "SELECT username, role, last_login FROM users WHERE role IN ($1, $2, $3)"
        " ORDER BY last_login DESC NULLS LAST, username",
        PATIENT,
        CLINICIAN,
        DEVELOPER,
    )
    # Here and not in SQL, where each engine folds another part of the alphabets.
    wanted = _folded(query.search)
    found = [
        {**row, "last_login": timestamp.text(row["last_login"])}
        for row in rows
        if query.role in (ALL_ROLES, row["role"]) and wanted in _folded(row["username"])
    ]
    audit.record(caller.username, DEVELOPER, "users_listed")
    commit(MAIN)
    page = found[query.offset : query.offset + query.limit]
    return {"users": page, "count": len(page), "total": len(found)}


@bp.post("/api/developer/users/delete")
@endpoint(auth=roles(DEVELOPER), body=Deletion, answers=(200, 404))
def delete_user(caller: Caller, body: Deletion) -> Reply:
    """Erase somebody's account and everything held about it, in all three databases.

    The training and the pet database commit first, where erasing what is gone changes nothing;
    the main one, whose row of `users` lets the developer ask again, is last.
    """
    own_name(caller, body.username)
    person = _account(body.target_username)
    if person.role == DEVELOPER:
        raise Forbidden("A developer's account can be erased by its owner only.")
    pseudonym = personal_data.erase(person, by=DEVELOPER)
    audit.record(caller.username, DEVELOPER, "user_deleted", pseudonym)
    commit(TRAINING, PET, MAIN)
    return {"success": True, "message": f"The account {person.username} is erased."}


def _account(username: str) -> Caller:
    """Return an account; what an erased clinician left to patients counts as none."""
    row = get_db().one("SELECT username, role FROM users WHERE username = $1", username)
    if row is None or row["role"] == personal_data.ERASED:
        raise NotFound("There is no such account.")
    return Caller(row["username"], row["role"])


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
