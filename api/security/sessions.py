"""Login sessions: one signed cookie, no store on the server.

The cookie holds username, role, a fingerprint of the password hash and the CSRF token. It says
who was logged in; whether that still holds is read from `users` at every request: role and
fingerprint must agree, so a changed role, a changed or reset password and a deleted account
end every session of that account. It lives for some hours (SESSION_HOURS) from
its last use; `RENEW_AFTER` keeps it from being sent again with every single answer. All times
come from the app's clock.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from api import runtime, settings
from api.access import Caller
from api.db import get_db

RENEW_AFTER = timedelta(minutes=1)


def login(user: Mapping[str, Any]) -> str:
    """Start a session for this row of `users` (username, role, password); return its CSRF token.

    Whatever the visitor's session held before is dropped, the old CSRF token included.
    """
    session.clear()
    session["username"] = user["username"]
    session["role"] = user["role"]
    session["fingerprint"] = fingerprint(user["password"])
    return csrf_token()


def logout() -> None:
    """Empty the session; the answer removes the cookie."""
    session.clear()


def caller() -> Caller | None:
    """Return the account behind this request, None for a visitor; a stale session is emptied."""
    username = session.get("username")
    if username is None:
        return None
    user = get_db().one(
        "SELECT username, role, clinician_id, password FROM users WHERE username = $1", username
    )
    if user is None or not _still_holds(user):
        session.clear()
        return None
    return Caller(user["username"], user["role"], user["clinician_id"])


def csrf_token() -> str:
    """Return the session's CSRF token, 64 hex digits, giving it one if it has none."""
    token: str = session.get("csrf_token") or runtime.token_hex(32)
    if "csrf_token" not in session:
        session["csrf_token"] = token
    return token


def fingerprint(password_hash: str | None) -> str:
    """Return a keyed digest that changes with the password and tells nothing about it."""
    key = f"session:{settings.current().secret_key}".encode()
    return hmac.new(key, (password_hash or "").encode(), hashlib.sha256).hexdigest()[:32]


def _still_holds(user: Mapping[str, Any]) -> bool:
    return user["role"] == session.get("role") and hmac.compare_digest(
        fingerprint(user["password"]), str(session.get("fingerprint"))
    )


def init_app(app: Flask, *, secure: bool, hours: int) -> None:
    """Keep sessions of `app` in the cookie described above; `secure` limits it to HTTPS."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=timedelta(hours=hours),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
    )
    app.session_interface = ClockSessions()


class ClockSigner(TimestampSigner):
    """Signs with the app's clock instead of the machine's."""

    def get_timestamp(self) -> int:
        return int(runtime.now().timestamp())


class LoginSession(SecureCookieSession):
    """A session that knows whether its cookie is due to be sent again."""

    due = False


class ClockSessions(SecureCookieSessionInterface):
    """Flask's signed cookie on the app's clock, renewed only when it is due."""

    digest_method = staticmethod(hashlib.sha256)
    session_class = LoginSession

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            app.secret_key or "",
            salt=self.salt,
            serializer=self.serializer,
            signer=ClockSigner,
            signer_kwargs={"key_derivation": "hmac", "digest_method": self.digest_method},
        )

    def open_session(self, app: Flask, request: Request) -> LoginSession:
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        try:
            data, issued = self.get_signing_serializer(app).loads(
                cookie,
                max_age=int(app.permanent_session_lifetime.total_seconds()),
                return_timestamp=True,
            )
        except BadSignature:
            return LoginSession()
        opened = LoginSession(data)
        opened.due = runtime.now() - issued >= RENEW_AFTER
        return opened

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        del app
        return session.modified or (session.accessed and getattr(session, "due", False))

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime:
        del session
        return runtime.now() + app.permanent_session_lifetime
