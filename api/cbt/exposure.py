"""Exposure: a hierarchy of feared situations, and the attempts at each.

Distress is rated in subjective units (SUDS) from 0 to 100.
"""

from typing import Final

from flask import Blueprint

from api.cbt import routes
from api.cbt.fields import Account, Entry, Minutes, Notes, Percent, Rank, Word
from api.cbt.tool import Child, Tool, Values
from api.db import get_db

bp = Blueprint("exposure", __name__)


class FearedSituation(Entry):
    fear_situation: Account
    initial_suds: Percent | None = None
    target_suds: Percent | None = 20
    hierarchy_rank: Rank | None = None
    status: Word | None = "not_started"


class Attempt(Entry):
    pre_suds: Percent | None = None
    peak_suds: Percent | None = None
    post_suds: Percent | None = None
    duration_minutes: Minutes | None = None
    coping_strategies_used: Notes | None = None
    notes: Notes | None = None


def _judge(person: str, exposure_id: int, attempt: Values) -> None:
    """Complete a situation whose attempt ended at its target or below."""
    if attempt["post_suds"] is not None:
        get_db().run(
            "UPDATE exposure_hierarchy SET status ="
            " CASE WHEN $1 <= target_suds THEN 'completed' ELSE 'in_progress' END"
            " WHERE id = $2 AND username = $3",
            attempt["post_suds"],
            exposure_id,
            person,
        )


ATTEMPT: Final = Child(
    path="attempt",
    parent="exposure_id",
    table="exposure_attempts",
    noun="attempt",
    event="exposure_attempt",
    entry=Attempt,
    moments=("attempt_timestamp",),
    after=_judge,
)
EXPOSURE: Final = Tool(
    path="exposure",
    table="exposure_hierarchy",
    noun="feared situation",
    event="exposure_hierarchy",
    entry=FearedSituation,
    order="hierarchy_rank NULLS FIRST, entry_timestamp DESC NULLS LAST, id DESC",
    rewarded=False,
    children=(ATTEMPT,),
)

routes.mount(bp, EXPOSURE)
