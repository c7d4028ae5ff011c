"""The profile: who somebody is and how to reach them, kept encrypted.

Names, birthday, conditions, e-mail and phone are Fernet tokens (`api.security.encryption`);
e-mail and phone also have look-up hashes, which keep them unique among the accounts.
"""

from dataclasses import asdict
from typing import Annotated

from flask import Blueprint
from pydantic import AfterValidator, Field

from api import audit
from api.access import CLINICIAN, Caller, own_name, treats
from api.activity import activity_of
from api.auth.fields import EMAIL, PHONE, is_email, is_phone
from api.db import MAIN, Row, commit, get_db
from api.db.errors import UniqueViolation
from api.disclosure import disclose
from api.errors import Conflict, NotFound
from api.security.encryption import decrypt, encrypt, lookup_hash
from api.validation import described
from api.web import ANY_ROLE, Body, Query, Reply, Text, endpoint

bp = Blueprint("profile", __name__)

PROTECTED = ("full_name", "dob", "email", "phone", "conditions")


def _email(text: str) -> str:
    if text and not is_email(text):
        raise ValueError("must be an e-mail address")
    return text


def _phone(text: str) -> str:
    if text and not is_phone(text):
        raise ValueError("must be a phone number")
    return text


OptionalEmail = Annotated[
    Text, Field(max_length=255), AfterValidator(_email), described(pattern=f"^({EMAIL})?$")
]
OptionalPhone = Annotated[Text, AfterValidator(_phone), described(pattern=f"^({PHONE})?$")]


class ProfileQuery(Query):
    username: Text | None = None


class Profile(Body):
    """The whole profile: what is left out becomes empty."""

    username: Text | None = None
    full_name: Text = Field(default="", max_length=1000)
    dob: Text = Field(default="", max_length=1000)
    email: OptionalEmail = ""
    phone: OptionalPhone = ""
    conditions: Text = Field(default="", max_length=10_000)


@bp.get("/api/patient/profile")
@endpoint(auth=ANY_ROLE, query=ProfileQuery, answers=(200, 403))
def show_profile(caller: Caller, query: ProfileQuery) -> Reply:
    """Show the caller's profile, or to a clinician that of an approved patient."""
    person = disclose(caller, query.username, "profile")
    user = get_db().one(
        "SELECT full_name, dob, email, phone, conditions, clinician_id FROM users"
        " WHERE username = $1",
        person,
    )
    if user is None:
        raise NotFound
    profile = {
        "username": person,
        **{name: decrypt(user[name]) or "" for name in PROTECTED},
        **_clinician(person, user["clinician_id"]),
    }
    return {"profile": profile, "stats": asdict(activity_of(person))}


@bp.put("/api/patient/profile")
@endpoint(auth=ANY_ROLE, body=Profile, answers=(200, 409))
def change_profile(caller: Caller, body: Profile) -> Reply:
    """Replace the caller's profile as a whole."""
    username = own_name(caller, body.username)
    hashes = [lookup_hash(text) if text else None for text in (body.email, body.phone)]
    database = get_db()
    try:
        with database.savepoint():
            database.run(
                "UPDATE users SET full_name = $1, dob = $2, email = $3, phone = $4,"
                " conditions = $5, email_hash = $6, phone_hash = $7 WHERE username = $8",
                encrypt(body.full_name),
                encrypt(body.dob),
                encrypt(body.email),
                encrypt(body.phone),
                encrypt(body.conditions),
                *hashes,
                username,
            )
    except UniqueViolation:
        raise _taken(username, hashes[0]) from None
    audit.record(username, "user", "profile_updated")
    commit(MAIN)
    return {"success": True, "message": "Profile saved."}


def _clinician(person: str, clinician_id: str | None) -> dict[str, str | None]:
    """Return name and address of the clinician; one who has not approved is none yet."""
    clinician: Row | None = None
    if clinician_id and treats(clinician_id, person):
        clinician = get_db().one(
            "SELECT username, full_name, email FROM users WHERE username = $1 AND role = $2",
            clinician_id,
            CLINICIAN,
        )
    if clinician is None:
        return {"assigned_clinician": None, "clinician_email": None}
    return {
        "assigned_clinician": decrypt(clinician["full_name"]) or clinician["username"],
        "clinician_email": decrypt(clinician["email"]),
    }


def _taken(username: str, email_hash: str | None) -> Conflict:
    """Return the conflict for what another account has already."""
    other = get_db().value(
        "SELECT 1 FROM users WHERE email_hash = $1 AND username <> $2", email_hash, username
    )
    if other:
        return Conflict("This e-mail address is in use.", "EMAIL_TAKEN")
    return Conflict("This phone number is in use.", "PHONE_TAKEN")
