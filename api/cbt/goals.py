"""Values, the goals drawn from them, and how one gets on: check-ins and milestones.

Milestones do more than the others, see `milestones.py`.
"""

from typing import Final

from flask import Blueprint

from api.cbt import routes
from api.cbt.fields import Entry, Flag, FromOne, Notes, Percent, Title, Word
from api.cbt.milestones import MILESTONE
from api.cbt.statements import Completion
from api.cbt.tool import Child, Tool, Values
from api.db import get_db
from api.errors import ValidationFailed
from api.web import Day

bp = Blueprint("goals", __name__)


class Value(Entry):
    value_name: Title
    value_description: Notes | None = None
    importance_rating: FromOne | None = None
    current_alignment: Percent | None = None
    life_area: Title | None = None
    related_goals: Notes | None = None
    is_active: Flag = True


class Goal(Entry):
    goal_title: Title
    goal_description: Notes | None = None
    goal_type: Title | None = None
    target_date: Day | None = None
    related_value_id: int | None = None
    status: Word | None = "active"
    progress_percentage: Percent | None = 0


class CheckIn(Entry):
    progress_notes: Notes | None = None
    obstacles: Notes | None = None
    next_steps: Notes | None = None
    motivation_level: FromOne | None = None


def _check_value(person: str, goal: Values) -> None:
    """Raise ValidationFailed where a goal names a value that is not this person's."""
    value_id = goal["related_value_id"]
    if value_id is None:
        return
    value = get_db().one(
        "SELECT id FROM values_clarification WHERE id = $1 AND username = $2", value_id, person
    )
    if value is None:
        raise ValidationFailed({"related_value_id": "is none of your values"})


VALUE: Final = Tool(
    path="values",
    table="values_clarification",
    noun="value",
    event="value",
    entry=Value,
    moments=("entry_timestamp", "last_reviewed"),
    reviewed="last_reviewed",
    rewarded=False,
)
CHECKIN: Final = Child(
    path="checkin",
    parent="goal_id",
    table="goal_checkins",
    noun="check-in",
    event="goal_checkin",
    entry=CheckIn,
    moments=("checkin_timestamp",),
)
GOAL: Final = Tool(
    path="goals",
    table="goals",
    noun="goal",
    event="goal",
    entry=Goal,
    moments=("entry_timestamp", "completed_timestamp", "deleted_at"),
    completion=Completion("status", "completed"),
    by_status=True,
    rewarded=False,
    check=_check_value,
    children=(MILESTONE, CHECKIN),
)

routes.mount(bp, VALUE, GOAL)
