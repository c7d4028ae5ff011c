"""Files of the earlier application become ours: what becomes of every row, and of the folders."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from api_support import make_app
from old_files import LOGICAL, build_old, change, fates, files

from api.db import MAIN, PET, TRAINING
from api.db.upgrade import Report, UpgradeError, rules, upgrade
from api.db.upgrade.errors import KeyMissing, NewTaken, NotAccounted, OldChanged, OldUnusable
from api.db.upgrade.ledger import Ledger
from api.db.upgrade.target import NewDatabase
from api.db.upgrade.values import LOCAL, LOCAL_IF_FRACTION
from api.security import passwords
from api.security.encryption import decrypt, lookup_hash
from fixtures.seed import protection

REPOSITORY = Path(__file__).parents[2]
LONDON = ZoneInfo("Europe/London")
Upgrade = Callable[..., Report]
LOST = (
    "gAAAAABlU_EABd-GNcrmBjEhLVkRvtW0YTd5zaChdD05CG7CEjcyfhHhFhXVqx3CKzfnLRe_lV61tND_b3PUds1yX1"
    "vg1ZBUfA=="
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return build_old(tmp_path / "old")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new"


@pytest.fixture
def run(old: Path, new: Path, tmp_path: Path) -> Iterator[Upgrade]:
    """The upgrade of these folders, with the keys of the seed."""
    app = make_app(
        tmp_path / "app",
        ENCRYPTION_KEY=protection.ENCRYPTION_KEY,
        PIN_SALT=protection.PIN_SALT,
    )
    with app.app_context():
        yield lambda **special: upgrade(old, new, zone=LONDON, **special)


def rows(folder: Path, logical: str, sql: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / f"{logical}.db")) as connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        return [dict(row) for row in connection.execute(sql)]


def one(folder: Path, logical: str, sql: str) -> Any:
    (row,) = rows(folder, logical, sql)
    return next(iter(row.values())) if len(row) == 1 else tuple(row.values())


def rejects(new: Path) -> list[dict[str, Any]]:
    return rows(new, "upgrade_rejects", "SELECT * FROM upgrade_rejects ORDER BY id")


def put_aside(new: Path) -> set[tuple[str, str, str, Any]]:
    found = rows(new, "upgrade_rejects", "SELECT * FROM upgrade_changed_values")
    return {
        (row["table_name"], row["row_key"], row["column_name"], json.loads(row["old_value"]))
        for row in found
    }


def names(new: Path, table: str) -> set[str]:
    return {row["username"] for row in rows(new, MAIN, f"SELECT username FROM {table}")}


class TestEveryRow:
    @pytest.mark.parametrize("logical", LOGICAL)
    def test_is_where_it_should_be(self, run: Upgrade, old: Path, new: Path, logical: str) -> None:
        run()
        stored: dict[str, list[dict[str, Any]]] = {}
        sent_away = Counter(
            (row["table_name"], row["rule"], str(json.loads(row["row"]))) for row in rejects(new)
        )
        for fate in fates(logical):
            sql = f"SELECT rowid AS number, * FROM {fate.table} ORDER BY number"
            before = rows(old, logical, sql)[fate.number - 1]
            number = before.pop("number")
            stored.setdefault(fate.table, rows(new, logical, f"SELECT * FROM {fate.table}"))
            after = [row for row in stored[fate.table] if is_same(row, before, number)]
            assert outcome(before, after) == fate.outcome, fate
            if fate.outcome == "rejected":
                (rule,) = fate.rules
                assert sent_away[fate.table, rule, str(as_it_was(before))] == 1, fate

    def test_is_counted_under_its_rule(self, run: Upgrade) -> None:
        report = run()
        assert {table.table for table in report.tables} == {
            fate.table for logical in LOGICAL for fate in fates(logical)
        }
        for table in report.tables:
            mine = [fate for fate in fates(table.database) if fate.table == table.table]
            outcomes = Counter(fate.outcome for fate in mine)
            assert (table.kept, table.changed, table.rejected) == (
                outcomes["kept"],
                outcomes["changed"],
                outcomes["rejected"],
            ), table
            assert table.rows == len(mine) == table.kept + table.changed + table.rejected
            assert {rule.rule: rule.rows for rule in table.rules} == Counter(
                rule for fate in mine for rule in fate.rules
            ), table

    def test_of_every_table_is_there(self) -> None:
        tables = {logical: {fate.table for fate in fates(logical)} for logical in LOGICAL}
        assert {logical: len(found) for logical, found in tables.items()} == {
            MAIN: 43,
            PET: 1,
            TRAINING: 5,
        }


def is_same(after: dict[str, Any], before: dict[str, Any], number: int) -> bool:
    """Tell whether a new row is the one that came from an old one."""
    if "id" in before:
        return bool(after["id"] == number)
    key = next(iter(before))
    return bool(after[key] == before[key])


def outcome(before: dict[str, Any], after: list[dict[str, Any]]) -> str:
    """Tell what became of a row; one whose added columns are filled has been changed."""
    if not after:
        return "rejected"
    (row,) = after
    added = [row[name] for name in row.keys() - before.keys()]
    return "kept" if before.items() <= row.items() and not any(added) else "changed"


def as_it_was(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the rejects spell it."""
    spelled = {}
    for name, value in row.items():
        if isinstance(value, bytes):
            value = {"blob": value.hex()}
        elif value == "\udcff":
            value = {"text": "ff"}
        elif value == float("inf"):
            value = {"real": "inf"}
        spelled[name] = value
    return spelled


