"""Who is asking, and whose data they may see.

The caller comes from the session alone (`api.security.sessions`); a username in a body or a
query is only ever a *wish*, granted or refused by `patient_for`. Roles as such are checked by
the request pipeline (`api.web`).
"""

from dataclasses import dataclass

from api.db import get_db
from api.errors import Forbidden

PATIENT, CLINICIAN, DEVELOPER = "user", "clinician", "developer"


@dataclass(frozen=True)
class Caller:
    """The account behind a request; `clinician_id` is a patient's clinician, a username."""

    username: str
    role: str
    clinician_id: str | None = None


def patient_for(caller: Caller, username: str | None) -> str:
    """Return whose data the caller gets when asking for `username` (None: their own).

    Raises Forbidden unless it is the caller's own name or a patient of theirs by an approved
    relation. An unknown name is refused like any other, so the answer does not tell who exists.
    """
    if username is None or username == caller.username:
        return caller.username
    if caller.role == CLINICIAN and treats(caller.username, username):
        return username
    raise Forbidden("You may not see this person's data.")


def patient_of(caller: Caller, username: str) -> str:
    """Return the name of this clinician's patient. Raises Forbidden without an approved relation.

    Unlike with `patient_for`, the caller's own name will not do.
    """
    if treats(caller.username, username):
        return username
    raise Forbidden("You may see and change this only for patients of yours.")


def own_name(caller: Caller, username: str | None) -> str:
    """Return the caller's name. Raises Forbidden when `username` is given and somebody else's."""
    if username is None or username == caller.username:
        return caller.username
    raise Forbidden("You may do this only for yourself.")


def clinicians_of(patient: str) -> list[str]:
    """Return the names of the clinicians whom an approved relation joins with this patient."""
    rows = get_db().all(
        "SELECT DISTINCT clinician_username FROM patient_approvals"
        " WHERE patient_username = $1 AND status = $2 ORDER BY clinician_username",
        patient,
        "approved",
    )
    return [row["clinician_username"] for row in rows]


def treats(clinician: str, patient: str) -> bool:
    """Tell whether an approved relation joins this clinician and this patient."""
    relation = get_db().one(
        "SELECT id FROM patient_approvals WHERE clinician_username = $1"
        " AND patient_username = $2 AND status = $3 ORDER BY id LIMIT 1",
        clinician,
        patient,
        "approved",
    )
    return relation is not None
