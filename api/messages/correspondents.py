"""Who may write to whom.

    developers    to everybody, and everybody to them
    clinicians    to each other, and to the patients they treat
    patients      to the clinicians who treat them; not to each other

To treat somebody is an approved relation (`api.access.treats`). It counts at the time of
writing: what was written before it ended can still be read.
"""

from api.access import CLINICIAN, DEVELOPER, PATIENT, Caller, treats
from api.db import get_db
from api.errors import Forbidden, NotFound


def may_write(caller: Caller, username: str) -> bool:
    """Tell whether the caller may write to this account; never to one that does not exist."""
    return _may_write(caller, username, _role(username))


def require(caller: Caller, username: str) -> None:
    """Raise Forbidden where the caller may not write to a member of staff.

    Raises NotFound for anybody else, whether or not there is such a patient.
    """
    role = _role(username)
    if _may_write(caller, username, role):
        return
    if role == CLINICIAN:
        raise Forbidden("Only patients of this clinician may write to them.", "NOT_A_PATIENT")
    raise NotFound("There is nobody of this name you could write to.", "UNKNOWN_RECIPIENT")


def _may_write(caller: Caller, username: str, role: str | None) -> bool:
    if role is None or caller.role == role == PATIENT:
        return False
    if DEVELOPER in (caller.role, role) or caller.role == role:
        return True
    if role == PATIENT:
        return treats(caller.username, username)
    return treats(username, caller.username)


def _role(username: str) -> str | None:
    role: str | None = get_db().value(
        "SELECT role FROM users WHERE username = $1 AND role IN ($2, $3, $4)",
        username,
        PATIENT,
        CLINICIAN,
        DEVELOPER,
    )
    return role
