"""The schema as SQLite enforces it: its tables, keys, ranges, and what goes with whom."""

import sqlite3
from collections.abc import Iterator

import pytest

from api.db.addresses import LOGICAL, MAIN, PET, TRAINING
from api.db.schema import SCHEMA_VERSION, create_schema, is_empty, schema_version, statements
from api.db.sqlite import connect

Database = sqlite3.Connection
TABLES = {MAIN: 43, PET: 1, TRAINING: 5}
# The name in an audit row may also be nobody's, and outlives the account.
WITHOUT_ACCOUNT = {"audit_logs"}
SAMPLES = {"JSON": "{}", "DATE": "2026-02-04", "BOOLEAN": 1, "INTEGER": 5, "REAL": 5.0}


@pytest.fixture
def databases() -> Iterator[dict[str, Database]]:
    """The three databases, new."""
    made = {logical: connect(":memory:") for logical in LOGICAL}
    for logical, connection in made.items():
        create_schema(connection, logical)
    yield made
    for connection in made.values():
        connection.close()


@pytest.fixture
def main(databases: dict[str, Database]) -> Database:
    return databases[MAIN]


def tables(database: Database) -> list[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    return [row["name"] for row in rows]


def columns(database: Database, table: str) -> list[dict[str, object]]:
    return database.execute(f"PRAGMA table_info({table})").fetchall()


def references(database: Database, table: str) -> dict[str, tuple[str, str]]:
    """Column -> (table it refers to, what a deletion there does)."""
    keys = database.execute(f"PRAGMA foreign_key_list({table})")
    return {key["from"]: (key["table"], key["on_delete"]) for key in keys}


def add(database: Database, table: str, **given: object) -> int:
    """Insert a row in which every column that must be filled is, and return its number."""
    row = {
        str(column["name"]): SAMPLES.get(str(column["type"]), f"{table}.{column['name']}")
        for column in columns(database, table)
        if column["notnull"] and column["dflt_value"] is None
    } | given
    marks = ", ".join(f":{name}" for name in row)
    cursor = database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)
    return int(cursor.lastrowid or 0)


def add_user(database: Database, name: str) -> None:
    add(database, "users", username=name)


class TestTables:
    @pytest.mark.parametrize("logical", LOGICAL)
    def test_all_are_there(self, databases: dict[str, Database], logical: str) -> None:
        assert len(tables(databases[logical])) == TABLES[logical]

    @pytest.mark.parametrize("logical", LOGICAL)
    def test_every_table_has_a_key(self, databases: dict[str, Database], logical: str) -> None:
        database = databases[logical]
        keyless = [
            table
            for table in tables(database)
            if not any(column["pk"] for column in columns(database, table))
        ]
        assert keyless == []

    @pytest.mark.parametrize("logical", LOGICAL)
    def test_an_id_is_never_used_again(self, databases: dict[str, Database], logical: str) -> None:
        database = databases[logical]
        with_id = {
            table
            for table in tables(database)
            if any(column["name"] == "id" for column in columns(database, table))
        }
        counted = {
            row["name"]
            for row in database.execute(
                "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
            )
        }
        assert with_id == counted

    @pytest.mark.parametrize("logical", LOGICAL)
    def test_a_flag_is_zero_or_one(self, databases: dict[str, Database], logical: str) -> None:
        database = databases[logical]
        database.execute("PRAGMA foreign_keys = OFF")
        for table in tables(database):
            for column in columns(database, table):
                if column["type"] == "BOOLEAN":
                    for wrong in (2, None, "yes"):
                        with pytest.raises(sqlite3.IntegrityError):
                            add(database, table, **{str(column["name"]): wrong})


