"""Forgotten passwords: a mailed link, the page behind it, the new password.

The token in the link is random, lives an hour, works once, and is kept only as a hash. Setting
a password ends every session of the account, since sessions carry a fingerprint of its hash.
"""

import hashlib
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, current_app, make_response, render_template

from api import audit, runtime, settings
from api.auth.fields import NewPassword, Required, Secret
from api.db import MAIN, commit, get_db
from api.db.types import timestamp
from api.errors import BadRequest
from api.integrations.mail import Mail, MailFailed, mailer
from api.security import passwords
from api.security.encryption import decrypt, lookup_hash
from api.web import PUBLIC, Body, Reply, endpoint

bp = Blueprint("password_reset", __name__, template_folder="templates")

LIFETIME = timedelta(hours=1)


class ResetRequest(Body):
    username: Required
    email: Required


class PasswordReset(Body):
    username: Required
    token: Secret
    new_password: NewPassword


@bp.post("/api/auth/forgot-password")
@endpoint(auth=PUBLIC, body=ResetRequest, limit="3 per 5 minutes")
def forgot_password(body: ResetRequest) -> Reply:
    """Mail a reset link to a user who knows their address; the answer is always the same."""
    email = _known_address(body)
    if email:
        token = runtime.token_urlsafe(32)
        get_db().run(
            "UPDATE users SET reset_token = $1, reset_token_expiry = $2 WHERE username = $3",
            _digest(token),
            runtime.now() + LIFETIME,
            body.username,
        )
        audit.record(body.username, "api", "password_reset_requested")
        commit(MAIN)
        _mail_link(body.username, email, token)
    return {
        "success": True,
        "message": "If the account exists, a link to set a new password is on its way.",
    }


@bp.get("/reset-password")
@endpoint(auth=PUBLIC, media=("text/html",))
def reset_page() -> Reply:
    """Serve the form behind the mailed link; its script reads username and token from the URL."""
    page = make_response(render_template("reset_password.html"))
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


@bp.post("/api/auth/confirm-reset")
@endpoint(auth=PUBLIC, body=PasswordReset, limit="10 per minute")
def confirm_reset(body: PasswordReset) -> Reply:
    """Set a new password with the token of a mailed link, and end all sessions."""
    passwords.check_rules(body.new_password, field="new_password")
    _check_token(body)
    changed = get_db().run(
        "UPDATE users SET password = $1, reset_token = NULL, reset_token_expiry = NULL"
        " WHERE username = $2 AND reset_token = $3",
        passwords.hash_password(body.new_password),
        body.username,
        _digest(body.token),
    )
    if not changed:
        raise _wrong_token()
    get_db().run("DELETE FROM sessions WHERE username = $1", body.username)
    audit.record(body.username, "security", "password_reset_completed")
    commit(MAIN)
    return {"success": True, "message": "Your password is set. Log in with it."}


def _known_address(body: ResetRequest) -> str | None:
    """Return the address on record if it is the one given; the mail goes nowhere else."""
    stored = get_db().value(
        "SELECT email FROM users WHERE username = $1 AND email_hash = $2",
        body.username,
        lookup_hash(body.email),
    )
    return decrypt(stored) if stored else None


def _check_token(body: PasswordReset) -> None:
    """Raise BadRequest for a token that is not this user's or has expired."""
    user = get_db().one(
        "SELECT reset_token, reset_token_expiry FROM users WHERE username = $1", body.username
    )
    if user is None or user["reset_token"] != _digest(body.token):
        if user:
            audit.record(body.username, "security", "invalid_reset_token")
            commit(MAIN)
        raise _wrong_token()
    expiry = timestamp.moment(user["reset_token_expiry"])
    if expiry is None or expiry <= runtime.now():
        raise BadRequest("The link has expired. Ask for a new one.", "EXPIRED_TOKEN")


def _wrong_token() -> BadRequest:
    return BadRequest("The link is not valid or has been used.", "WRONG_TOKEN")


def _mail_link(username: str, email: str, token: str) -> None:
    """Mail the link; a failure goes to the log and the audit trail, never to the client."""
    base = settings.current().app_url
    link = f"{base}/reset-password?{urlencode({'token': token, 'username': username})}"
    text = f"To set a new password, open this link within an hour:\n\n{link}\n"
    html = render_template("reset_mail.html", link=link)
    try:
        mailer().send(Mail(email, "Set a new password", text, html))
    except MailFailed as error:
        current_app.logger.warning("reset link not sent: %s", error)
        audit.record(username, "api", "password_reset_mail_failed")
        commit(MAIN)


def _digest(token: str) -> str:
    """Return what is stored of a token; it is random enough to need neither salt nor key."""
    return hashlib.sha256(token.encode()).hexdigest()
