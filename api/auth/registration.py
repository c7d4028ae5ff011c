"""Registration of patients, clinicians and the one developer."""

import hmac
from dataclasses import dataclass

from flask import Blueprint
from pydantic import Field

from api import audit, runtime, settings
from api.access import CLINICIAN, DEVELOPER, PATIENT
from api.auth import verification
from api.auth.fields import Email, NewPassword, NewUsername, Phone, Pin, Required, Secret
from api.db import MAIN, commit, get_db
from api.db.errors import UniqueViolation
from api.errors import Conflict, Forbidden, ValidationFailed
from api.notifications import notify
from api.security import passwords
from api.security.encryption import encrypt, lookup_hash
from api.web import PUBLIC, Body, RawText, Reply, Text, endpoint

bp = Blueprint("registration", __name__)

LIMIT = "3 per 5 minutes"


class PatientForm(Body):
    username: NewUsername
    password: NewPassword
    pin: Pin
    email: Email
    phone: Phone
    full_name: Required
    dob: Required
    conditions: Text = Field(min_length=1, max_length=10_000)
    country: Required
    area: Required
    postcode: Text = Field(default="", max_length=100)
    nhs_number: Text = Field(default="", max_length=100)
    clinician_id: Text | None = None
    verified_identifier: Text | None = None


class ClinicianForm(Body):
    username: NewUsername
    password: NewPassword
    pin: Pin
    email: Email
    phone: Phone
    country: Required
    area: Required
    professional_id: Required
    full_name: Text = Field(default="", max_length=1000)


class DeveloperForm(Body):
    registration_key: Secret
    username: NewUsername
    password: NewPassword
    pin: RawText = Field(min_length=4, max_length=1000)


@dataclass(frozen=True)
class Account:
    """A row of `users` to be, in plain text."""

    username: str
    password: str
    pin: str
    role: str
    email: str | None = None
    phone: str | None = None
    full_name: str | None = None
    dob: str | None = None
    conditions: str | None = None
    country: str | None = None
    area: str | None = None
    postcode: str | None = None
    nhs_number: str | None = None
    professional_id: str | None = None
    clinician_id: str | None = None


@bp.post("/api/auth/register")
@endpoint(auth=PUBLIC, body=PatientForm, limit=LIMIT, answers=(201, 409))
def register_patient(body: PatientForm) -> Reply:
    """Open a patient's account and, where they name a clinician, ask for approval."""
    passwords.check_rules(body.password)
    _require_verified(body)
    clinician = body.clinician_id or None
    if clinician and not _is_clinician(clinician):
        raise ValidationFailed({"clinician_id": "names no clinician"})
    details = body.model_dump(exclude={"clinician_id", "verified_identifier"})
    _open(Account(role=PATIENT, clinician_id=clinician, **details))
    if clinician:
        _ask_for_approval(body, clinician)
    else:
        notify(body.username, "Welcome to Healing Space! Your account is ready.", "account_created")
    audit.record(body.username, "api", "user_registered")
    commit(MAIN)
    return {
        "success": True,
        "message": "Account created.",
        "username": body.username,
        "pending_approval": clinician is not None,
    }, 201


@bp.post("/api/auth/clinician/register")
@endpoint(auth=PUBLIC, body=ClinicianForm, limit=LIMIT, answers=(201, 409))
def register_clinician(body: ClinicianForm) -> Reply:
    """Open a clinician's account; the developers are told, to check the professional id.

    Until patients have asked for this clinician and been approved, the account sees nobody.
    """
    passwords.check_rules(body.password)
    _open(Account(role=CLINICIAN, **body.model_dump()))
    for developer in _developers():
        notify(
            developer,
            f"New clinician {body.username}: check the professional id {body.professional_id}",
            "clinician_registered",
        )
    audit.record(body.username, "api", "clinician_registered")
    commit(MAIN)
    return {"success": True, "message": "Clinician account created."}, 201


