"""Login, logout, the check of a session, and the disclaimer."""

from flask import Blueprint

from api import audit, runtime
from api.access import Caller, own_name
from api.auth.fields import Required, Secret
from api.db import MAIN, Row, commit, get_db
from api.db.types import boolean
from api.errors import Forbidden, Unauthorized
from api.security import passwords, sessions
from api.web import ANY_ROLE, PUBLIC, Body, Reply, Text, endpoint

bp = Blueprint("session", __name__)

APPROVED = "approved"


class Credentials(Body):
    username: Required
    password: Secret
    pin: Secret


class StoredLogin(Body):
    """What a client kept from a login: who it was, and as what."""

    username: Required
    role: Text = "user"


class Disclaimer(Body):
    username: Text | None = None


@bp.post("/api/auth/login")
@endpoint(auth=PUBLIC, body=Credentials, csrf=False, limit="5 per minute", answers=(200, 401))
def login(body: Credentials) -> Reply:
    """Open a session for a username, password and PIN; which of them is wrong stays untold."""
    user = _renewed(_authenticated(body), body)
    get_db().run(
        "UPDATE users SET last_login = $1 WHERE username = $2", runtime.now(), user["username"]
    )
    audit.record(user["username"], "api", "user_login")
    answer = {
        "success": True,
        "message": "Logged in.",
        "username": user["username"],
        "role": user["role"],
        "clinician_id": user["clinician_id"],
        "disclaimer_accepted": boolean.flag(user["disclaimer_accepted"]),
        **_care(user),
    }
    commit(MAIN)
    return {**answer, "csrf_token": sessions.login(user)}


@bp.post("/api/auth/logout")
@endpoint(auth=PUBLIC)
def logout(caller: Caller | None) -> Reply:
    """Close the session, if there is one."""
    if caller:
        audit.record(caller.username, "api", "user_logout")
        commit(MAIN)
    sessions.logout()
    return {"success": True, "message": "Logged out."}


@bp.post("/api/validate-session")
@endpoint(auth=ANY_ROLE, body=StoredLogin)
def validate_session(caller: Caller, body: StoredLogin) -> Reply:
    """Confirm that this session is still good, and that of the user and role given."""
    if (body.username, body.role) != (caller.username, caller.role):
        raise Forbidden("This is somebody else's session.", "OTHER_SESSION")
    return {
        "success": True,
        "message": "The session is valid.",
        "username": caller.username,
        "role": caller.role,
    }


@bp.post("/api/auth/disclaimer/accept")
@endpoint(auth=ANY_ROLE, body=Disclaimer)
def accept_disclaimer(caller: Caller, body: Disclaimer) -> Reply:
    """Note that the caller accepts the disclaimer; the audit row is the proof of when."""
    username = own_name(caller, body.username)
    accepted = get_db().run(
        "UPDATE users SET disclaimer_accepted = $1"
        " WHERE username = $2 AND disclaimer_accepted <> $1",
        True,
        username,
    )
    if accepted:
        audit.record(username, "api", "disclaimer_accepted")
    commit(MAIN)
    return {"success": True}


def _authenticated(body: Credentials) -> Row:
    """Return the user's row, or raise Unauthorized after the same work for every cause."""
    user = get_db().one(
        "SELECT username, password, pin, role, clinician_id, disclaimer_accepted FROM users"
        " WHERE username = $1",
        body.username,
    )
    known = user or {"password": None, "pin": None}
    password_fits = passwords.verify(known["password"], body.password)
    pin_fits = passwords.verify_pin(known["pin"], body.pin)
    if user and password_fits and pin_fits:
        return user
    if user:
        audit.record(user["username"], "security", "login_failed")
        commit(MAIN)
    raise Unauthorized("Username, password or PIN is wrong.", "INVALID_CREDENTIALS")


def _renewed(user: Row, body: Credentials) -> Row:
    """Replace hashes of an earlier version while password and PIN are at hand."""
    if not (passwords.is_outdated(user["password"]) or passwords.is_outdated(user["pin"])):
        return user
    hashes = {
        "password": passwords.hash_password(body.password),
        "pin": passwords.hash_password(body.pin),
    }
    get_db().run(
        "UPDATE users SET password = $1, pin = $2 WHERE username = $3",
        hashes["password"],
        hashes["pin"],
        user["username"],
    )
    audit.record(user["username"], "security", "password_hash_renewed")
    return {**user, **hashes}


def _care(user: Row) -> dict[str, str | None]:
    """Tell how a patient's newest request to a clinician stands, and who the clinician is."""
    if user["role"] != "user":
        return {"approval_status": APPROVED, "clinician_name": None}
    status = get_db().value(
        "SELECT status FROM patient_approvals WHERE patient_username = $1"
        " ORDER BY request_date DESC NULLS LAST, id DESC LIMIT 1",
        user["username"],
    )
    clinician = get_db().value(
        "SELECT username FROM users WHERE username = $1 AND role = $2",
        user["clinician_id"],
        "clinician",
    )
    return {"approval_status": status or APPROVED, "clinician_name": clinician}
