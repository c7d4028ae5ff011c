"""What every domain leans on: audit, notifications, daily tasks, memory, pet rewards; on both
engines.
"""

import sqlite3
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from api_support import NOW, add_user, make_app

from api import audit, daily, memory, notifications, pets
from api.db import LOGICAL, MAIN, PET, close_pools, commit, get_db
from api.db.errors import ForeignKeyViolation
from api.db.schema import create_schema
from api.db.types import date as days
from api.db.types import timestamp
from migration.db import open_postgres
from migration.schema import convert, ddl
from migration.source import catalogue


@pytest.fixture(scope="session")
def postgres_schema() -> str:
    """The DDL of all three logical databases for PostgreSQL."""
    parts = []
    for name in LOGICAL:
        source = sqlite3.connect(":memory:", isolation_level=None)
        create_schema(source, name)
        parts.append(ddl.render(convert.convert(catalogue.read(source), schema=name)))
        source.close()
    return "\n".join(parts)


@pytest.fixture(params=["sqlite", "postgres"])
def app(request, tmp_path):
    """The application on three empty databases, with ada, her clinician and their pets."""
    settings = {}
    if request.param == "postgres":
        settings["DATABASE_URL"] = url = request.getfixturevalue("scratch_database")
        with open_postgres(url) as connection:
            connection.execute(request.getfixturevalue("postgres_schema"))
    app = make_app(tmp_path, **settings)
    for username, role in (("ada", "user"), ("ben", "user"), ("grace", "clinician")):
        add_user(app, username, role)
    yield app
    close_pools(app)


@pytest.fixture
def clock(app):
    return app.config["SETTINGS"].clock


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


def again(app):
    """Look with another connection at what was committed."""
    return app.app_context()


def count(table: str, database: str = MAIN) -> int:
    return get_db(database).value(f"SELECT COUNT(*) AS n FROM {table}")


class TestAudit:
    def test_an_event_is_stored_with_the_time_of_the_clock(self):
        audit.record("ada", "api", "mood_logged", "value 7")

        row = get_db().one("SELECT * FROM audit_logs")
        assert [row[key] for key in ("username", "actor", "action", "details")] == [
            "ada",
            "api",
            "mood_logged",
            "value 7",
        ]
        assert timestamp.text(row["timestamp"]) == "2026-02-04 10:30:00"

    def test_it_stands_or_falls_with_the_callers_transaction(self, app):
        audit.record("ada", "api", "lost")
        get_db().rollback()
        audit.record("ada", "api", "kept")
        commit(MAIN)

        with again(app):
            assert get_db().all("SELECT action FROM audit_logs") == [{"action": "kept"}]

    def test_an_incident_is_kept_and_the_rest_of_the_request_is_not(self, app):
        notifications.notify("ada", "half done")

        audit.incident("security", "refused")

        with again(app):
            assert count("notifications") == 0
            assert get_db().value("SELECT username FROM audit_logs") == "system"

    def test_an_incident_follows_a_failed_statement(self, app):
        notifications.notify("ada", "once")
        with pytest.raises(ForeignKeyViolation):
            notifications.notify("nobody", "to no one")

        audit.incident("error", "it_failed")

        with again(app):
            assert count("audit_logs") == 1


def test_a_notification_is_unread_and_of_its_kind():
    notifications.notify("ada", "Welcome 🌱")
    notifications.notify("ada", "Come back", "mood_reminder")

    rows = get_db().all("SELECT * FROM notifications ORDER BY id")
    assert [(row["message"], row["notification_type"], bool(row["read"])) for row in rows] == [
        ("Welcome 🌱", "info", False),
        ("Come back", "mood_reminder", False),
    ]


def add_pet(username: str = "ada", **values: object) -> None:
    names = ["username", *values]
    marks = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    get_db(PET).run(
        f"INSERT INTO pet ({', '.join(names)}) VALUES ({marks})", username, *values.values()
    )
    commit(PET)


def pet(username: str = "ada") -> dict[str, object]:
    row = get_db(PET).one("SELECT * FROM pet WHERE username = $1", username)
    assert row
    return row


NEEDS = ("hunger", "happiness", "energy", "hygiene", "coins", "xp")