class TestCreation:
    def test_the_version_is_written(self, databases: dict[str, Database]) -> None:
        versions = [schema_version(database) for database in databases.values()]
        assert versions == [SCHEMA_VERSION] * 3

    def test_tables_that_are_there_are_left_alone(self, main: Database) -> None:
        add_user(main, "ada")
        create_schema(main, MAIN)
        assert [row["username"] for row in main.execute("SELECT * FROM users")] == ["ada"]

    def test_a_plain_connection_will_do(self) -> None:
        connection = sqlite3.connect(":memory:")
        assert is_empty(connection)
        create_schema(connection, PET)
        assert not is_empty(connection)
        assert not connection.in_transaction
        connection.close()

    def test_an_unknown_database_is_refused_and_nothing_made(self) -> None:
        connection = sqlite3.connect(":memory:")
        with pytest.raises(LookupError, match="holiday_photos"):
            create_schema(connection, "holiday_photos")
        assert is_empty(connection)
        assert not connection.in_transaction
        connection.close()

    def test_statements_come_one_by_one(self) -> None:
        assert all(sqlite3.complete_statement(each) for each in statements(TRAINING))
        assert len(list(statements(TRAINING))) == TABLES[TRAINING]


class TestBelonging:
    def test_every_row_about_a_person_belongs_to_an_account(self, main: Database) -> None:
        loose = {
            (table, column["name"])
            for table in tables(main)
            for column in columns(main, table)
            if str(column["name"]).endswith("username")
            and table != "users"
            and references(main, table).get(str(column["name"])) != ("users", "CASCADE")
        }
        assert loose == {(table, "username") for table in WITHOUT_ACCOUNT}

    @pytest.mark.parametrize(
        ("child", "column", "parent"),
        [
            ("chat_history", "chat_session_id", "chat_sessions"),
            ("exposure_attempts", "exposure_id", "exposure_hierarchy"),
            ("goal_milestones", "goal_id", "goals"),
            ("goal_checkins", "goal_id", "goals"),
            ("community_replies", "post_id", "community_posts"),
            ("community_likes", "post_id", "community_posts"),
            ("dev_messages", "parent_message_id", "dev_messages"),
        ],
    )
    def test_children_go_with_their_parent(
        self, main: Database, child: str, column: str, parent: str
    ) -> None:
        assert references(main, child)[column] == (parent, "CASCADE")

    @pytest.mark.parametrize("child", ["training_chats", "training_patterns", "training_outcomes"])
    def test_training_data_go_with_the_consent(
        self, databases: dict[str, Database], child: str
    ) -> None:
        database = databases[TRAINING]
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            add(database, child, user_hash="0123")
        add(database, "data_consent", user_hash="0123")
        add(database, child, user_hash="0123")
        database.execute("DELETE FROM data_consent")
        assert database.execute(f"SELECT * FROM {child}").fetchall() == []

    def test_a_goal_outlives_the_value_it_was_drawn_from(self, main: Database) -> None:
        add_user(main, "ada")
        value = add(main, "values_clarification", username="ada")
        add(main, "goals", username="ada", related_value_id=value)
        main.execute("DELETE FROM values_clarification")
        assert main.execute("SELECT related_value_id FROM goals").fetchall() == [
            {"related_value_id": None}
        ]

    def test_all_that_is_about_a_person_goes_with_the_account(self, main: Database) -> None:
        add_user(main, "ada")
        add_user(main, "ben")
        for table in tables(main):
            keys = references(main, table)
            people = [column for column, (target, _) in keys.items() if target == "users"]
            parents = {column: 1 for column, (target, _) in keys.items() if target != "users"}
            if people:
                add(main, table, **dict(zip(people, ("ada", "ben"), strict=False)), **parents)
        main.execute("DELETE FROM users WHERE username = 'ada'")
        left = {
            table for table in tables(main) if main.execute(f"SELECT 1 FROM {table}").fetchone()
        }
        assert left == {"users"}


