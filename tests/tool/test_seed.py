"""The seed: every table holds something, every trap is really there, and only `now` matters.

Each trap that `fixtures/seed/__init__.py` promises is looked for in what was built, whatever
table it stands in.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.security.encryption import reader
from fixtures.seed import DATABASES, build, protection
from migration.config_file import load

PROJECT = Path(__file__).parents[2] / "migration.toml"
NOW = datetime(2026, 2, 4, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=28)
LEAST_ROWS = 227

Rows = dict[str, list[dict[str, object]]]
TIME = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{6})?)?")


def read(folder: Path) -> Rows:
    """Read every row, by table, in the order of the row ids."""
    rows: Rows = {}
    for logical in DATABASES:
        with closing(sqlite3.connect(folder / f"{logical}.db")) as connection:
            connection.row_factory = sqlite3.Row
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            for (name,) in names:
                found = connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid')
                rows[name] = [dict(row) for row in found]
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the seed as of NOW."""
    folder = tmp_path_factory.mktemp("seed")
    build(folder, NOW)
    return folder


@pytest.fixture(scope="module")
def seed(folder: Path) -> Rows:
    return read(folder)


def values(seed: Rows) -> Iterator[object]:
    for rows in seed.values():
        for row in rows:
            yield from row.values()


def texts(seed: Rows) -> Iterator[str]:
    return (value for value in values(seed) if isinstance(value, str))


def columns(seed: Rows) -> Iterator[list[object]]:
    for rows in seed.values():
        for column in rows[0]:
            yield [row[column] for row in rows]


def test_every_table_holds_something(seed: Rows) -> None:
    assert len(seed) == 49
    assert [name for name, rows in seed.items() if not rows] == []
    assert sum(map(len, seed.values())) >= LEAST_ROWS


@pytest.mark.parametrize("logical", DATABASES)
def test_constraints_hold(folder: Path, logical: str) -> None:
    with closing(sqlite3.connect(folder / f"{logical}.db")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(
    "moment",
    [
        NOW,
        LATER,
        datetime(2026, 7, 1, 23, 45, tzinfo=UTC),
        datetime(2024, 2, 29, 0, 0, tzinfo=UTC),
        datetime(2025, 10, 26, 1, 30, tzinfo=ZoneInfo("Europe/London")),
        datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
    ],
)
def test_any_moment_will_do(tmp_path: Path, moment: datetime) -> None:
    build(tmp_path, moment)
    assert sum(map(len, read(tmp_path).values())) >= LEAST_ROWS


def test_the_same_moment_gives_the_same_rows(tmp_path: Path, seed: Rows) -> None:
    build(tmp_path, NOW)
    assert read(tmp_path) == seed


def test_another_moment_moves_the_times_and_nothing_else(tmp_path: Path, seed: Rows) -> None:
    build(tmp_path, LATER)
    later = read(tmp_path)
    differences = 0
    for first, second in zip(values(seed), values(later), strict=True):
        if first != second:
            differences += 1
            assert moved(second, first) == LATER - NOW
    assert differences > LEAST_ROWS


def moved(second: object, first: object) -> timedelta:
    """Return how far a time, a day or a number of Unix seconds has moved."""
    if isinstance(first, float) and isinstance(second, float):
        return timedelta(seconds=second - first)
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert TIME.fullmatch(first)
    return datetime.fromisoformat(second) - datetime.fromisoformat(first)


def test_null_and_empty_stand_side_by_side(seed: Rows) -> None:
    assert sum(None in column and "" in column for column in columns(seed)) >= 10


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("users", "last_login"),
        ("mood_logs", "entrestamp"),
        ("gratitude_logs", "entry_timestamp"),
        ("clinical_scales", "entry_timestamp"),
        ("chat_sessions", "last_active"),
        ("exposure_hierarchy", "hierarchy_rank"),
        ("goals", "target_date"),
        ("ai_memory", "last_updated"),
        ("community_channel_reads", "last_read"),
    ],
)
def test_null_in_sort_columns(seed: Rows, table: str, column: str) -> None:
    found = [row[column] for row in seed[table]]
    assert None in found
    assert any(found)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("gratitude_logs", "entry_timestamp"),
        ("clinical_scales", "entry_timestamp"),
        ("community_posts", "entry_timestamp"),
        ("community_posts", "likes"),
        ("exposure_hierarchy", "hierarchy_rank"),
        ("chat_history", "timestamp"),
        ("appointments", "appointment_date"),
        ("alerts", "created_at"),
        ("goal_milestones", "entry_timestamp"),
    ],
)
def test_ties(seed: Rows, table: str, column: str) -> None:
    assert max(Counter(row[column] for row in seed[table] if row[column]).values()) > 1


def test_mixed_case(seed: Rows) -> None:
    def alike(column: list[object]) -> bool:
        words = {value for value in column if isinstance(value, str)}
        return len({word.casefold() for word in words}) < len(words)

    assert sum(alike(column) for column in columns(seed)) >= 5


@pytest.mark.parametrize(
    "piece",
    ["é", "ß", "İ", "🌱", "🙏🏽", "\t", '"', "'", "\\", "\n", "\r\n", "%", "_"],
    ids=repr,
)
def test_text_that_is_hard_to_carry(seed: Rows, piece: str) -> None:
    assert any(piece in text for text in texts(seed))


