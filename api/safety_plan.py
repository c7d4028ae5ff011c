"""The safety plan: what a patient and those around them do when a crisis comes, one a person.

The texts in the API have longer names than their columns in `safety_plans`.
"""

from typing import Annotated

from flask import Blueprint
from pydantic import Field

from api import audit, memory
from api.access import Caller, patient_for
from api.db import MAIN, commit, get_db
from api.disclosure import disclose
from api.web import ANY_ROLE, Body, Query, Reply, Text, endpoint

bp = Blueprint("safety_plan", __name__)

PlanText = Annotated[Text, Field(max_length=5000)]


class PlanQuery(Query):
    """`username` is the caller's own or, for a clinician, that of an approved patient."""

    username: Text | None = None


class Plan(Body):
    """What is left out stays as it is stored; empty text empties it."""

    username: Text | None = None
    triggers: PlanText | None = None
    coping_strategies: PlanText | None = None
    support_contacts: PlanText | None = None
    professional_contacts: PlanText | None = None


@bp.get("/api/safety-plan")
@endpoint(auth=ANY_ROLE, query=PlanQuery, answers=(200, 403))
def show_safety_plan(caller: Caller, query: PlanQuery) -> Reply:
    """Show the plan, four empty texts where there is none; clinicians see approved patients'."""
    person = disclose(caller, query.username, "safety_plan")
    row = get_db().one(
        "SELECT triggers, coping, contacts, professional_contacts FROM safety_plans"
        " WHERE username = $1",
        person,
    )
    plan = row or {}
    return {
        "triggers": plan.get("triggers") or "",
        "coping_strategies": plan.get("coping") or "",
        "support_contacts": plan.get("contacts") or "",
        "professional_contacts": plan.get("professional_contacts") or "",
    }


@bp.post("/api/safety-plan")
@endpoint(auth=ANY_ROLE, body=Plan, answers=(201,))
def save_safety_plan(caller: Caller, body: Plan) -> Reply:
    """Save the caller's plan, or that of an approved patient with whom a clinician made it."""
    person = patient_for(caller, body.username)
    get_db().run(
        "INSERT INTO safety_plans (username, triggers, coping, contacts, professional_contacts)"
        " VALUES ($1, COALESCE($2, ''), COALESCE($3, ''), COALESCE($4, ''), COALESCE($5, ''))"
        " ON CONFLICT (username) DO UPDATE SET"
        " triggers = COALESCE($2, safety_plans.triggers),"
        " coping = COALESCE($3, safety_plans.coping),"
        " contacts = COALESCE($4, safety_plans.contacts),"
        " professional_contacts = COALESCE($5, safety_plans.professional_contacts)",
        person,
        body.triggers,
        body.coping_strategies,
        body.support_contacts,
        body.professional_contacts,
    )
    memory.refresh(person)
    audit.record(person, "api", "safety_plan_saved", f"by {caller.username}")
    commit(MAIN)
    return {"success": True}, 201
