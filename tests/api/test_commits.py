"""Requests over several databases: whatever commit fails, repeating completes the request.

Completed means: the databases hold what they would hold had nothing failed, ids apart.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from obstacles import failing_commits
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import LOGICAL, MAIN, PET, TRAINING, catalogue, close_pools
from api.personal_data import FORMATS
from fixtures.seed.protection import PASSWORD

MOOD = ("POST", "/api/mood/log", {"mood_val": 8, "water_pints": 2.5})
GRATITUDE = ("POST", "/api/gratitude/log", {"entry": "the sea 🌊"})
PHQ9 = ("POST", "/api/clinical/phq9", {"scores": [1, 2, 3, 0, 1, 2, 3, 0, 1]})
CHAT = ("POST", "/api/therapy/chat", {"message": "I want to die. Ada, ada@example.org"})
TRAINING_RUN = ("POST", "/api/ai/trigger-training", {})
LAST_TASK = ("POST", "/api/daily-tasks/complete", {"task_type": "log_mood"})
DELETION = ("POST", "/api/developer/users/delete", {"target_username": "ada"})
RESET = ("POST", "/api/admin/reset-users", {"confirm": "DELETE_ALL_USERS"})
WIPE = ("POST", "/api/admin/wipe-database", {"confirm": "WIPE_DATABASE"})
BREATHING = ("POST", "/api/cbt/breathing", {"exercise_type": "box"})
CHECKIN = ("POST", "/api/cbt/goals/1/checkin", {"progress_notes": "called"})
MILESTONE = ("PUT", "/api/cbt/goals/1/milestone/2", {"is_completed": True})
THOUGHT = ("POST", "/api/cbt/thought-record", {"situation": "bus", "thought": "they look"})
TOOL = ("POST", "/api/cbt-tools/save", {"tool_type": "core-beliefs", "data": {"strength": 40}})
ERASURE = ("DELETE", "/api/account", {"password": PASSWORD})

# eve's mood is her sixth task of the day, so that her pet earns two rewards in one request.
REQUESTS = [
    ("eve", MOOD, PET, "pet"),
    ("eve", MOOD, MAIN, "mood_logs"),
    ("eve", GRATITUDE, PET, "pet"),
    ("eve", GRATITUDE, MAIN, "gratitude_logs"),
    ("eve", PHQ9, PET, "pet"),
    ("eve", PHQ9, MAIN, "clinical_scales"),
    # The chat commits the main database twice, before and after the model is asked.
    ("ada", CHAT, MAIN, "chat_history"),
    ("ada", CHAT, TRAINING, "training_chats"),
    ("ada", CHAT, PET, "pet"),
    ("ada", CHAT, MAIN, "daily_tasks"),
    ("dev", TRAINING_RUN, TRAINING, "training_patterns"),
    ("dev", TRAINING_RUN, MAIN, "audit_logs"),
    ("eve", LAST_TASK, PET, "pet"),
    ("eve", LAST_TASK, MAIN, "daily_tasks"),
    ("eve", BREATHING, PET, "pet"),
    ("eve", BREATHING, MAIN, "breathing_exercises"),
    ("ada", CHECKIN, PET, "pet"),
    ("ada", CHECKIN, MAIN, "goal_checkins"),
    ("ada", MILESTONE, PET, "pet"),
    ("ada", MILESTONE, MAIN, "goal_milestones"),
    ("eve", THOUGHT, PET, "pet"),
    ("eve", THOUGHT, MAIN, "cbt_records"),
    ("eve", TOOL, PET, "pet"),
    ("eve", TOOL, MAIN, "cbt_tool_entries"),
    ("ada", ERASURE, TRAINING, "data_consent"),
    ("ada", ERASURE, PET, "pet"),
    ("ada", ERASURE, MAIN, "users"),
    ("dev", DELETION, TRAINING, "data_consent"),
    ("dev", DELETION, PET, "pet"),
    ("dev", DELETION, MAIN, "users"),
    ("dev", RESET, TRAINING, "data_consent"),
    ("dev", RESET, PET, "pet"),
    ("dev", RESET, MAIN, "users"),
    ("dev", WIPE, TRAINING, "data_consent"),
    ("dev", WIPE, PET, "pet"),
    ("dev", WIPE, MAIN, "users"),
]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    engine: str = request.param
    return engine


@pytest.fixture
def app(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(engine, request, tmp_path / "disturbed")
    yield app
    close_pools(app)


@pytest.fixture
def undisturbed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app("sqlite", request, tmp_path / "undisturbed")
    yield app
    close_pools(app)


@pytest.mark.parametrize(("username", "request_", "logical", "table"), REQUESTS)
def test_a_failed_commit_is_made_good_by_repeating(
    app: Flask,
    engine: str,
    undisturbed: Flask,
    username: str,
    request_: tuple[str, str, Any],
    logical: str,
    table: str,
) -> None:
    browser = Browser(app, username)
    with failing_commits(app, engine, logical, table):
        assert browser.send(*request_).status_code >= 400
    assert browser.send(*request_).status_code in (200, 201)
    assert Browser(undisturbed, username).send(*request_).status_code in (200, 201)
    assert contents(app) == contents(undisturbed)


def contents(app: Flask) -> dict[str, list[str]]:
    """Return every row of all databases, ids apart, in a form that both engines share."""
    found = {}
    for logical in LOGICAL:
        for table in catalogue.tables(logical):
            columns = {
                column.name: FORMATS.get(column.declared, lambda value: value)
                for column in table.columns
                if column.name != "id"
            }
            found[f"{logical}.{table.name}"] = sorted(
                json.dumps(
                    {name: form(row[name]) for name, form in columns.items()}, sort_keys=True
                )
                for row in rows(app, logical, f"SELECT * FROM {table.name}")
            )
    return found