class TestPets:
    @pytest.mark.parametrize(
        ("action", "kind", "after"),
        [
            ("anything", None, (13, 13, 13, 13, 5, 15)),
            ("mood", None, (13, 23, 18, 13, 5, 15)),
            ("gratitude", None, (13, 23, 18, 13, 5, 15)),
            ("therapy", None, (23, 23, 23, 18, 5, 30)),
            ("anything", "cbt", (13, 13, 13, 13, 15, 20)),
            ("therapy", "clinical", (23, 23, 23, 18, 20, 45)),
        ],
    )
    def test_an_activity_earns_its_reward(self, action, kind, after):
        add_pet(hunger=10, happiness=10, energy=10, hygiene=10)
        add_pet("ben", hunger=10)

        assert pets.reward("ada", action, key="k1", kind=kind)

        assert tuple(pet()[name] for name in NEEDS) == after
        assert pet("ben")["hunger"] == 10

    def test_needs_end_at_a_hundred(self):
        add_pet(hunger=99, happiness=95, energy=100, hygiene=98)

        pets.reward("ada", "mood", key="k1")

        assert [pet()[name] for name in NEEDS[:4]] == [100, 100, 100, 100]

    @pytest.mark.parametrize(
        ("stage", "xp", "after"),
        [
            ("Baby", 484, "Baby"),
            ("Baby", 485, "Child"),
            ("Baby", 5000, "Child"),
            ("Child", 1484, "Child"),
            ("Child", 1485, "Adult"),
            ("Adult", 5000, "Adult"),
        ],
    )
    def test_a_pet_grows_up_one_stage_at_a_time(self, stage, xp, after):
        add_pet(stage=stage, xp=xp)

        pets.reward("ada", "anything", key="k1")

        assert pet()["stage"] == after

    def test_a_key_earns_once_also_after_other_keys(self):
        add_pet()

        given = [pets.reward("ada", "mood", key=key) for key in ("a", "b", "a", "b", "c")]

        assert given == [True, True, False, False, True]
        assert pet()["coins"] == 15

    def test_only_the_latest_keys_are_kept(self):
        add_pet()

        for number in range(pets.KEYS_KEPT + 2):
            pets.reward("ada", "mood", key=f"k{number}")

        kept = " ".join(f"k{number}" for number in range(2, pets.KEYS_KEPT + 2))
        assert pet()["last_reward"] == kept

    def test_without_a_pet_there_is_no_reward(self):
        assert not pets.reward("ada", "mood", key="k1")

    def test_a_reward_waits_for_the_commit(self, app):
        add_pet()

        pets.reward("ada", "mood", key="k1")

        with again(app):
            assert pet()["coins"] == 0

    def test_parallel_requests_with_one_key_earn_once(self, app):
        add_pet()
        ready = Barrier(4)

        def work() -> None:
            with app.app_context():
                ready.wait()
                pets.reward("ada", "mood", key="same")
                commit(PET)

        threads = [Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with again(app):
            assert (pet()["coins"], pet()["last_reward"]) == (5, "same")


class TestDaily:
    def complete(self, *tasks: str, username: str = "ada") -> list[daily.Progress]:
        return [daily.complete_task(username, task) for task in tasks]

    def streak(self) -> dict[str, object]:
        row = get_db().one("SELECT * FROM daily_streaks WHERE username = $1", "ada")
        assert row
        return row

    def test_a_task_counts_once_a_day(self):
        progress = self.complete("log_mood", "log_mood", "check_pet")

        assert [step.completed for step in progress] == [1, 1, 2]
        assert count("daily_tasks") == 2

    def test_the_sixth_different_task_brings_the_bonus(self):
        add_pet(happiness=50)
        add_pet("ben")

        *before, sixth, repeated = self.complete(*daily.TASKS, "log_mood")

        assert not any(step.bonus_awarded for step in before)
        assert sixth == daily.Progress(6, bonus_awarded=True)
        assert repeated == daily.Progress(6, bonus_awarded=False)
        streak = self.streak()
        assert (streak["total_bonus_coins"], streak["total_bonus_xp"]) == (50, 100)
        assert tuple(pet()[name] for name in ("coins", "xp", "happiness")) == (50, 100, 60)
        assert pet("ben")["coins"] == 0
        assert get_db().value("SELECT action FROM audit_logs") == "daily_bonus_awarded"

    def test_a_task_of_no_meaning_does_not_complete_the_day(self):
        progress = self.complete(*daily.TASKS[:5], "something_else")

        assert progress[-1] == daily.Progress(5, bonus_awarded=False)

    @pytest.mark.parametrize(
        ("last", "current", "longest", "after"),
        [
            (1, 3, 3, (4, 4)),
            (1, 3, 9, (4, 9)),
            (2, 3, 9, (1, 9)),
            (None, 0, 0, (1, 1)),
        ],
    )
    def test_a_streak_goes_on_only_from_yesterday(self, last, current, longest, after):
        day = last and (NOW - timedelta(days=last)).date()
        get_db().run(
            "INSERT INTO daily_streaks (username, current_streak, longest_streak,"
            " last_complete_date, total_bonus_coins, total_bonus_xp)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            *("ada", current, longest, day, 150, 300),
        )

        self.complete(*daily.TASKS)

        streak = self.streak()
        assert (streak["current_streak"], streak["longest_streak"]) == after
        assert days.text(streak["last_complete_date"]) == "2026-02-04"
        assert (streak["total_bonus_coins"], streak["total_bonus_xp"]) == (200, 400)

    def test_a_new_day_begins_at_midnight_in_the_configured_zone(self, clock):
        clock.moment = datetime(2026, 7, 1, 22, 59, tzinfo=UTC)
        self.complete(*daily.TASKS[:3])
        clock.advance(minutes=1)

        [progress] = self.complete(daily.TASKS[3])

        assert progress.completed == 1

    def test_a_repeated_request_gives_the_pet_its_bonus_once(self, app):
        add_pet()
        self.complete(*daily.TASKS[:5])
        commit(MAIN)
        for _ in range(2):
            with again(app):
                daily.complete_task("ada", daily.TASKS[5])
                commit(PET)

        with again(app):
            assert pet()["coins"] == 50
            assert count("daily_streaks") == 0


def log_mood(days_ago: int, value: int, notes: str | None = None) -> None:
    moment = NOW - timedelta(days=days_ago)
    get_db().run(
        "INSERT INTO mood_logs (username, mood_val, notes, entrestamp, log_date)"
        " VALUES ($1, $2, $3, $4, $5)",
        *("ada", value, notes, moment, moment.date()),
    )


def use_tool(slug: str, minute: int, mood: int | None = None) -> None:
    get_db().run(
        "INSERT INTO cbt_tool_entries (username, tool_type, data, mood_rating, updated_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        *("ada", slug, "{}", mood, NOW + timedelta(minutes=minute)),
    )


def summary() -> str:
    memory.refresh("ada")
    return get_db().value("SELECT memory_summary FROM ai_memory WHERE username = $1", "ada")


class TestMemory:
    def test_without_activity_it_says_so(self):
        assert summary() == "No activity recorded yet"

    def test_moods_are_averaged_over_the_newest_five(self):
        for days_ago, value in enumerate((7, 6, 6, 6, 7, 1)):
            log_mood(days_ago, value)

        assert summary() == "Recent mood average: 6.4/10"

    def test_the_latest_note_is_cut_to_a_hundred_characters(self):
        log_mood(2, 5, "older")
        log_mood(1, 5, "ß" * 150)
        log_mood(0, 5, None)

        assert summary() == f"Recent mood average: 5.0/10; Latest mood note: {'ß' * 100}"

    def test_every_part_has_its_place(self):
        log_mood(0, 7, "fine")
        database = get_db()
        for scale, score, minute in (("PHQ-9", 4, 0), ("GAD-7", 12, 1)):
            database.run(
                "INSERT INTO clinical_scales (username, scale_name, score, severity,"
                " entry_timestamp) VALUES ($1, $2, $3, $4, $5)",
                *("ada", scale, score, "Moderate", NOW + timedelta(minutes=minute)),
            )
        database.run("INSERT INTO alerts (username, alert_type) VALUES ($1, $2)", "ada", "crisis")
        for text, flag in (("plain", False), ("important", True)):
            database.run(
                "INSERT INTO clinician_notes (clinician_username, patient_username, note_text,"
                " is_highlighted, created_at) VALUES ($1, $2, $3, $4, $5)",
                *("grace", "ada", text, flag, NOW),
            )
        for number in range(4):
            database.run(
                "INSERT INTO gratitude_logs (username, entry) VALUES ($1, $2)",
                *("ada", f"entry {number}"),
            )
            database.run(
                "INSERT INTO cbt_records (username, situation, thought) VALUES ($1, $2, $3)",
                *("ada", "s", "t"),
            )
        use_tool("core-beliefs", 0)

        assert summary().split("; ") == [
            "Recent mood average: 7.0/10",
            "Latest mood note: fine",
            "Latest assessment: GAD-7 Moderate (score 12)",
            "Recent thought records: 3",
            "Recent safety alerts: 1",
            "Recent clinician notes: 2",
            "Highlighted note: important",
            "Recent gratitude entries: 3",
            "CBT tools used: Core Beliefs Worksheet (1 entries)",
        ]

    def test_tools_are_named_newest_first_up_to_three(self):
        slugs = ["urge-surfing", "my-own-tool", "sleep-hygiene", "safety-plan"]
        for minute, slug in enumerate(reversed(slugs)):
            use_tool(slug, minute, mood=minute or None)

        assert summary() == (
            "CBT tools used: Urge Surfing Timer, My Own Tool, Sleep Hygiene Checklist (4 entries);"
            " Latest tool mood: 3/10"
        )

    def test_deleted_entries_are_forgotten(self):
        log_mood(0, 7)
        get_db().run("UPDATE mood_logs SET deleted_at = $1", NOW)

        assert summary() == "No activity recorded yet"

    def test_a_new_summary_replaces_the_old_one(self, clock):
        memory.refresh("ada")
        clock.advance(hours=1)
        log_mood(0, 7)

        assert summary() == "Recent mood average: 7.0/10"
        row = get_db().one("SELECT * FROM ai_memory")
        assert timestamp.text(row["last_updated"]) == "2026-02-04 11:30:00"
        assert count("ai_memory") == 1