@bp.post("/api/auth/developer/register")
@endpoint(auth=PUBLIC, body=DeveloperForm, limit=LIMIT, answers=(201, 409))
def register_developer(body: DeveloperForm) -> Reply:
    """Open the developer's account, of which there is one, with the key from the settings."""
    expected = settings.current().developer_registration_key
    if not expected or not hmac.compare_digest(body.registration_key.encode(), expected.encode()):
        raise Forbidden("The registration key is wrong or none is set.", "WRONG_KEY")
    if _developers():
        raise Conflict("There is a developer account already.", "DEVELOPER_EXISTS")
    passwords.check_rules(body.password)
    _open(Account(body.username, body.password, body.pin, DEVELOPER))
    audit.record(body.username, "api", "developer_registered")
    commit(MAIN)
    return {"success": True, "message": "Developer account created."}, 201


def _require_verified(body: PatientForm) -> None:
    """Where sign-up needs it, use up a verified code of the address or number given."""
    if not settings.current().require_2fa_signup:
        return
    identifier = body.verified_identifier
    if not identifier:
        raise ValidationFailed({"verified_identifier": "is required"})
    own = {lookup_hash(body.email), lookup_hash(body.phone)}
    if lookup_hash(identifier) not in own or not verification.consume(identifier):
        raise ValidationFailed({"verified_identifier": "is not verified, or no longer"})


def _open(account: Account) -> None:
    """Insert the account. Raises Conflict saying what is taken."""
    database = get_db()
    hashes = [lookup_hash(text) if text else None for text in (account.email, account.phone)]
    try:
        with database.savepoint():
            database.run(
                "INSERT INTO users (username, password, pin, role, last_login, email, phone,"
                " email_hash, phone_hash, full_name, dob, conditions, country, area, postcode,"
                " nhs_number, professional_id, clinician_id, disclaimer_accepted) VALUES ($1, $2,"
                " $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
                account.username,
                passwords.hash_password(account.password),
                passwords.hash_password(account.pin),
                account.role,
                runtime.now(),
                encrypt(account.email),
                encrypt(account.phone),
                *hashes,
                encrypt(account.full_name),
                encrypt(account.dob),
                encrypt(account.conditions),
                account.country,
                account.area,
                account.postcode,
                account.nhs_number,
                account.professional_id,
                account.clinician_id,
                False,
            )
    except UniqueViolation:
        raise _taken(account.username, *hashes) from None


def _taken(username: str, email_hash: str | None, phone_hash: str | None) -> Conflict:
    """Return the conflict for whatever another account has already."""
    database = get_db()
    if database.value("SELECT 1 FROM users WHERE username = $1", username):
        return Conflict("This username is taken.", "USERNAME_TAKEN")
    if database.value("SELECT 1 FROM users WHERE email_hash = $1", email_hash):
        return Conflict("This e-mail address is in use.", "EMAIL_TAKEN")
    if database.value("SELECT 1 FROM users WHERE phone_hash = $1", phone_hash):
        return Conflict("This phone number is in use.", "PHONE_TAKEN")
    return Conflict("Somebody else was registering this just now. Try again.")


def _ask_for_approval(body: PatientForm, clinician: str) -> None:
    get_db().run(
        "INSERT INTO patient_approvals (patient_username, clinician_username, status,"
        " request_date) VALUES ($1, $2, $3, $4)",
        body.username,
        clinician,
        "pending",
        runtime.now(),
    )
    notify(
        clinician,
        f"{body.full_name} ({body.username}) asks to become your patient.",
        "patient_request",
    )
    notify(body.username, "Your request was sent to the clinician.", "approval_pending")


def _is_clinician(username: str) -> bool:
    found = get_db().value(
        "SELECT 1 FROM users WHERE username = $1 AND role = $2", username, CLINICIAN
    )
    return found is not None


def _developers() -> list[str]:
    rows = get_db().all("SELECT username FROM users WHERE role = $1 ORDER BY username", DEVELOPER)
    return [row["username"] for row in rows]
