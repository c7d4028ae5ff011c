"""Reading somebody else's data: who may, and the trace it leaves in that person's audit trail.

`api.access` decides; the trail itself is `api.audit`, shown by GET /api/account/audit.
"""

from collections.abc import Iterable

from api import audit
from api.access import Caller, patient_for, patient_of
from api.db import MAIN, commit


def disclose(caller: Caller, username: str | None, what: str) -> str:
    """Return whose data the caller reads when asking for `username` (None: their own).

    When it is somebody else's, the reading of `what` is recorded and committed at once, so
    that nothing is shown without a trace. Raises Forbidden like `patient_for`.
    """
    person = patient_for(caller, username)
    if person != caller.username:
        record_reading(caller, [person], what)
    return person


def disclose_patient(caller: Caller, username: str, what: str) -> str:
    """Return the name of this clinician's patient, the reading of `what` recorded as above.

    Raises Forbidden like `patient_of`.
    """
    patient = patient_of(caller, username)
    record_reading(caller, [patient], what)
    return patient


def record_reading(caller: Caller, people: Iterable[str], what: str) -> None:
    """Record, and commit at once, that the caller reads `what` about each of these people."""
    for person in people:
        audit.record(person, caller.role, f"{what}_read", f"by {caller.username}")
    commit(MAIN)
