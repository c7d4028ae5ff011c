"""The home page: tasks done today, the streak, the pet, and the last visit."""

from typing import Any

from flask import Blueprint

from api import runtime
from api.access import Caller
from api.db import PET, get_db
from api.db.types import date as dates
from api.db.types import timestamp
from api.disclosure import disclose
from api.home.query import PersonQuery
from api.home.tasks import stored_streak
from api.web import ANY_ROLE, Reply, endpoint

bp = Blueprint("overview", __name__)


@bp.get("/api/home/data")
@endpoint(auth=ANY_ROLE, query=PersonQuery, answers=(200, 403))
def home_data(caller: Caller, query: PersonQuery) -> Reply:
    """Show the caller's day, or an approved patient's to a clinician."""
    person = disclose(caller, query.username, "home")
    streak = stored_streak(person)
    pet = get_db(PET).one("SELECT name, coins, xp, stage FROM pet WHERE username = $1", person)
    return {
        "success": True,
        "last_login": timestamp.text(
            get_db().value("SELECT last_login FROM users WHERE username = $1", person)
        ),
        "daily_tasks": _tasks_of_today(person),
        "streak": {
            "current": streak["current_streak"],
            "longest": streak["longest_streak"],
            "last_complete": dates.text(streak["last_complete_date"]),
        },
        "pet": pet,
    }


def _tasks_of_today(person: str) -> list[dict[str, Any]]:
    rows = get_db().all(
        "SELECT task_type, completed_at FROM daily_tasks"
        " WHERE username = $1 AND task_date = $2 AND completed = TRUE"
        " ORDER BY completed_at NULLS LAST, id",
        person,
        runtime.today(),
    )
    return [{**row, "completed_at": timestamp.text(row["completed_at"])} for row in rows]
