"""The safety check: does a text call for help? Open to visitors too, who get the help lines."""

from flask import Blueprint
from pydantic import Field

from api import audit, risk
from api.access import Caller, patient_for
from api.db import MAIN, commit
from api.errors import Unauthorized
from api.web import PUBLIC, Body, RawText, Reply, Text, endpoint

bp = Blueprint("safety", __name__)


class SafetyCheck(Body):
    text: RawText = Field(min_length=1, max_length=10_000)
    username: Text | None = None


@bp.post("/api/safety/check")
@endpoint(auth=PUBLIC, body=SafetyCheck, answers=(200, 401))
def check_safety(caller: Caller | None, body: SafetyCheck) -> Reply:
    """Look for signs of risk; those of somebody logged in alert their clinician."""
    if caller is None and body.username is not None:
        raise Unauthorized
    person = patient_for(caller, body.username) if caller else None
    at_risk = risk.is_high_risk(body.text)
    if at_risk and person:
        risk.raise_alert(person, "safety check")
        audit.record(person, "api", "crisis_alert", "safety check")
        commit(MAIN)
    return {
        "success": True,
        "is_high_risk": at_risk,
        "crisis_resources": risk.CRISIS_RESOURCES if at_risk else None,
    }
