"""The patient's answer to an appointment."""

from typing import Annotated, Literal

from flask import Blueprint
from pydantic import AfterValidator

from api import audit, runtime
from api.access import Caller, own_name
from api.appointments import record
from api.db import MAIN, commit, get_db
from api.errors import NotFound
from api.notifications import notify
from api.validation import described
from api.web import Body, Reply, Text, endpoint, roles

bp = Blueprint("appointment_answers", __name__)


def _given(value: bool) -> bool:
    if not value:
        raise ValueError("must be true")
    return value


class Answer(Body):
    patient_username: Text | None = None
    acknowledged: Annotated[bool, AfterValidator(_given), described(const=True)]
    response: Literal["accepted", "declined"]


@bp.post("/api/appointments/<int:appointment_id>/respond")
@endpoint(auth=roles("user"), body=Answer, answers=(200, 404))
def respond(caller: Caller, body: Answer, appointment_id: int) -> Reply:
    """Accept or decline one of the caller's appointments; they may change their mind any time."""
    patient = own_name(caller, body.patient_username)
    row = get_db().one(
        "UPDATE appointments SET patient_acknowledged = $1, patient_response = $2,"
        " patient_response_date = $3"
        " WHERE id = $4 AND patient_username = $5 AND deleted_at IS NULL"
        " RETURNING clinician_username, appointment_date",
        True,
        body.response,
        runtime.now(),
        appointment_id,
        patient,
    )
    if row is None:
        raise NotFound
    when = record.spoken(row["appointment_date"])
    text = f"{patient} {body.response} the appointment on {when}"
    notify(row["clinician_username"], text, "appointment_response")
    audit.record(patient, "api", f"appointment_{body.response}")
    commit(MAIN)
    return {"success": True, "message": f"You {body.response} the appointment."}
