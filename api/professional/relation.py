"""The door to one patient's record, for views that name the patient in their path."""

from api.access import Caller
from api.disclosure import disclose_patient
from api.errors import Forbidden, NotFound


def open_record(caller: Caller, username: str, what: str) -> str:
    """Return the name of the caller's patient, the reading recorded and committed.

    Raises NotFound for anybody else, known or not: who exists is nobody's business.
    """
    try:
        return disclose_patient(caller, username, what)
    except Forbidden:
        raise NotFound from None
