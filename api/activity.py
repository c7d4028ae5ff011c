"""How much somebody has logged: the counts that profiles and analytics show."""

from dataclasses import dataclass

from api.db import get_db


@dataclass(frozen=True)
class Activity:
    """All-time counts, without rows that are marked as deleted."""

    mood_logs: int
    gratitude_entries: int
    cbt_entries: int
    therapy_sessions: int


def activity_of(username: str) -> Activity:
    """Count what this person has logged; a therapy session is a thread of the therapy chat."""
    row = get_db().one(
        "SELECT"
        " (SELECT COUNT(*) FROM mood_logs WHERE username = $1 AND deleted_at IS NULL)"
        " AS mood_logs,"
        " (SELECT COUNT(*) FROM gratitude_logs WHERE username = $1 AND deleted_at IS NULL)"
        " AS gratitude_entries,"
        " (SELECT COUNT(*) FROM cbt_records WHERE username = $1 AND deleted_at IS NULL)"
        " AS cbt_entries,"
        " (SELECT COUNT(*) FROM chat_sessions WHERE username = $1) AS therapy_sessions",
        username,
    )
    return Activity(**(row or {}))
