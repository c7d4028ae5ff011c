"""Whose appointments: a clinician's diary, a patient's plans, a single one."""

from datetime import timedelta

from flask import Blueprint
from pydantic import Field

from api import runtime
from api.access import CLINICIAN, Caller, own_name
from api.appointments import record
from api.disclosure import disclose
from api.errors import Forbidden, NotFound
from api.web import Query, QueryInt, Reply, Text, endpoint, roles

bp = Blueprint("appointment_lists", __name__)

CLINICIANS_PAST, PATIENTS_PAST = timedelta(days=30), timedelta(days=7)


class AppointmentsQuery(Query):
    """`clinician` is the caller's own name; `patient` their own or that of an approved patient."""

    clinician: Text | None = None
    patient: Text | None = None
    limit: QueryInt = Field(default=500, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.get("/api/appointments")
@endpoint(auth=roles("user", "clinician"), query=AppointmentsQuery)
def list_appointments(caller: Caller, query: AppointmentsQuery) -> Reply:
    """List a clinician's own appointments, latest first, or a patient's, soonest first.

    The former go back 30 days, the latter 7. Of two names given the clinician's counts;
    without any, the caller's role decides.
    """
    own_name(caller, query.clinician)
    page = {"limit": query.limit, "offset": query.offset}
    if caller.role == CLINICIAN and (query.clinician or query.patient is None):
        since = runtime.now() - CLINICIANS_PAST
        rows = record.of_clinician(caller.username, since=since, **page)
    else:
        patient = disclose(caller, query.patient, "appointments")
        rows = record.of_patient(patient, since=runtime.now() - PATIENTS_PAST, **page)
    return {"appointments": [record.shown(row) for row in rows], "count": len(rows)}


@bp.get("/api/appointments/<int:appointment_id>")
@endpoint(auth=roles("user", "clinician"), answers=(200, 404))
def show_appointment(caller: Caller, appointment_id: int) -> Reply:
    """Show one appointment to its clinician, its patient, and the patient's other clinicians."""
    row = record.find(appointment_id)
    if row["clinician_username"] != caller.username:
        try:
            disclose(caller, row["patient_username"], "appointment")
        except Forbidden:
            raise NotFound from None
    return {"success": True, "appointment": record.shown(row)}
