"""The caller's own account: new password, everything held about them, the trail, erasure.

What is held, and what erasing it means, is in `api.personal_data`; opening an account and
getting back into one in `api.auth`.
"""

import io
import json
import zipfile

from flask import Blueprint, Response
from pydantic import Field

from api import audit, personal_data
from api.access import Caller
from api.auth.fields import NewPassword, Secret
from api.db import MAIN, PET, TRAINING, commit, get_db
from api.db.types import timestamp
from api.errors import Forbidden, ValidationFailed
from api.notifications import notify
from api.security import passwords, sessions
from api.web import ANY_ROLE, Body, Query, QueryInt, Reply, endpoint

bp = Blueprint("account", __name__)

EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)


class PasswordChange(Body):
    current_password: Secret
    new_password: NewPassword


class Erasure(Body):
    """The password, typed once more, confirms it."""

    password: Secret


class TrailQuery(Query):
    limit: QueryInt = Field(default=50, ge=1, le=500)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.post("/api/auth/change-password")
@endpoint(auth=ANY_ROLE, body=PasswordChange, limit="5 per minute")
def change_password(caller: Caller, body: PasswordChange) -> Reply:
    """Set a new password, and end all sessions, this one too."""
    passwords.check_rules(body.new_password, field="new_password")
    if body.new_password == body.current_password:
        raise ValidationFailed({"new_password": "must differ from the current one"})
    _confirm(caller, body.current_password)
    get_db().run(
        "UPDATE users SET password = $1, reset_token = NULL, reset_token_expiry = NULL"
        " WHERE username = $2",
        passwords.hash_password(body.new_password),
        caller.username,
    )
    notify(caller.username, "Your password was changed.", "security")
    audit.record(caller.username, "user", "password_changed")
    commit(MAIN)
    sessions.logout()
    return {"success": True, "message": "Your password is changed. Log in with it."}


@bp.get("/api/account/export")
@endpoint(auth=ANY_ROLE, limit="5 per minute", media=("application/zip",), answers=(200, 500))
def export_account(caller: Caller) -> Reply:
    """Return everything held about the caller as a zip with one JSON file a table."""
    archive = _archive(personal_data.collect(caller.username))
    audit.record(caller.username, "user", "data_exported")
    commit(MAIN)
    headers = {
        "Content-Disposition": 'attachment; filename="healing-space-export.zip"',
        "Cache-Control": "no-store",
    }
    return Response(archive, mimetype="application/zip", headers=headers)


@bp.get("/api/account/audit")
@endpoint(auth=ANY_ROLE, query=TrailQuery)
def audit_trail(caller: Caller, query: TrailQuery) -> Reply:
    """List who read or changed the caller's data, newest first."""
    rows = get_db().all(
        "SELECT id, actor, action, details, timestamp FROM audit_logs WHERE username = $1"
        " ORDER BY timestamp DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        caller.username,
        query.limit,
        query.offset,
    )
    entries = [{**row, "timestamp": timestamp.text(row["timestamp"])} for row in rows]
    return {"success": True, "entries": entries, "count": len(entries)}


@bp.delete("/api/account")
@endpoint(auth=ANY_ROLE, body=Erasure, limit="5 per minute")
def erase_account(caller: Caller, body: Erasure) -> Reply:
    """Erase the caller's account and everything held about it, in all three databases.

    The training and the pet database commit first, where erasing what is gone changes nothing;
    the main one, whose row of `users` lets the caller ask again, is last.
    """
    _confirm(caller, body.password)
    personal_data.erase(caller)
    commit(TRAINING, PET, MAIN)
    sessions.logout()
    return {"success": True, "message": "Your account and your data are erased."}


def _confirm(caller: Caller, password: str) -> None:
    """Raise Forbidden unless this is the caller's password."""
    stored = get_db().value("SELECT password FROM users WHERE username = $1", caller.username)
    if not passwords.verify(stored, password):
        raise Forbidden("The password is wrong.", "WRONG_PASSWORD")


def _archive(documents: dict[str, personal_data.Document]) -> bytes:
    """Pack the documents; equal documents give equal bytes, on every machine."""
    packed = io.BytesIO()
    # Stored, not deflated: compressors differ from one build of zlib to the next.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, rows in documents.items():
            entry = zipfile.ZipInfo(f"{name}.json", EPOCH_OF_ZIP)
            entry.create_system = 3
            text = json.dumps(rows, ensure_ascii=False, indent=2, sort_keys=True)
            archive.writestr(entry, text + "\n")
    return packed.getvalue()
