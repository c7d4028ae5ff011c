"""The six daily tasks, and the streak of days on which all of them were done.

Called by the routes that log an activity and by those about the tasks themselves. The day is
the user's day (`runtime.today`). The bonus of a full day goes to `daily_streaks` and, under an
idempotency key naming the day, to the pet (`api.pets`): commit the pet database before the
main one. Whoever logs an activity refreshes the memory (`api.memory`), then completes the task,
then rewards the pet: where everybody locks in one order, nobody waits in a circle.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from api import audit, pets, runtime
from api.db import get_db
from api.db.types import date as dates

Task = Literal[
    "log_mood",
    "practice_gratitude",
    "check_pet",
    "breathing_exercise",
    "therapy_session",
    "read_resource",
]
TASKS: tuple[Task, ...] = get_args(Task)
BONUS = pets.Gain(happiness=10, coins=50, xp=100)


@dataclass(frozen=True)
class Progress:
    """How many of the day's tasks are done, and whether this one completed the day."""

    completed: int
    bonus_awarded: bool


def complete_task(username: str, task: str) -> Progress:
    """Mark one of TASKS as done today; give the bonus when it is the last missing one.

    Joins the caller's transactions of the main and the pet database and does not commit.
    """
    today = runtime.today()
    # Two tasks done at the same moment wait for each other, so that one of them sees both.
    get_db().run("UPDATE users SET last_login = last_login WHERE username = $1", username)
    get_db().run(
        "INSERT INTO daily_tasks (username, task_type, completed, completed_at, task_date)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (username, task_type, task_date)"
        " DO UPDATE SET completed = excluded.completed, completed_at = excluded.completed_at",
        username,
        task,
        True,
        runtime.now(),
        today,
    )
    completed = _completed(username, today)
    return Progress(completed, completed == len(TASKS) and _award_bonus(username, today))


def _completed(username: str, day: date) -> int:
    rows = get_db().all(
        "SELECT task_type FROM daily_tasks WHERE username = $1 AND task_date = $2"
        " AND completed = $3 ORDER BY id",
        username,
        day,
        True,
    )
    return len({row["task_type"] for row in rows} & set(TASKS))


def _award_bonus(username: str, today: date) -> bool:
    """Count a full day, once; return whether it was counted now."""
    streak = _streak(username, today)
    if streak is None:
        return False
    get_db().run(
        "INSERT INTO daily_streaks (username, current_streak, longest_streak,"
        " last_complete_date, total_bonus_coins, total_bonus_xp)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (username) DO UPDATE SET"
        " current_streak = excluded.current_streak, longest_streak = excluded.longest_streak,"
        " last_complete_date = excluded.last_complete_date,"
        " total_bonus_coins = daily_streaks.total_bonus_coins + excluded.total_bonus_coins,"
        " total_bonus_xp = daily_streaks.total_bonus_xp + excluded.total_bonus_xp",
        username,
        streak.current,
        streak.longest,
        today,
        BONUS.coins,
        BONUS.xp,
    )
    pets.give(username, BONUS, key=f"daily:{today.isoformat()}")
    audit.record(username, "daily", "daily_bonus_awarded", f"streak of {streak.current} days")
    return True


@dataclass(frozen=True)
class Streak:
    current: int
    longest: int


def _streak(username: str, today: date) -> Streak | None:
    """Return the streak that includes today, None when today is counted already."""
    row = get_db().one(
        "SELECT current_streak, longest_streak, last_complete_date FROM daily_streaks"
        " WHERE username = $1",
        username,
    )
    if row is None:
        return Streak(1, 1)
    last = dates.day(row["last_complete_date"])
    if last == today:
        return None
    current = row["current_streak"] + 1 if last == today - timedelta(days=1) else 1
    return Streak(current, max(current, row["longest_streak"]))
