"""The rows of appointments: found, listed, shown in answers, their time spelled in messages."""

from datetime import datetime
from typing import Any

from api import runtime, settings
from api.db import Row, get_db
from api.db.types import boolean, timestamp
from api.errors import NotFound

COLUMNS = (
    "id, clinician_username, patient_username, appointment_date, appointment_type, notes,"
    " pdf_generated, notification_sent, created_at, patient_acknowledged, patient_response,"
    " patient_response_date, attendance_status, attendance_confirmed_by, attendance_confirmed_at"
)


def find(appointment_id: int) -> Row:
    """Return an appointment. Raises NotFound, also for one that is cancelled."""
    row = get_db().one(
        f"SELECT {COLUMNS} FROM appointments WHERE id = $1 AND deleted_at IS NULL",
        appointment_id,
    )
    if row is None:
        raise NotFound
    return row


def of_clinician(clinician: str, *, since: datetime, limit: int, offset: int) -> list[Row]:
    """Return a clinician's appointments with everybody, latest first."""
    return get_db().all(
        f"SELECT {COLUMNS} FROM appointments WHERE clinician_username = $1"
        " AND deleted_at IS NULL AND appointment_date >= $2"
        " ORDER BY appointment_date DESC, id DESC LIMIT $3 OFFSET $4",
        clinician,
        since,
        limit,
        offset,
    )


def of_patient(patient: str, *, since: datetime, limit: int, offset: int = 0) -> list[Row]:
    """Return a patient's appointments with any clinician, soonest first."""
    return get_db().all(
        f"SELECT {COLUMNS} FROM appointments WHERE patient_username = $1"
        " AND deleted_at IS NULL AND appointment_date >= $2"
        " ORDER BY appointment_date, id LIMIT $3 OFFSET $4",
        patient,
        since,
        limit,
        offset,
    )


def past_of_patient(patient: str, *, since: datetime, limit: int) -> list[Row]:
    """Return a patient's appointments from `since` until now, latest first."""
    return get_db().all(
        f"SELECT {COLUMNS} FROM appointments WHERE patient_username = $1"
        " AND deleted_at IS NULL AND appointment_date >= $2 AND appointment_date < $3"
        " ORDER BY appointment_date DESC, id DESC LIMIT $4",
        patient,
        since,
        runtime.now(),
        limit,
    )


def shown(row: Row) -> dict[str, Any]:
    """Format one row for an answer."""
    return {
        "id": row["id"],
        "clinician_username": row["clinician_username"],
        "patient_username": row["patient_username"],
        "appointment_date": timestamp.text(row["appointment_date"]),
        "appointment_type": row["appointment_type"],
        "notes": row["notes"] or "",
        "pdf_generated": boolean.flag(row["pdf_generated"]),
        "notification_sent": boolean.flag(row["notification_sent"]),
        "created_at": timestamp.text(row["created_at"]),
        "patient_acknowledged": boolean.flag(row["patient_acknowledged"]),
        "patient_response": row["patient_response"] or "pending",
        "patient_response_date": timestamp.text(row["patient_response_date"]),
        "attendance_status": row["attendance_status"] or "scheduled",
        "attendance_confirmed_by": row["attendance_confirmed_by"],
        "attendance_confirmed_at": timestamp.text(row["attendance_confirmed_at"]),
    }


def spoken(date: datetime | str) -> str:
    """Spell an appointment's time for a message, in the users' zone."""
    local = timestamp.moment(date).astimezone(settings.current().timezone)
    return f"{local:%A, %d %B %Y} at {local:%H:%M}"