class TestRanges:
    @pytest.mark.parametrize(
        ("table", "column", "lowest", "highest"),
        [
            ("mood_logs", "mood_val", 1, 10),
            ("mood_logs", "sleep_val", 0, 10),
            ("breathing_exercises", "pre_anxiety_level", 0, 10),
            ("breathing_exercises", "post_anxiety_level", 0, 10),
            ("relaxation_techniques", "effectiveness_rating", 1, 10),
            ("sleep_diary", "sleep_quality", 1, 10),
            ("sleep_diary", "morning_mood", 1, 10),
            ("core_beliefs", "belief_strength_before", 0, 100),
            ("core_beliefs", "belief_strength_after", 0, 100),
            ("exposure_hierarchy", "initial_suds", 0, 100),
            ("exposure_hierarchy", "target_suds", 0, 100),
            ("exposure_attempts", "pre_suds", 0, 100),
            ("exposure_attempts", "peak_suds", 0, 100),
            ("exposure_attempts", "post_suds", 0, 100),
            ("self_compassion_journal", "mood_before", 1, 10),
            ("self_compassion_journal", "mood_after", 1, 10),
            ("values_clarification", "importance_rating", 1, 10),
            ("values_clarification", "current_alignment", 0, 100),
            ("goals", "progress_percentage", 0, 100),
            ("problem_solving", "problem_importance", 1, 10),
            ("goal_checkins", "motivation_level", 1, 10),
        ],
    )
    def test_a_scale_has_two_ends(
        self, main: Database, table: str, column: str, lowest: int, highest: int
    ) -> None:
        main.execute("PRAGMA foreign_keys = OFF")
        for value in (lowest - 1, highest + 1, "many"):
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                add(main, table, **{column: value})
        add(main, table, **{column: lowest}, username="one")
        add(main, table, **{column: highest}, username="two")

    @pytest.mark.parametrize(
        ("table", "column", "lowest"),
        [
            ("mood_logs", "exercise_mins", 0),
            ("mood_logs", "outside_mins", 0),
            ("mood_logs", "water_pints", 0),
            ("breathing_exercises", "duration_seconds", 1),
            ("sleep_diary", "times_woken", 0),
            ("sleep_diary", "total_sleep_hours", 0),
            ("clinical_scales", "score", 0),
            ("daily_streaks", "current_streak", 0),
            ("daily_streaks", "longest_streak", 0),
            ("daily_streaks", "total_bonus_coins", 0),
            ("daily_streaks", "total_bonus_xp", 0),
        ],
    )
    def test_a_count_has_a_lowest_value(
        self, main: Database, table: str, column: str, lowest: int
    ) -> None:
        main.execute("PRAGMA foreign_keys = OFF")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            add(main, table, **{column: lowest - 1})
        add(main, table, **{column: lowest})

    def test_a_reaction_is_one_of_five(self, main: Database) -> None:
        main.execute("PRAGMA foreign_keys = OFF")
        for kind in ("like", "heart", "hug", "celebrate", "support"):
            add(main, "community_likes", reaction_type=kind)
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            add(main, "community_likes", reaction_type="love")

    def test_nobody_writes_to_themselves(self, main: Database) -> None:
        add_user(main, "ada")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            add(main, "messages", sender_username="ada", recipient_username="ada")


class TestUniqueness:
    @pytest.mark.parametrize(
        ("table", "key"),
        [
            ("users", {"username": "ada"}),
            ("users", {"email_hash": "0123"}),
            ("users", {"phone_hash": "0123"}),
            ("mood_logs", {"username": "ada", "log_date": "2026-02-04"}),
            ("daily_tasks", {"username": "ada", "task_type": "log_mood", "task_date": "x"}),
            ("community_channel_reads", {"username": "ada", "channel": "general"}),
            ("community_likes", {"post_id": 1, "username": "ada", "reaction_type": "hug"}),
        ],
    )
    def test_a_key_is_taken_once(self, main: Database, table: str, key: dict[str, object]) -> None:
        main.execute("PRAGMA foreign_keys = OFF")
        add(main, table, **({"username": "ada"} | key))
        other = {"username": "ben"} if "username" not in key else {}
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            add(main, table, **(other | key))

    def test_there_is_one_pet_a_person(self, databases: dict[str, Database]) -> None:
        add(databases[PET], "pet", username="ada")
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            add(databases[PET], "pet", username="ada")

    def test_many_may_have_no_email(self, main: Database) -> None:
        add_user(main, "ada")
        add_user(main, "ben")
