"""Moods of today: whether somebody has logged one, and a reminder to everybody who has not."""

from datetime import UTC, datetime, time

from flask import Blueprint

from api import audit, runtime, settings
from api.access import DEVELOPER, PATIENT, Caller
from api.db import MAIN, commit, get_db
from api.db.types import timestamp
from api.disclosure import disclose
from api.home.query import PersonQuery
from api.notifications import notify
from api.web import ANY_ROLE, Body, Reply, endpoint, roles

bp = Blueprint("reminders", __name__)

HOUR = 20
KIND = "mood_reminder"
MESSAGE = "🕗 You have not logged your mood today. How are you?"


class Reminder(Body):
    """`force` reminds at any hour."""

    force: bool = False


@bp.get("/api/mood/check-today")
@endpoint(auth=ANY_ROLE, query=PersonQuery, answers=(200, 403))
def check_today(caller: Caller, query: PersonQuery) -> Reply:
    """Tell whether there is a mood of today: the caller's, or an approved patient's."""
    person = disclose(caller, query.username, "mood_of_today")
    row = get_db().one(
        "SELECT entrestamp FROM mood_logs"
        " WHERE username = $1 AND log_date = $2 AND deleted_at IS NULL",
        person,
        runtime.today(),
    )
    return {
        "logged_today": row is not None,
        "timestamp": timestamp.text(row["entrestamp"]) if row else None,
    }


@bp.post("/api/mood/check-reminder")
@endpoint(auth=roles(DEVELOPER), body=Reminder)
def send_reminders(caller: Caller, body: Reminder) -> Reply:
    """Remind every patient without a mood of today, in the evening and at most once a day."""
    hour = runtime.now().astimezone(settings.current().timezone).hour
    if hour != HOUR and not body.force:
        return {
            "success": True,
            "reminders_sent": 0,
            "message": f"Reminders are sent between {HOUR}:00 and {HOUR}:59.",
        }
    # Two calls at the same moment wait for each other, so that nobody is reminded twice.
    get_db().run("UPDATE users SET last_login = last_login WHERE username = $1", caller.username)
    people = _unreminded()
    for person in people:
        notify(person, MESSAGE, KIND)
    audit.record(caller.username, DEVELOPER, "mood_reminders_sent", f"{len(people)} reminders")
    commit(MAIN)
    return {
        "success": True,
        "reminders_sent": len(people),
        "message": f"{len(people)} reminders sent.",
    }


def _unreminded() -> list[str]:
    """Return the patients who have neither logged a mood nor been reminded today."""
    today = runtime.today()
    midnight = datetime.combine(today, time(), settings.current().timezone).astimezone(UTC)
    rows = get_db().all(
        "SELECT username FROM users WHERE role = $1"
        " AND NOT EXISTS (SELECT 1 FROM mood_logs WHERE mood_logs.username = users.username"
        " AND log_date = $2 AND deleted_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM notifications WHERE recipient_username = users.username"
        " AND notification_type = $3 AND created_at >= $4)"
        " ORDER BY username",
        PATIENT,
        today,
        KIND,
        midnight,
    )
    return [row["username"] for row in rows]
