"""The six daily tasks: ticking one off, and the streak of full days (rules in `api.daily`)."""

from flask import Blueprint

from api import daily
from api.access import Caller
from api.daily import Task
from api.db import MAIN, PET, Row, commit, get_db
from api.db.types import date as dates
from api.disclosure import disclose
from api.home.query import PersonQuery
from api.web import ANY_ROLE, Body, Reply, endpoint

bp = Blueprint("tasks", __name__)


class DoneTask(Body):
    task_type: Task


@bp.post("/api/daily-tasks/complete")
@endpoint(auth=ANY_ROLE, body=DoneTask)
def complete_task(caller: Caller, body: DoneTask) -> Reply:
    """Mark a task as done today; the sixth one carries the streak on and pays the bonus.

    The pet's database commits first: the bonus is keyed by the day, so a repeat after a failure
    pays no second time. The main one, whose rows say that the day is full, is last.
    """
    progress = daily.complete_task(caller.username, body.task_type)
    commit(PET, MAIN)
    return {
        "success": True,
        "task_type": body.task_type,
        "completed_count": progress.completed,
        "total_tasks": len(daily.TASKS),
        "bonus_awarded": progress.bonus_awarded,
    }


@bp.get("/api/daily-tasks/streak")
@endpoint(auth=ANY_ROLE, query=PersonQuery, answers=(200, 403))
def show_streak(caller: Caller, query: PersonQuery) -> Reply:
    """Show the streak as of its last full day; a day missed since then does not reset it."""
    streak = stored_streak(disclose(caller, query.username, "streak"))
    last = dates.text(streak["last_complete_date"])
    return {"success": True, **streak, "last_complete_date": last}


def stored_streak(person: str) -> Row:
    """Return the person's row of `daily_streaks`, zeros where there is none."""
    row = get_db().one(
        "SELECT current_streak, longest_streak, last_complete_date, total_bonus_coins,"
        " total_bonus_xp FROM daily_streaks WHERE username = $1",
        person,
    )
    return row or {
        "current_streak": 0,
        "longest_streak": 0,
        "last_complete_date": None,
        "total_bonus_coins": 0,
        "total_bonus_xp": 0,
    }