@pytest.mark.parametrize(
    ("logical", "sql", "expected"),
    [
        (MAIN, "SELECT last_login FROM users WHERE username = 'ada'", "2025-07-01 10:30:00.123456"),
        (MAIN, "SELECT last_login FROM users WHERE username = 'ben'", "2025-07-01 10:30:00"),
        (MAIN, "SELECT last_login FROM users WHERE username = 'zoë'", "2025-07-01 09:00:00"),
        (MAIN, "SELECT reset_token_expiry FROM users WHERE username = 'cem'",
         "2025-07-01 11:30:00"),
        (MAIN, "SELECT role, disclaimer_accepted, pin IS NULL FROM users WHERE username = 'dot'",
         ("user", 0, 0)),
        (MAIN, "SELECT password FROM users WHERE username = 'eli'", ""),
        # The hour that clocks show twice is taken as the first of both.
        (MAIN, "SELECT timestamp FROM audit_logs WHERE id = 3", "2025-10-26 00:30:00.000001"),
        (MAIN, "SELECT timestamp FROM chat_history WHERE id = 1", "2025-06-02 09:30:00"),
        (MAIN, "SELECT timestamp FROM chat_history WHERE id = 9", "2025-06-02 10:00:00"),
        (MAIN, "SELECT log_date FROM mood_logs WHERE id = 1", "2025-01-10"),
        (MAIN, "SELECT log_date FROM mood_logs WHERE id = 2", "2025-06-30"),
        (MAIN, "SELECT log_date FROM mood_logs WHERE id = 3", "2025-07-01"),
        (MAIN, "SELECT log_date FROM mood_logs WHERE id = 5", "2025-07-03"),
        (MAIN, "SELECT sleep_date FROM sleep_diary WHERE id = 2", "2025-06-02"),
        (MAIN, "SELECT sleep_date FROM sleep_diary WHERE id = 3", "2025-06-03"),
        (MAIN, "SELECT group_concat(appointment_date) FROM appointments",
         "2025-07-10 10:00:00,2025-07-11 10:00:00,2025-07-12 00:00:00,2025-07-13 10:00:00,"
         "2025-07-14 08:00:00,2025-07-15 00:00:00"),
        (MAIN, "SELECT likes FROM community_posts WHERE id = 2", 1),
        (MAIN, "SELECT parent_message_id FROM dev_messages WHERE id = 1", 2),
        (MAIN, "SELECT data, typeof(data) FROM cbt_tool_entries WHERE id = 5", ("{}", "text")),
        (MAIN, "SELECT count(*) FROM goals WHERE related_value_id IS NULL", 2),
        (PET, "SELECT coins, stage FROM pet WHERE username = 'ben'", (12, "Adult")),
        (PET, "SELECT hunger, hygiene, stage, hat FROM pet WHERE username = 'cem'",
         (70, 80, "Baby", "None")),
        (PET, "SELECT stage FROM pet WHERE username = 'dot'", "Baby"),
        (TRAINING, "SELECT consent_date FROM data_consent WHERE consent_withdrawn = 0",
         "2025-06-01 10:00:00.250000"),
    ],
)  # fmt: skip
def test_values_after_it(run: Upgrade, new: Path, logical: str, sql: str, expected: object) -> None:
    run()
    assert one(new, logical, sql) == expected


