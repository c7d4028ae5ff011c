"""What a fault is, and the few tests of ours that are run after each.

The tests of one command (`REPLAY`, `DOMAINS`, `SCHEMA`, `DATA`) are the same for every fault, and
those that a fault names are all that may turn red: a gate that is red at every fault proves as
little as one that never is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from migration.evidence.suite import required_checks

Red: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Fault:
    """One edit, the tests that are run after it, and each that must fail with what it must say."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    red: Red


def on_sqlite(case: str) -> str:
    """Name the test that replays a case on the reference."""
    return f"test_reference[{case}]"


def on_postgres(case: str) -> str:
    """Name the test that replays a case on the candidate."""
    return f"test_candidate[{case}]"


def on_both(*cases: str) -> list[str]:
    """Name the tests that replay cases on both engines."""
    return [test(case) for case in cases for test in (on_sqlite, on_postgres)]


def saying(tests: Iterable[str], *words: str) -> Red:
    """Let each of the tests fail with the same words."""
    return dict.fromkeys(tests, words)


def _replayed(domain: str, *cases: str) -> list[str]:
    return [f"tests/compat/test_{domain}.py::{test}" for test in on_both(*cases)]


def _checks(step: str) -> tuple[str, ...]:
    return tuple(f"tests/steps/test_{step}.py::{check}" for check in sorted(required_checks(step)))


MOOD = "POST /api/mood/log: success"
MOOD_TWICE = "POST /api/mood/log: twice"
MOOD_SHOWN = "POST /api/mood/log: nothing but the mood"
MOODS = "GET /api/mood/history: page by page"
GRATITUDE = "GET /api/gratitude/history: ties in time, rows marked as deleted stay out"
LOGIN = "POST /api/auth/login: success"
FORGOTTEN = "POST /api/auth/forgot-password: success"
REGISTERED = "POST /api/auth/register: success"
PET = "GET /api/pet/status: success"
ADOPTED = "POST /api/pet/create: success"
ADOPTED_TWICE = "POST /api/pet/create: twice"
REWARDED = "POST /api/pet/reward: success"
MANIFEST = "test_manifest"

CHAT = "POST /api/therapy/chat: success"
CALL_FOR_HELP = "POST /api/therapy/chat: words of risk reach the clinician"
ALERT_SEEN = "GET /api/clinician/alerts: from a call for help to the clinician who has seen it"
INSIGHTS = "GET /api/insights: success"
TOOL_SAVED = "POST /api/cbt-tools/save: data that is text, a number, false"
SUMMARY = "GET /api/cbt/summary: means half-way between two decimals"
POST_DELETED = "DELETE /api/community/post/<int:post_id>: success"
REACTED = "POST /api/community/post/<int:post_id>/react: success"
REACTED_TWICE = "POST /api/community/post/<int:post_id>/react: twice"
CONVERSATION = "GET /api/messages/conversation/<recipient_username>: success"
BOOKED = (
    "POST /api/appointments: late on a summer's evening, which is another day where the users live"
)
DASHBOARD = "GET /api/analytics/dashboard: success"
FHIR = "GET /api/export/fhir: signed with a key of its own, named by the public address"
HOME = "GET /api/home/data: five of six tasks done"
WIPED = "POST /api/admin/wipe-database: success"

GENERATED = "test_committed_ddl_is_the_generated_one"
DECLARED = "test_target_declares_what_the_source_declares"
SAME_ROWS = "test_every_row_is_the_same"
NEW_IDS = "test_new_rows_get_new_ids"

REPLAY = (
    *_replayed("wellbeing", MOOD, MOOD_TWICE, MOOD_SHOWN, MOODS, GRATITUDE),
    *_replayed("auth", LOGIN, FORGOTTEN, REGISTERED),
    *_replayed("pet", PET, ADOPTED, ADOPTED_TWICE, REWARDED),
    f"tests/compat/test_pet.py::{MANIFEST}",
)
DOMAINS = (
    *_replayed("therapy", CHAT, CALL_FOR_HELP),
    *_replayed("alerts", ALERT_SEEN),
    *_replayed("insights", INSIGHTS),
    *_replayed("cbt_tools", TOOL_SAVED),
    *_replayed("cbt_thoughts", SUMMARY),
    *_replayed("community", POST_DELETED, REACTED, REACTED_TWICE),
    *_replayed("messages", CONVERSATION),
    *_replayed("appointments", BOOKED),
    *_replayed("professional", DASHBOARD),
    *_replayed("exports", FHIR),
    *_replayed("home", HOME),
    *_replayed("admin", WIPED),
)
SCHEMA = _checks("schema")
DATA = _checks("data")
