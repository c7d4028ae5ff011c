"""The memory of the assistant: one line per user about what they logged lately.

Rebuilt as a whole by every route that logs something, read when a prompt is composed. Each
part below looks at the newest few rows of one table; soft-deleted rows are left out.
"""

from api import runtime
from api.db import get_db

EXCERPT = 100
TOOLS_NAMED = 3
NOTHING_YET = "No activity recorded yet"

TOOL_TITLES = {
    "activity-scheduler": "Activity Scheduler",
    "cognitive-distortions": "Cognitive Distortions Quiz",
    "coping-skills": "Coping Skills Selector",
    "core-beliefs": "Core Beliefs Worksheet",
    "exposure-hierarchy": "Exposure Hierarchy Builder",
    "if-then-coping": "If-Then Coping Plan",
    "problem-solving": "Problem-Solving Worksheet",
    "relaxation-audio": "Relaxation Audio Player",
    "safety-plan": "Safety Plan Builder",
    "self-compassion": "Self-Compassion Letter",
    "sleep-hygiene": "Sleep Hygiene Checklist",
    "strengths-inventory": "Strengths Inventory",
    "thought-defusion": "Thought Defusion Exercise",
    "urge-surfing": "Urge Surfing Timer",
    "values-card-sort": "Values Card Sort",
}


def refresh(username: str) -> None:
    """Rebuild the user's summary in `ai_memory`.

    Joins the caller's transaction of the main database and does not commit.
    """
    parts = [
        *_moods(username),
        *_assessments(username),
        *_thought_records(username),
        *_alerts(username),
        *_notes(username),
        *_gratitude(username),
        *_tools(username),
    ]
    get_db().run(
        "INSERT INTO ai_memory (username, memory_summary, last_updated) VALUES ($1, $2, $3)"
        " ON CONFLICT (username) DO UPDATE SET memory_summary = excluded.memory_summary,"
        " last_updated = excluded.last_updated",
        username,
        "; ".join(parts) or NOTHING_YET,
        runtime.now(),
    )


def _moods(username: str) -> list[str]:
    rows = get_db().all(
        "SELECT mood_val, notes FROM mood_logs WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entrestamp DESC NULLS LAST, id DESC LIMIT 5",
        username,
    )
    if not rows:
        return []
    mean = sum(row["mood_val"] for row in rows) / len(rows)
    parts = [f"Recent mood average: {mean:.1f}/10"]
    if note := next((row["notes"] for row in rows if row["notes"]), None):
        parts.append(f"Latest mood note: {note[:EXCERPT]}")
    return parts


def _assessments(username: str) -> list[str]:
    row = get_db().one(
        "SELECT scale_name, score, severity FROM clinical_scales WHERE username = $1"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT 1",
        username,
    )
    if row is None:
        return []
    return [f"Latest assessment: {row['scale_name']} {row['severity']} (score {row['score']})"]


def _thought_records(username: str) -> list[str]:
    rows = get_db().all(
        "SELECT id FROM cbt_records WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT 3",
        username,
    )
    return [f"Recent thought records: {len(rows)}"] if rows else []


def _alerts(username: str) -> list[str]:
    rows = get_db().all(
        "SELECT id FROM alerts WHERE username = $1 AND deleted_at IS NULL AND alert_type <> $2"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT 3",
        username,
        "post_report",
    )
    return [f"Recent safety alerts: {len(rows)}"] if rows else []


def _notes(username: str) -> list[str]:
    rows = get_db().all(
        "SELECT id FROM clinician_notes WHERE patient_username = $1 AND deleted_at IS NULL"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT 5",
        username,
    )
    if not rows:
        return []
    highlighted = get_db().one(
        "SELECT note_text FROM clinician_notes WHERE patient_username = $1"
        " AND deleted_at IS NULL AND is_highlighted = $2"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT 1",
        username,
        True,
    )
    parts = [f"Recent clinician notes: {len(rows)}"]
    if highlighted:
        parts.append(f"Highlighted note: {highlighted['note_text'][:EXCERPT]}")
    return parts


def _gratitude(username: str) -> list[str]:
    rows = get_db().all(
        "SELECT id FROM gratitude_logs WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT 3",
        username,
    )
    return [f"Recent gratitude entries: {len(rows)}"] if rows else []


def _tools(username: str) -> list[str]:
    rows = get_db().all(
        "SELECT tool_type, mood_rating FROM cbt_tool_entries WHERE username = $1"
        " AND deleted_at IS NULL ORDER BY updated_at DESC NULLS LAST, id DESC LIMIT 5",
        username,
    )
    if not rows:
        return []
    names = list(dict.fromkeys(_title(row["tool_type"]) for row in rows))[:TOOLS_NAMED]
    parts = [f"CBT tools used: {', '.join(names)} ({len(rows)} entries)"]
    if (mood := rows[0]["mood_rating"]) is not None:
        parts.append(f"Latest tool mood: {mood}/10")
    return parts


def _title(slug: str) -> str:
    return TOOL_TITLES.get(slug) or slug.replace("-", " ").title()