class TestAccounts:
    def test_profiles_are_encrypted(self, run: Upgrade, new: Path) -> None:
        run()
        ada = rows(new, MAIN, "SELECT * FROM users WHERE username = 'ada'")[0]
        fields = ("full_name", "dob", "conditions", "email", "phone")
        assert [decrypt(ada[name]) for name in fields] == [
            "Ada Marlow", "1988-03-04", "Anxiety; low mood", "ada@example.org", "07700 900111",
        ]  # fmt: skip
        content = (new / f"{MAIN}.db").read_bytes()
        for plain in (b"Ada Marlow", b"ada@example.org", b"07700", b"an-invented-reset-token"):
            assert plain not in content

    def test_what_is_encrypted_already_stays(self, run: Upgrade, old: Path, new: Path) -> None:
        run()
        sql = "SELECT full_name, email FROM users WHERE username = 'fay'"
        assert rows(new, MAIN, sql) == rows(old, MAIN, sql)
        hashed = one(new, MAIN, "SELECT email_hash FROM users WHERE username = 'fay'")
        assert hashed == lookup_hash("fay@example.org")

    def test_the_first_account_with_an_address_is_found_by_it(
        self, run: Upgrade, new: Path
    ) -> None:
        run()
        found = rows(new, MAIN, "SELECT username, email_hash, phone_hash FROM users")
        hashes = {row["username"]: (row["email_hash"], row["phone_hash"]) for row in found}
        assert hashes["ada"] == (lookup_hash("ada@example.org"), lookup_hash("07700 900111"))
        assert hashes["dot"] == (None, lookup_hash("+44 7700 900114"))
        assert hashes["eli"] == hashes["ben"] == (None, None)

    def test_pins_and_tokens_fit_what_they_were(self, run: Upgrade, new: Path) -> None:
        run()
        stored = rows(new, MAIN, "SELECT username, pin, reset_token FROM users WHERE pin <> ''")
        assert all(passwords.verify_pin(row["pin"], protection.PIN) for row in stored)
        hashed = {row["username"] for row in stored if row["pin"].startswith("$argon2id$")}
        assert hashed == {"ben", "dot"}
        token = next(row["reset_token"] for row in stored if row["username"] == "cem")
        assert token == protection.digest("an-invented-reset-token-of-43-characters--")
        code = one(new, MAIN, "SELECT identifier, code FROM verification_codes")
        assert code == (lookup_hash("new@example.org"), lookup_hash("048291"))

    def test_a_key_that_is_not_ours_is_asked_for(self, run: Upgrade, old: Path, new: Path) -> None:
        change(old, MAIN, f"UPDATE users SET full_name = '{LOST}' WHERE username = 'ben'")
        with pytest.raises(KeyMissing, match="full_name"):
            run()
        assert not new.exists()

    def test_a_lost_key_costs_the_field_and_no_more(
        self, run: Upgrade, old: Path, new: Path
    ) -> None:
        change(old, MAIN, f"UPDATE users SET email = '{LOST}' WHERE username = 'ben'")
        run(clear_unreadable=True)
        ben = one(new, MAIN, "SELECT email, email_hash FROM users WHERE username = 'ben'")
        assert ben == (None, None)
        assert ("users", "username='ben'", "email", LOST) in put_aside(new)


class TestWhatIsPutAside:
    def test_values_that_a_change_loses(self, run: Upgrade, new: Path) -> None:
        run()
        assert put_aside(new) == {
            ("chat_history", "id=4", "chat_session_id", 77),
            ("chat_history", "id=5", "chat_session_id", 3),
            ("dev_messages", "id=3", "parent_message_id", 99),
            ("goals", "id=2", "related_value_id", 2),
            ("goals", "id=3", "related_value_id", 999),
            ("pet", "id=2", "coins", 12.75),
            ("pet", "id=2", "stage", "Teen"),
            ("pet", "id=6", "stage", "adult"),
        }

    def test_reasons_name_the_column_and_no_value(self, run: Upgrade, new: Path) -> None:
        run()
        reasons = {(row["table_name"], row["row_key"]): row["reason"] for row in rejects(new)}
        assert reasons["mood_logs", "id=10"] == (
            "mood_val: this is no number; sleep_val: this is no number"
        )
        assert reasons["users", "rowid=8"] == "NOT NULL constraint failed: users.username"
        assert "mood_val BETWEEN 1 AND 10" in reasons["mood_logs", "id=6"]
        assert reasons["community_likes", "id=8"] == (
            "post_id: refers to a row of community_posts which is not there"
        )
        assert reasons["goal_milestones", "id=2"] == (
            "goal_id: refers to a row of goals which was rejected itself"
        )

    def test_it_is_readable_by_its_owner_alone(self, run: Upgrade, new: Path) -> None:
        run()
        assert new.stat().st_mode & 0o777 == 0o700