@pytest.mark.parametrize(
    "found",
    [
        lambda number: isinstance(number, float) and number == 0.1,
        lambda number: isinstance(number, float) and number == 0.1 + 0.2,
        lambda number: isinstance(number, float) and number < 0,
        lambda number: isinstance(number, int) and 2**31 <= number < 2**53,
        lambda number: isinstance(number, int) and 2**53 < number < 2**63 - 1,
        lambda number: number == 2**63 - 1,
        lambda number: isinstance(number, int) and number < 0,
    ],
    ids=["tenth", "three tenths", "negative", "33 bits", "54 bits", "64 bits", "negative integer"],
)
def test_numbers(seed: Rows, found: Callable[[object], bool]) -> None:
    assert any(found(value) for value in values(seed))


def test_both_spellings_of_time_in_one_column(seed: Rows) -> None:
    def spellings(column: list[object]) -> set[int]:
        return {len(v) for v in column if isinstance(v, str) and TIME.fullmatch(v)}

    assert sum({19, 26} <= spellings(column) for column in columns(seed)) >= 20


def test_children_of_children(seed: Rows) -> None:
    replies = {row["id"]: row["parent_message_id"] for row in seed["dev_messages"]}
    assert any(replies[parent] for parent in replies.values() if parent)
    goals = {row["id"]: row["related_value_id"] for row in seed["goals"]}
    assert any(goals[row["goal_id"]] for row in seed["goal_milestones"])


def test_an_old_and_a_new_account(seed: Rows) -> None:
    def history(username: str) -> list[str]:
        found = [
            str(value)
            for rows in seed.values()
            for row in rows
            if row.get("username") == username
            for value in row.values()
            if isinstance(value, str) and TIME.fullmatch(value) and len(value) > 10
        ]
        return sorted(found)

    assert history("ada")[0] < "2024-02-06"
    assert len(history("ada")) > 100
    assert history("ben")[0] > "2026-02-04 00:00:00"
    assert len(history("ben")) < 10


def test_consent_withdrawn_with_the_data_still_there(seed: Rows) -> None:
    dan = protection.user_hash("dan")
    (consent,) = (row for row in seed["data_consent"] if row["user_hash"] == dan)
    assert (consent["consent_given"], consent["consent_withdrawn"]) == (1, 1)
    assert any(row["user_hash"] == dan for row in seed["training_chats"])


def test_a_user_at_the_sixth_task_on_a_running_streak(seed: Rows) -> None:
    eve = [row for row in seed["daily_tasks"] if row["username"] == "eve" and row["completed"]]
    by_day = Counter(row["task_date"] for row in eve)
    assert by_day == {"2026-02-03": 6, "2026-02-04": 5}
    (streak,) = (row for row in seed["daily_streaks"] if row["username"] == "eve")
    assert streak["last_complete_date"] == "2026-02-03"
    assert not any(
        row["username"] == "eve" and row["log_date"] == "2026-02-04" for row in seed["mood_logs"]
    )


def test_ids_that_were_given_out_and_are_gone(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "therapist_app.db")) as connection:
        (newest,) = connection.execute("SELECT MAX(id) FROM gratitude_logs").fetchone()
        (given_out,) = connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'gratitude_logs'"
        ).fetchone()
    assert given_out > newest


def opened(seed: Rows) -> list[str]:
    """Return every protected value in clear, read as the migration tool reads it."""
    config = load(PROJECT)
    open_value = reader(config.app.settings)
    protected = [name.split(".") for logical in config.databases for name in logical.protected]
    return [
        open_value(str(row[column]))
        for table, column in protected
        for row in seed[table]
        if row[column]
    ]


def test_protected_fields_open_with_the_key_of_the_project(seed: Rows) -> None:
    assert {"Ada Marlow", "Zoë Weißgerber-İnce 🌻", "dan@example.org"} <= set(opened(seed))
    assert not {"Ada Marlow", "dan@example.org"} & set(texts(seed))
    assert {row["full_name"] for row in seed["users"] if row["username"] == "fay"} == {""}


def test_everybody_can_log_in_as_the_replay_does(seed: Rows) -> None:
    """Apart from ike, whose first login renews his hashes and so would end every session kept."""
    users = load(PROJECT).replay.users
    assert {row["username"] for row in seed["users"]} == {*users, "ike"}
    assert {(user["password"], user["pin"]) for user in users.values()} == {
        (protection.PASSWORD, protection.PIN)
    }


def test_nobody_is_real(seed: Rows) -> None:
    """E-mails, phones, postcodes and NHS numbers are from the ranges set aside for fiction."""
    everything = "\n".join([*texts(seed), *opened(seed)])
    assert set(re.findall(r"@([\w.-]+\w)", everything)) == {"example.org"}
    for number in re.findall(r"(?<![\w.:-])(?:\+44|0)[\d ]{9,}", everything):
        assert re.match(r"(?:\+44 |0)(?:7700 900|1632 960)\d{3}", number), number
    assert set(re.findall(r"\b[A-Z]{1,2}\d{1,2} \d[A-Z]{2}\b", everything)) == {"ZZ99 3VZ"}
    numbers = [row["nhs_number"] for row in seed["users"] if row["nhs_number"]]
    assert all(str(number).startswith("999 ") for number in numbers)


def test_moods_fall_on_different_days(seed: Rows) -> None:
    days = sorted((row["username"], row["log_date"]) for row in seed["mood_logs"])
    assert all(first != second for first, second in pairwise(days))
