"""The milestones of a goal, which measure its progress.

Whoever adds or changes one holds the goal until the end, so that of two at once the later one
counts the earlier.
"""

from typing import Final

from flask import Blueprint

from api import audit, memory, runtime
from api.access import Caller, own_name
from api.cbt import entries, statements
from api.cbt.fields import Change, Entry, Flag, Notes, Title, changes_of
from api.cbt.rewards import reward
from api.cbt.statements import Completion
from api.cbt.tool import Child, Values
from api.db import MAIN, PET, commit, get_db
from api.db.types import boolean
from api.errors import NotFound
from api.web import ANY_ROLE, Day, Reply, endpoint

bp = Blueprint("milestones", __name__)


class Milestone(Entry):
    milestone_title: Title
    milestone_description: Notes | None = None
    target_date: Day | None = None
    is_completed: Flag = False


def _added(person: str, goal_id: int, _milestone: Values) -> None:
    _hold(person, goal_id)
    _measure(person, goal_id)


MILESTONE: Final = Child(
    path="milestone",
    parent="goal_id",
    table="goal_milestones",
    noun="milestone",
    event="goal_milestone",
    entry=Milestone,
    moments=("entry_timestamp", "completed_timestamp", "deleted_at"),
    completion=Completion("is_completed", True),
    rewarded=False,
    after=_added,
)
MilestoneChange = changes_of(Milestone)
UPDATE: Final = statements.update(
    MILESTONE.table,
    MILESTONE.columns,
    MILESTONE.shown,
    ("id", "goal_id", "username"),
    completion=MILESTONE.completion,
)


@bp.put("/api/cbt/goals/<int:goal_id>/milestone/<int:milestone_id>")
@endpoint(auth=ANY_ROLE, body=MilestoneChange, answers=(200, 404))
def change_milestone(caller: Caller, body: Change, goal_id: int, milestone_id: int) -> Reply:
    """Change fields of a milestone of one of the caller's goals, and with it the goal's progress.

    Completing it rewards the pet, whose database commits first, the reward keyed by day and
    milestone. The main one, which holds the milestone, is last.
    """
    person = own_name(caller, body.username)
    _hold(person, goal_id)
    was_completed = _is_completed(person, goal_id, milestone_id)
    get_db().run(
        UPDATE,
        *entries.assignments(MILESTONE, body),
        runtime.now(),
        milestone_id,
        goal_id,
        person,
    )
    _measure(person, goal_id)
    memory.refresh(person)
    if _is_completed(person, goal_id, milestone_id) and not was_completed:
        reward(person, "milestone", {"id": milestone_id})
        audit.record(person, "cbt", "milestone_completed", f"id {milestone_id}")
    else:
        audit.record(person, "cbt", "milestone_updated", f"id {milestone_id}")
    commit(PET, MAIN)
    return {"success": True, "message": "Milestone changed."}


def _hold(person: str, goal_id: int) -> None:
    """Make others wait with this goal. Raises NotFound unless it is this person's."""
    held = get_db().run(
        "UPDATE goals SET progress_percentage = progress_percentage"
        " WHERE id = $1 AND username = $2 AND deleted_at IS NULL",
        goal_id,
        person,
    )
    if not held:
        raise NotFound


def _is_completed(person: str, goal_id: int, milestone_id: int) -> bool:
    """Tell whether a milestone is completed. Raises NotFound unless it is this person's."""
    row = get_db().one(
        "SELECT is_completed FROM goal_milestones"
        " WHERE id = $1 AND goal_id = $2 AND username = $3 AND deleted_at IS NULL",
        milestone_id,
        goal_id,
        person,
    )
    if row is None:
        raise NotFound
    return boolean.flag(row["is_completed"])


def _measure(person: str, goal_id: int) -> None:
    """Set the goal's progress to the share of its milestones that are completed, cut to a whole."""
    rows = get_db().all(
        "SELECT is_completed FROM goal_milestones"
        " WHERE goal_id = $1 AND username = $2 AND deleted_at IS NULL ORDER BY id",
        goal_id,
        person,
    )
    done = sum(boolean.flag(row["is_completed"]) for row in rows)
    get_db().run(
        "UPDATE goals SET progress_percentage = $1 WHERE id = $2 AND username = $3",
        int(done / len(rows) * 100),
        goal_id,
        person,
    )
