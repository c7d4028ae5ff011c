"""Reading somebody else's data: who may, and the trace it leaves in that person's audit trail.

`api.access` decides; the trail itself is `api.audit`, shown by GET /api/account/audit.
"""

from api import audit
from api.access import Caller, patient_for
from api.db import MAIN, commit


def disclose(caller: Caller, username: str | None, what: str) -> str:
    """Return whose data the caller reads when asking for `username` (None: their own).

    When it is somebody else's, the reading of `what` is recorded and committed at once, so
    that nothing is shown without a trace. Raises Forbidden like `patient_for`.
    """
    person = patient_for(caller, username)
    if person != caller.username:
        audit.record(person, caller.role, f"{what}_read", f"by {caller.username}")
        commit(MAIN)
    return person
