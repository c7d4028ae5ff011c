"""Verification codes: proof that somebody reads an e-mail address or a phone number.

A code is six digits and lives ten minutes; both the code and the address it was sent to are
kept as keyed hashes. Registration asks for a verified one where REQUIRE_2FA_SIGNUP is set, and
uses it up (`consume`).
"""

from datetime import timedelta
from typing import Literal

from flask import Blueprint, current_app
from pydantic import Field

from api import runtime
from api.auth.fields import Required, is_email, is_phone
from api.db import MAIN, commit, get_db
from api.db.types import timestamp
from api.errors import BadRequest, Unavailable, ValidationFailed
from api.integrations import mail, sms
from api.security.encryption import lookup_hash
from api.web import PUBLIC, Body, Reply, Text, endpoint

bp = Blueprint("verification", __name__)

LIFETIME = timedelta(minutes=10)


class CodeRequest(Body):
    identifier: Required
    method: Literal["email", "sms"] = "email"


class CodeCheck(Body):
    identifier: Required
    code: Text = Field(pattern=r"^[0-9]{6}$")


@bp.post("/api/auth/send-verification")
@endpoint(auth=PUBLIC, body=CodeRequest, limit="3 per 5 minutes")
def send_verification(body: CodeRequest) -> Reply:
    """Send a new code; any earlier one for the same address no longer counts."""
    fits = is_email if body.method == "email" else is_phone
    if not fits(body.identifier):
        raise ValidationFailed({"identifier": f"does not fit the method {body.method}"})
    code = f"{int.from_bytes(runtime.random_bytes(8)) % 1_000_000:06d}"
    _store(body, code)
    commit(MAIN)
    _send(body, code)
    message = f"A code is on its way to {body.identifier} by {body.method}."
    return {"success": True, "message": message}


@bp.post("/api/auth/verify-code")
@endpoint(auth=PUBLIC, body=CodeCheck, limit="10 per minute")
def verify_code(body: CodeCheck) -> Reply:
    """Accept a code, once."""
    row = get_db().one(
        "SELECT id, expires_at FROM verification_codes"
        " WHERE identifier = $1 AND code = $2 AND verified = $3 ORDER BY id DESC LIMIT 1",
        lookup_hash(body.identifier),
        lookup_hash(body.code),
        False,
    )
    if row is None:
        raise _wrong_code()
    expires = timestamp.moment(row["expires_at"])
    if expires is None or expires <= runtime.now():
        raise BadRequest("The code has expired. Ask for a new one.", "EXPIRED_CODE")
    accepted = get_db().run(
        "UPDATE verification_codes SET verified = $1 WHERE id = $2 AND verified = $3",
        True,
        row["id"],
        False,
    )
    if not accepted:
        raise _wrong_code()
    commit(MAIN)
    return {"success": True, "message": "The code is right."}


def consume(identifier: str) -> bool:
    """Use up the verified code of an address; return False if there is none in time.

    Joins the caller's transaction of the main database and does not commit.
    """
    used = get_db().run(
        "DELETE FROM verification_codes"
        " WHERE identifier = $1 AND verified = $2 AND expires_at > $3",
        lookup_hash(identifier),
        True,
        runtime.now(),
    )
    return used > 0


def _wrong_code() -> BadRequest:
    return BadRequest("The code is wrong or has been used.", "WRONG_CODE")


def _store(body: CodeRequest, code: str) -> None:
    key = lookup_hash(body.identifier)
    get_db().run(
        "DELETE FROM verification_codes WHERE identifier = $1 AND verified = $2", key, False
    )
    get_db().run(
        "INSERT INTO verification_codes (identifier, code, method, created_at, expires_at,"
        " verified) VALUES ($1, $2, $3, $4, $5, $6)",
        key,
        lookup_hash(code),
        body.method,
        runtime.now(),
        runtime.now() + LIFETIME,
        False,
    )


def _send(body: CodeRequest, code: str) -> None:
    """Hand the code over. Raises Unavailable; the stored code is then one nobody knows."""
    text = f"Your Healing Space code is {code}. It is valid for 10 minutes."
    try:
        if body.method == "email":
            mail.mailer().send(mail.Mail(body.identifier, "Your verification code", text))
        else:
            sms.sender().send(body.identifier, text)
    except (mail.MailFailed, sms.SmsFailed) as error:
        current_app.logger.warning("verification code not sent: %s", error)
        raise Unavailable("The code could not be sent. Try again shortly.", "NOT_SENT") from None
