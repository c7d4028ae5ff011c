"""The day of a patient under parallel requests."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.daily import TASKS
from api.db import MAIN, PET, close_pools


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_six_tasks_at_once_make_one_full_day(app: Flask) -> None:
    browsers = {task: Browser(app, "ben") for task in TASKS}

    def complete(task: str) -> bool:
        answer = browsers[task].post("/api/daily-tasks/complete", {"task_type": task})
        bonus: bool = answer.json["bonus_awarded"]
        return bonus

    with ThreadPoolExecutor(len(TASKS)) as pool:
        assert sorted(pool.map(complete, TASKS)) == [False] * 5 + [True]
    (streak,) = rows(app, MAIN, "SELECT * FROM daily_streaks WHERE username = 'ben'")
    assert (streak["current_streak"], streak["total_bonus_coins"]) == (1, 50)
    assert rows(app, PET, "SELECT coins, xp FROM pet WHERE username = 'ben'") == [
        {"coins": 50, "xp": 100}
    ]


def test_nobody_is_reminded_twice(app: Flask) -> None:
    answers = Browser(app, "dev").at_once(6, "/api/mood/check-reminder", {"force": True})
    assert sorted(answer.json["reminders_sent"] for answer in answers) == [0, 0, 0, 0, 0, 6]
    found = rows(
        app,
        MAIN,
        "SELECT recipient_username FROM notifications WHERE notification_type = 'mood_reminder'"
        " ORDER BY recipient_username",
    )
    assert [row["recipient_username"] for row in found] == [
        "ada",
        "ben",
        "dan",
        "eve",
        "fay",
        "ike",
    ]


def test_a_plan_written_by_two_at_once_loses_nothing(app: Flask) -> None:
    parts = {"triggers": "night", "coping_strategies": "tea", "support_contacts": "mum",
             "professional_contacts": "GP"}  # fmt: skip
    browsers = {name: Browser(app, "ben") for name in parts}

    def save(name: str) -> int:
        return browsers[name].post("/api/safety-plan", {name: parts[name]}).status_code

    with ThreadPoolExecutor(len(parts)) as pool:
        assert set(pool.map(save, parts)) == {201}
    assert Browser(app, "ben").send("GET", "/api/safety-plan").json == parts
