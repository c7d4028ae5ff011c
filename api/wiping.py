"""Emptying the databases: every row of every account goes, what the audit trails hold stays.

Behind the administration's routes (`api.admin`). One account alone is erased by
`api.personal_data`, whose pseudonyms the trail keeps here as well.
"""

from collections.abc import Mapping

from api.db import MAIN, PET, TRAINING, get_db
from api.personal_data import hide_in_trail

# Children before their parents, and what refers to accounts before the accounts.
DATA_OF_ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    TRAINING: ("training_chats", "training_patterns", "training_outcomes", "data_consent"),
    PET: ("pet",),
    MAIN: (
        "sessions",
        "verification_codes",
        "gratitude_logs",
        "mood_logs",
        "clinical_scales",
        "safety_plans",
        "daily_tasks",
        "daily_streaks",
        "cbt_records",
        "breathing_exercises",
        "relaxation_techniques",
        "sleep_diary",
        "core_beliefs",
        "exposure_attempts",
        "exposure_hierarchy",
        "problem_solving",
        "coping_cards",
        "self_compassion_journal",
        "cbt_tool_entries",
        "goal_checkins",
        "goal_milestones",
        "goals",
        "values_clarification",
        "ai_memory",
        "chat_history",
        "chat_sessions",
        "community_replies",
        "community_likes",
        "community_channel_reads",
        "community_posts",
        "clinician_notes",
        "alerts",
        "appointments",
        "patient_approvals",
        "messages",
        "notifications",
        "feedback",
        "dev_messages",
        "dev_terminal_logs",
        "dev_ai_chats",
        "users",
    ),
}
OTHER_TABLES: Mapping[str, tuple[str, ...]] = {
    TRAINING: ("training_audit",),
    MAIN: ("audit_logs", "settings"),
}
TRAILS = frozenset({"training_audit", "audit_logs"})


def remove_accounts() -> None:
    """Delete all accounts and everything held about them.

    Joins the transactions of all three databases and does not commit. It can be repeated as
    long as the main database still holds the accounts.
    """
    for row in get_db().all("SELECT username FROM users ORDER BY username"):
        hide_in_trail(row["username"])
    for logical, tables in DATA_OF_ACCOUNTS.items():
        for table in tables:
            get_db(logical).run(f"DELETE FROM {table}")


def empty() -> dict[str, int]:
    """Delete every row of every table but the audit trails; return table -> rows there were.

    Joins the transactions of all three databases and does not commit.
    """
    # Counted before: engines differ in whether a deletion counts the replies it takes along.
    counts = rows()
    remove_accounts()
    get_db().run("DELETE FROM settings")
    return {table: count for table, count in counts.items() if table not in TRAILS}


def rows() -> dict[str, int]:
    """Count the rows of every table."""
    return {
        table: get_db(logical).value(f"SELECT COUNT(*) FROM {table}")
        for group in (DATA_OF_ACCOUNTS, OTHER_TABLES)
        for logical, tables in group.items()
        for table in tables
    }