class TestOtherFiles:
    """Files of still earlier versions, and files that are not there."""

    def test_lines_without_an_id_get_one(self, run: Upgrade, old: Path, new: Path) -> None:
        change(old, MAIN, """
            DROP TABLE chat_history;
            CREATE TABLE chat_history (session_id TEXT, sender TEXT, message TEXT,
                timestamp DATETIME DEFAULT CURRENT_TIMESTAMP);
            INSERT INTO chat_history VALUES ('ada_session', 'user', 'one', '2025-06-02 10:00:00'),
                ('gone_session', 'user', 'two', '2025-06-02 10:00:00'),
                ('ada_session', 'ai', 'three', '2025-06-02 10:00:00');
        """)  # fmt: skip
        run()
        lines = rows(new, MAIN, "SELECT id, chat_session_id, message FROM chat_history")
        assert [tuple(line.values()) for line in lines] == [(1, None, "one"), (3, None, "three")]

    def test_missing_columns_get_their_defaults(self, run: Upgrade, old: Path, new: Path) -> None:
        change(old, MAIN, """
            DROP TABLE community_posts;
            CREATE TABLE community_posts (id INTEGER PRIMARY KEY, username TEXT, message TEXT,
                likes INTEGER, entry_timestamp DATETIME);
            INSERT INTO community_posts VALUES (1, 'ada', 'hi', 2, '2025-06-01 10:00:00');
            DROP INDEX idx_mood_logs_active;
            ALTER TABLE mood_logs DROP COLUMN deleted_at;
        """)  # fmt: skip
        report = run()
        post = one(new, MAIN, "SELECT category, is_pinned, deleted_at FROM community_posts")
        assert post == ("general", 0, None)
        posts = next(table for table in report.tables if table.table == "community_posts")
        assert [(rule.rule, rule.rows) for rule in posts.rules] == [("column_missing", 1)]

    def test_a_name_at_the_end_of_a_pet_is_read(self, run: Upgrade, old: Path, new: Path) -> None:
        change(old, PET, """
            DROP TABLE pet;
            CREATE TABLE pet (id INTEGER PRIMARY KEY, name TEXT, species TEXT, gender TEXT,
                hunger INTEGER, happiness INTEGER, energy INTEGER, hygiene INTEGER, coins INTEGER,
                xp INTEGER, stage TEXT, adventure_end REAL, last_updated REAL, hat TEXT,
                username TEXT);
            INSERT INTO pet VALUES (3, 'Rex', 'Dog', 'Neutral', 1, 2, 3, 4, 5, 6, 'Baby', 0, 0,
                'None', 'ada'), (4, 'Old', 'Dog', 'Neutral', 1, 2, 3, 4, 5, 6, 'Baby', 0, 0, 'None',
                NULL);
        """)  # fmt: skip
        run()
        assert one(new, PET, "SELECT id, username, name, hunger FROM pet") == (3, "ada", "Rex", 1)
        (reject,) = (row for row in rejects(new) if row["table_name"] == "pet")
        assert (reject["row_key"], reject["rule"]) == ("id=4", "null_forbidden")

    def test_text_that_is_a_number_becomes_it(self, run: Upgrade, old: Path, new: Path) -> None:
        change(old, MAIN, """
            DROP TABLE clinical_scales;
            CREATE TABLE clinical_scales (id INTEGER PRIMARY KEY, username TEXT, scale_name,
                score, severity TEXT, entry_timestamp);
            INSERT INTO clinical_scales VALUES (1, 'ada', 'PHQ-9', ' 7 ', 'Mild', NULL),
                (2, 'ada', 9, '8.0', 'Mild', NULL), (3, 'ada', 'PHQ-9', '7.5', 'Mild', NULL),
                (4, 'ada', 'PHQ-9', '1_0', 'Mild', NULL), (5, 'ada', 'PHQ-9', '٧', 'Mild', NULL),
                (6, 'ada', 'PHQ-9', '9e18', 'Mild', 20250101.5), (7, 'ada', 'PHQ-9', '1e19', '', 0);
        """)  # fmt: skip
        run()
        kept = rows(new, MAIN, "SELECT id, scale_name, score FROM clinical_scales")
        assert [tuple(row.values()) for row in kept] == [(1, "PHQ-9", 7), (2, "9", 8)]

    def test_other_tables_and_columns_are_kept_aside(
        self, run: Upgrade, old: Path, new: Path
    ) -> None:
        change(old, MAIN, """
            CREATE TABLE [old "things"] (a, b);
            INSERT INTO [old "things"] VALUES (1, x'00ff');
            ALTER TABLE users ADD COLUMN training_consent INTEGER;
            UPDATE users SET training_consent = 1 WHERE username = 'drgrace';
        """)  # fmt: skip
        report = run()
        (reject,) = (row for row in rejects(new) if row["rule"] == "table_unknown")
        assert (reject["table_name"], reject["row_key"]) == ('old "things"', "rowid=1")
        assert json.loads(reject["row"]) == {"a": 1, "b": {"blob": "00ff"}}
        assert ("users", "username='drgrace'", "training_consent", 1) in put_aside(new)
        users = next(table for table in report.tables if table.table == "users")
        assert ("column_left_out", 1) in {(rule.rule, rule.rows) for rule in users.rules}

    def test_of_two_states_of_a_worksheet_both_stay_or_the_newest(
        self, run: Upgrade, old: Path, new: Path
    ) -> None:
        change(old, MAIN, """
            DELETE FROM cbt_tool_entries;
            INSERT INTO cbt_tool_entries (id, username, tool_type, data, updated_at) VALUES
                (1, 'ada', 'x', '1', '2025-06-01 10:00:00'),
                (2, 'ada', 'x', '2', '2025-06-02 10:00:00');
        """)  # fmt: skip
        run()
        assert 2 in {row["id"] for row in rows(new, MAIN, "SELECT id FROM cbt_tool_entries")}

    @pytest.mark.parametrize("logical", [PET, TRAINING])
    def test_a_missing_file_is_made_empty(
        self, run: Upgrade, old: Path, new: Path, logical: str
    ) -> None:
        (old / f"{logical}.db").unlink()
        report = run()
        assert report.notes == (f"{logical}.db is not in {old}: the new one is empty.",)
        assert {path.stem for path in new.iterdir()} == {*LOGICAL, "upgrade_rejects"}

    def test_without_accounts_pets_are_no_orphans(self, run: Upgrade, old: Path, new: Path) -> None:
        (old / f"{MAIN}.db").unlink()
        report = run()
        assert [note.split(" ")[0] for note in report.notes] == ["therapist_app.db", "Without"]
        assert {"gone", "ada"} <= {row["username"] for row in rows(new, PET, "SELECT * FROM pet")}

    def test_an_empty_file_lacks_tables(self, run: Upgrade, old: Path) -> None:
        (old / f"{PET}.db").write_bytes(b"")
        assert run().notes == ("pet_game.db lacks tables, which are empty now: pet.",)

    def test_another_salt_is_noticed(self, run: Upgrade, old: Path) -> None:
        change(old, TRAINING, """
            DELETE FROM data_consent WHERE user_hash = 'f8baa464a5c1298a';
        """)  # fmt: skip
        (note,) = run().notes
        assert "ANONYMIZATION_SALT" in note

    def test_ids_that_were_given_out_are_not_given_again(
        self, run: Upgrade, old: Path, new: Path
    ) -> None:
        change(old, MAIN, "UPDATE sqlite_sequence SET seq = 500 WHERE name = 'goals'")
        run()
        found = rows(new, MAIN, "SELECT name, seq FROM sqlite_sequence")
        counters = {row["name"]: row["seq"] for row in found}
        assert (counters["goals"], counters["gratitude_logs"], counters["messages"]) == (500, 90, 3)
        assert one(new, PET, "SELECT seq FROM sqlite_sequence") == 6


