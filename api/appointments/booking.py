"""What a clinician does with appointments: book, call off, note who came."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import BeforeValidator, Field

from api import audit, runtime
from api.access import Caller, own_name, patient_of
from api.appointments import record
from api.db import MAIN, commit, get_db
from api.db.types import timestamp
from api.errors import Conflict, NotFound, ValidationFailed
from api.notifications import notify
from api.web import Body, Reply, Text, endpoint, roles

bp = Blueprint("booking", __name__)

FURTHEST = timedelta(days=3653)


def _moment(value: object) -> object:
    try:
        if isinstance(value, str):
            return timestamp.moment(value).replace(microsecond=0)
    except (ValueError, OverflowError):
        pass
    raise ValueError("must be a date and time like 2026-02-04T15:30")


class Booking(Body):
    clinician_username: Text | None = None
    patient_username: Text = Field(min_length=1)
    appointment_date: Annotated[datetime, BeforeValidator(_moment)]
    notes: Text = Field(default="", max_length=5000)


class Attendance(Body):
    clinician_username: Text | None = None
    status: Literal["attended", "no_show", "missed"]


@bp.post("/api/appointments")
@endpoint(auth=roles("clinician"), body=Booking, answers=(201, 409))
def book_appointment(caller: Caller, body: Booking) -> Reply:
    """Book a patient of the caller's for a time to come at which both are free, and tell them."""
    clinician = own_name(caller, body.clinician_username)
    patient = patient_of(caller, body.patient_username)
    moment = body.appointment_date
    if not runtime.now() < moment <= runtime.now() + FURTHEST:
        raise ValidationFailed({"appointment_date": "must be within the ten years to come"})
    _refuse_double_booking(clinician, patient, moment)
    appointment_id = get_db().insert(
        "INSERT INTO appointments (clinician_username, patient_username, appointment_date,"
        " notes, patient_response, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        clinician,
        patient,
        moment,
        body.notes,
        "pending",
        runtime.now(),
    )
    text = f"New appointment with {clinician} on {record.spoken(moment)}"
    notify(patient, text, "appointment_new")
    audit.record(patient, "clinician", "appointment_booked", f"by {clinician}")
    commit(MAIN)
    answer = {"success": True, "appointment_id": appointment_id, "message": "Appointment booked."}
    return answer, 201


@bp.delete("/api/appointments/<int:appointment_id>")
@endpoint(auth=roles("clinician"), answers=(200, 404, 409))
def cancel_appointment(caller: Caller, appointment_id: int) -> Reply:
    """Call off an appointment of the caller's that is still to come, and tell the patient."""
    row = record.find(appointment_id)
    if row["clinician_username"] != caller.username:
        raise NotFound
    if timestamp.moment(row["appointment_date"]) <= runtime.now():
        raise Conflict("The time of this appointment has passed.", "APPOINTMENT_PAST")
    cancelled = get_db().run(
        "UPDATE appointments SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL",
        runtime.now(),
        appointment_id,
    )
    if not cancelled:
        raise NotFound
    when = record.spoken(row["appointment_date"])
    text = f"Your appointment with {caller.username} on {when} is cancelled"
    notify(row["patient_username"], text, "appointment_cancelled")
    audit.record(
        row["patient_username"], "clinician", "appointment_cancelled", f"by {caller.username}"
    )
    commit(MAIN)
    return {"success": True, "message": "Appointment cancelled."}


@bp.post("/api/appointments/<int:appointment_id>/attendance")
@endpoint(auth=roles("clinician"), body=Attendance, answers=(200, 404))
def confirm_attendance(caller: Caller, body: Attendance, appointment_id: int) -> Reply:
    """Note whether the patient came to an appointment of the caller's; a repeat corrects it."""
    clinician = own_name(caller, body.clinician_username)
    row = get_db().one(
        "UPDATE appointments SET attendance_status = $1, attendance_confirmed_by = $2,"
        " attendance_confirmed_at = $3"
        " WHERE id = $4 AND clinician_username = $2 AND deleted_at IS NULL"
        " RETURNING patient_username, appointment_date",
        body.status,
        clinician,
        runtime.now(),
        appointment_id,
    )
    if row is None:
        raise NotFound
    verb = "attended" if body.status == "attended" else "did not attend"
    when = record.spoken(row["appointment_date"])
    text = f"{clinician} noted that you {verb} the appointment on {when}"
    notify(row["patient_username"], text, "appointment_attendance")
    details = f"{body.status} by {clinician}"
    audit.record(row["patient_username"], "clinician", "appointment_attendance_confirmed", details)
    commit(MAIN)
    return {"success": True, "message": "Attendance noted."}


def _refuse_double_booking(clinician: str, patient: str, moment: datetime) -> None:
    """Raise Conflict when one of the two has another appointment at that time."""
    # Touching both rows makes bookings of the same people wait for each other, on both engines,
    # so that the second one sees the first; in one order, so that none waits for ever.
    for name in sorted((clinician, patient)):
        get_db().run("UPDATE users SET last_login = last_login WHERE username = $1", name)
    taken = get_db().value(
        "SELECT id FROM appointments WHERE appointment_date = $1 AND deleted_at IS NULL"
        " AND (clinician_username = $2 OR patient_username = $3) ORDER BY id LIMIT 1",
        moment,
        clinician,
        patient,
    )
    if taken is not None:
        raise Conflict("There is another appointment at that time.", "DOUBLE_BOOKING")
