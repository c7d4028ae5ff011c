"""Worksheets about thoughts, problems and oneself: core beliefs, problem solving, self-compassion.

Core beliefs have two addresses: /api/cbt/core-belief like every tool, and
/api/cbt/core-beliefs, which shows the active ones.
"""

from typing import Final

from flask import Blueprint

from api.access import Caller
from api.cbt import entries, routes
from api.cbt.fields import Account, Entry, Flag, FromOne, Notes, OwnersPage, Percent, Word
from api.cbt.statements import Completion
from api.cbt.tool import Tool
from api.db import get_db
from api.disclosure import disclose
from api.web import ANY_ROLE, QueryFlag, Reply, endpoint

bp = Blueprint("worksheets", __name__)


class CoreBelief(Entry):
    old_belief: Account
    belief_origin: Notes | None = None
    evidence_for: Notes | None = None
    evidence_against: Notes | None = None
    new_balanced_belief: Notes | None = None
    belief_strength_before: Percent | None = None
    belief_strength_after: Percent | None = None
    is_active: Flag = True


class Problem(Entry):
    problem_description: Account
    problem_importance: FromOne | None = None
    brainstormed_solutions: Notes | None = None
    chosen_solution: Notes | None = None
    action_steps: Notes | None = None
    outcome: Notes | None = None
    status: Word | None = "in_progress"


class SelfCompassion(Entry):
    difficult_situation: Account
    self_critical_thoughts: Notes | None = None
    common_humanity: Notes | None = None
    kind_response: Notes | None = None
    self_care_action: Notes | None = None
    mood_before: FromOne | None = None
    mood_after: FromOne | None = None


BELIEF: Final = Tool(
    path="core-belief",
    table="core_beliefs",
    noun="core belief",
    event="core_belief",
    entry=CoreBelief,
    moments=("entry_timestamp", "last_reviewed", "deleted_at"),
    reviewed="last_reviewed",
)
PROBLEM: Final = Tool(
    path="problem-solving",
    table="problem_solving",
    noun="problem",
    event="problem_solving",
    entry=Problem,
    moments=("entry_timestamp", "completed_timestamp"),
    completion=Completion("status", "completed"),
    by_status=True,
    rewarded=False,
)
COMPASSION: Final = Tool(
    path="self-compassion",
    table="self_compassion_journal",
    noun="self-compassion page",
    event="self_compassion",
    entry=SelfCompassion,
)

routes.mount(bp, BELIEF, PROBLEM, COMPASSION)
routes.route(bp, "POST", "/api/cbt/core-beliefs", routes.creating(BELIEF, blank_is_null=True))


class BeliefPage(OwnersPage):
    active_only: QueryFlag = True


@bp.get("/api/cbt/core-beliefs")
@endpoint(auth=ANY_ROLE, query=BeliefPage, answers=(200, 403))
def core_beliefs(caller: Caller, query: BeliefPage) -> Reply:
    """List active core beliefs, or all; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, BELIEF.event)
    rows = get_db().all(
        "SELECT id, old_belief, belief_origin, evidence_for, evidence_against,"
        " new_balanced_belief, belief_strength_before, belief_strength_after, is_active,"
        " entry_timestamp AS timestamp, last_reviewed FROM core_beliefs"
        " WHERE username = $1 AND is_active IN (TRUE, $2) AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT $3 OFFSET $4",
        person,
        query.active_only,
        query.limit,
        query.offset,
    )
    found = [entries.shown(row) for row in rows]
    return {"beliefs": [{**row, "is_active": bool(row["is_active"])} for row in found]}