class TestFolders:
    def test_the_old_files_are_as_they_were(self, run: Upgrade, old: Path) -> None:
        before = files(old)
        run()
        assert files(old) == before

    def test_what_is_in_the_log_of_a_file_is_read(
        self, run: Upgrade, old: Path, new: Path, tmp_path: Path
    ) -> None:
        """The old program wrote in WAL mode, and was stopped without closing its files."""
        live = tmp_path / "live"
        build_old(live)
        with closing(sqlite3.connect(live / f"{MAIN}.db")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("INSERT INTO users (username, password) VALUES ('wal', '')")
            connection.commit()
            for name in (f"{MAIN}.db", f"{MAIN}.db-wal"):
                (old / name).write_bytes((live / name).read_bytes())
        before = files(old)
        run()
        assert "wal" in names(new, "users")
        assert files(old) == before

    def test_nothing_but_the_databases_appears(self, run: Upgrade, new: Path) -> None:
        new.mkdir()
        run()
        assert {path.name for path in new.iterdir()} == {
            *(f"{logical}.db" for logical in LOGICAL),
            "upgrade_rejects.db",
        }
        assert {path.name for path in new.parent.iterdir()} == {"old", "new"}

    def test_a_second_run_is_refused(self, run: Upgrade, new: Path) -> None:
        run()
        before = files(new)
        with pytest.raises(NewTaken, match="remove this one first"):
            run()
        assert files(new) == before

    @pytest.mark.usefixtures("run")
    def test_the_new_folder_is_none_of_the_old_one(self, old: Path) -> None:
        for new in (old, old / "new"):
            with pytest.raises(NewTaken, match="outside of the old one"):
                upgrade(old, new, zone=LONDON)

    def test_what_is_no_old_file_is_refused(self, run: Upgrade, old: Path, new: Path) -> None:
        (old / f"{PET}.db").write_bytes(b"no database " * 400)
        with pytest.raises(OldUnusable, match="damaged"):
            run()
        assert not new.exists()

    def test_what_is_ours_already_is_refused(self, run: Upgrade, new: Path) -> None:
        run()
        with pytest.raises(OldUnusable, match="has been upgraded before"):
            upgrade(new, new.with_name("newer"), zone=LONDON)

    def test_a_folder_without_databases_is_refused(self, run: Upgrade, old: Path) -> None:
        for logical in LOGICAL:
            (old / f"{logical}.db").unlink()
        with pytest.raises(OldUnusable, match="holds none of"):
            run()

    def test_a_file_that_changes_meanwhile_is_noticed(
        self, run: Upgrade, old: Path, new: Path
    ) -> None:
        def write(*_: object) -> None:
            change(old, PET, "UPDATE pet SET coins = coins + 1")

        with pytest.raises(OldChanged, match="stop the old application"):
            run(progress=write)
        assert not new.exists()

    def test_two_runs_do_not_meet(self, run: Upgrade, old: Path, new: Path) -> None:
        seen: list[UpgradeError] = []

        def meet(*_: object) -> None:
            if not seen:
                with pytest.raises(NewTaken, match="another upgrade") as refusal:
                    upgrade(old, new, zone=LONDON)
                seen.append(refusal.value)

        assert run(progress=meet).rejected
        assert seen

    def test_somebody_elses_folder_is_left_alone(self, run: Upgrade, new: Path) -> None:
        work = new.with_name("new.upgrading")
        work.mkdir()
        (work / "diary.txt").write_text("mine")
        with pytest.raises(NewTaken, match=r"diary\.txt"):
            run()
        assert (work / "diary.txt").read_text() == "mine"


def test_the_guide_has_every_rule() -> None:
    guide = (REPOSITORY / "docs" / "upgrade.md").read_text("utf-8")
    known = {rule.name for rule in vars(rules).values() if isinstance(rule, rules.Rule)}
    assert set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE)) == known


@pytest.mark.parametrize("place", sorted(LOCAL | LOCAL_IF_FRACTION))
def test_the_guide_has_every_column_of_local_times(place: str) -> None:
    guide = (REPOSITORY / "docs" / "upgrade.md").read_text("utf-8")
    assert f"`{place}`" in guide or f"`{place.partition('.')[2]}`" in guide


def test_an_account_that_does_not_balance_is_refused(tmp_path: Path) -> None:
    """As if three rows had been lost on the way."""
    new = NewDatabase(tmp_path / "new.db", PET)
    with new, Ledger(tmp_path / "rejects.db") as ledger:
        ledger.open(PET, "pet", old=3)
        with pytest.raises(NotAccounted, match="of 3 rows 0 are stored and 0 rejected"):
            ledger.finish({PET: new})
