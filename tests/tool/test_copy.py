"""Moving rows: everything arrives as it was, or nothing does and every obstacle is named."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moving import SCHEMA, Move

from migration.copy import copy_database
from migration.copy.chunks import CHUNK_ROWS
from migration.copy.errors import RowsRejected, TargetNotEmpty, TargetNotReady
from migration.copy.report import Rejected
from migration.db import open_sqlite
from migration.errors import SourceError
from migration.policies import Policies, policy

QUARANTINED = Policies(rest=policy(["quarantine"]))

EVERYTHING = """
    CREATE TABLE t (
        id INTEGER PRIMARY KEY AUTOINCREMENT, i INTEGER, r REAL, t TEXT, b BLOB, flag BOOLEAN,
        at DATETIME, day DATE, doc JSON, n NUMERIC
    );
"""


def test_every_type_arrives_as_it_was(move: Move) -> None:
    move.declare(EVERYTHING)
    move.sqlite.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (1, None, None, None, None, None, None, None, None, None),
            (2, 2**63 - 1, 0.1, "é\t\\N\r\n😀", b"\x00\\", 1, "2024-02-29 10:00:00",
             "2024-02-29", '{"a": 0.10000000000000000555, "é": []}', 10.5),
            (-(2**63), -(2**63), float("-inf"), "", b"", 0, "2024-01-01T00:00:00.5+02:00",
             "0001-01-01", "7", 12),
        ],
    )  # fmt: skip
    report = move.apply().copy()
    assert report.complete
    assert move.ask("SELECT * FROM t WHERE id <> 1 ORDER BY id DESC") == [
        (2, 2**63 - 1, 0.1, "é\t\\N\r\n😀", b"\x00\\", True,
         datetime(2024, 2, 29, 10, tzinfo=UTC), date(2024, 2, 29),
         {"a": 0.1, "é": []}, Decimal("10.5")),
        (-(2**63), -(2**63), float("-inf"), "", b"", False,
         datetime(2023, 12, 31, 22, 0, 0, 500_000, tzinfo=UTC), date(1, 1, 1), 7, Decimal(12)),
    ]  # fmt: skip
    assert move.ask("SELECT doc ->> 'a' FROM t WHERE id = 2") == [("0.10000000000000000555",)]
    assert move.ask("SELECT * FROM t WHERE id = 1") == [(1, *[None] * 9)]
    assert move.data().identical


def test_nulls_and_empty_strings_stay_apart(move: Move) -> None:
    move.declare("CREATE TABLE t (v TEXT); INSERT INTO t VALUES (NULL), (''), ('NULL'), ('\\N')")
    move.apply().copy()
    assert move.ask("SELECT v FROM t ORDER BY v") == [("",), ("NULL",), ("\\N",), (None,)]


OFFENDERS = """
    CREATE TABLE parent (id INTEGER PRIMARY KEY, flag BOOLEAN, at DATETIME UNIQUE);
    CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent, note TEXT NOT NULL);
    CREATE TABLE loose (note TEXT, n INTEGER);
    INSERT INTO parent VALUES (1, 1, '2024-01-01 10:00:00'), (2, 2, 'soon'),
        (3, 0, '2024-01-01T10:00:00Z');
    INSERT INTO child VALUES (1, 1, 'fine'), (2, 99, 'lost'), (3, 2, 'a' || char(0)),
        (4, 3, CAST(x'ff' AS TEXT));
    INSERT INTO loose VALUES ('fine', 1), ('not so', 'text');
"""
REJECTED = (
    Rejected("parent", "id=2", "flag", "the number is neither 0 nor 1"),
    Rejected("parent", "id=2", "at", "spelled 'aaaa', not YYYY-MM-DD HH:MM:SS[.ffffff]"),
    Rejected("loose", "rowid=2", "n", "text is stored where an integer belongs"),
    Rejected("child", "id=3", "note", "the text holds a NUL character, which PostgreSQL cannot"),
    Rejected("child", "id=4", "note", "the text is not valid UTF-8"),
    Rejected("parent", "id=3", "at", "this key is there already, in another spelling"),
)


def test_every_offender_is_named_at_once_and_nothing_is_stored(move: Move) -> None:
    move.declare(OFFENDERS).apply()
    with pytest.raises(RowsRejected) as refusal:
        move.copy()
    orphan = Rejected(
        "child", "id=2", "p", "it refers to a row of parent that is not there, or stays behind"
    )
    assert set(refusal.value.rejected) == {*REJECTED, orphan}
    for line in ("parent (id=2), flag: the number", "child (id=2), p: it refers"):
        assert line in str(refusal.value)
    assert move.ask("SELECT id FROM parent") == move.ask("SELECT n FROM loose") == []
    assert move.schema_differences() == []


def test_two_spellings_of_one_moment_break_a_unique_index_too(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, room TEXT, at DATETIME);
        CREATE UNIQUE INDEX by_time ON t (room, at DESC);
        INSERT INTO t VALUES (1, 'a', '2024-01-01 10:00:00'), (2, 'a', '2024-01-01T10:00:00')
    """).apply()
    with pytest.raises(RowsRejected, match=r"t \(id=2\), room, at: this key is there already"):
        move.copy()


def test_quarantine_keeps_what_does_not_fit_and_what_refers_to_it(move: Move) -> None:
    report = move.declare(OFFENDERS).apply().copy(QUARANTINED)
    assert not report.complete
    assert str(report) == f"{SCHEMA}: 3 rows in 3 tables, 6 in quarantine"
    assert move.ask("SELECT id FROM parent") == move.ask("SELECT id FROM child") == [(1,)]
    assert move.ask("SELECT note FROM loose") == [("fine",)]
    kept = move.ask("SELECT table_name, row_key, column_name, reason FROM migration.quarantine")
    assert {Rejected(*row) for row in kept} == set(report.rejected) > set(REJECTED)
    assert {row[1] for row in kept if row[0] == "child"} == {"id=2", "id=3", "id=4"}
    assert move.schema_differences() == []


def test_quarantined_rows_are_kept_whole(move: Move) -> None:
    move.declare(OFFENDERS).apply().copy(QUARANTINED)
    kept = dict(move.ask("SELECT table_name || row_key, raw FROM migration.quarantine"))
    assert kept["childid=3"] == b'{"id": 3, "p": 2, "note": "a\\u0000"}'
    assert kept["childid=4"] == b'{"id": 4, "p": 3, "note": {"text": "ff"}}'
    assert kept["looserowid=2"] == b'{"note": "not so", "n": "text"}'


def test_ids_used_up_in_sqlite_are_not_used_again(move: Move) -> None:
    move.declare("""
        CREATE TABLE used (id INTEGER PRIMARY KEY AUTOINCREMENT);
        CREATE TABLE emptied (id INTEGER PRIMARY KEY AUTOINCREMENT);
        CREATE TABLE plain (id INTEGER PRIMARY KEY);
        CREATE TABLE untouched (id INTEGER PRIMARY KEY AUTOINCREMENT);
        CREATE TABLE negative (id INTEGER PRIMARY KEY);
        INSERT INTO used VALUES (3), (100); DELETE FROM used WHERE id = 100;
        INSERT INTO emptied VALUES (7); DELETE FROM emptied;
        INSERT INTO plain VALUES (41);
        INSERT INTO negative VALUES (-5);
    """).apply()
    report = move.copy()
    highest = {sequence.table: sequence.highest for sequence in report.sequences}
    assert highest == {"used": 100, "emptied": 7, "plain": 41, "untouched": 0, "negative": 0}
    for table, following in (("used", 101), ("emptied", 8), ("plain", 42), ("untouched", 1)):
        assert move.ask(f"INSERT INTO {table} DEFAULT VALUES RETURNING id") == [(following,)]


def test_a_target_that_holds_rows_is_refused_and_left_alone(move: Move) -> None:
    move.declare("CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('new')").apply()
    move.change("INSERT INTO t VALUES ('old')")
    with pytest.raises(TargetNotEmpty, match=r'"app"\."t"'):
        move.copy()
    assert move.ask("SELECT v FROM t") == [("old",)]


def test_a_target_without_the_tables_is_refused(move: Move) -> None:
    move.declare("CREATE TABLE t (v TEXT)")
    with pytest.raises(TargetNotReady, match=r'"app"\."t"'):
        move.copy()


def test_a_second_copy_is_refused_after_the_first(move: Move) -> None:
    move.declare("CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a')").apply().copy()
    with pytest.raises(TargetNotEmpty):
        move.copy()
    assert move.ask("SELECT v FROM t") == [("a",)]


def test_children_may_come_before_their_parents(move: Move) -> None:
    move.declare("""
        CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b);
        CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a, up INTEGER REFERENCES b);
        INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (1, NULL, 2), (2, 1, NULL);
    """).apply()
    assert move.copy().complete
    assert move.schema_differences() == []


def test_keys_indexes_and_references_stand_after_the_copy(move: Move) -> None:
    move.declare("""
        CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
        CREATE TABLE c (p INTEGER REFERENCES p ON DELETE CASCADE);
        CREATE INDEX by_p ON c (p DESC);
        INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1);
    """).apply()
    before = move.ask("SELECT conname FROM pg_constraint WHERE contype <> 'n' ORDER BY 1")
    move.copy()
    after = move.ask("SELECT conname FROM pg_constraint WHERE contype <> 'n' ORDER BY 1")
    assert after == before
    assert move.schema_differences() == []


def test_progress_is_told_by_table(move: Move) -> None:
    rows = CHUNK_ROWS + 5000
    move.declare(f"""
        CREATE TABLE t (id INTEGER PRIMARY KEY);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
        INSERT INTO t SELECT i FROM n
    """).apply()
    told: list[tuple[str, int, int]] = []
    copy_database(move.sqlite, move.pg, move.model, progress=lambda *line: told.append(line))
    assert told[0] == ("t", 0, rows)
    assert told[-1] == ("t", rows, rows)
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    assert len(told) > 2


def test_a_write_during_the_copy_is_not_half_seen(move: Move) -> None:
    move.declare("""
        PRAGMA journal_mode = WAL;
        CREATE TABLE a (id INTEGER PRIMARY KEY);
        CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a);
        INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1);
    """).apply()

    def write(table: str, done: int, total: int) -> None:
        del total
        if (table, done) == ("a", 0):
            move.sqlite.executescript("INSERT INTO a VALUES (2); INSERT INTO b VALUES (2, 2);")

    with closing(open_sqlite(move.file)) as reader:
        report = copy_database(reader, move.pg, move.model, progress=write)
    assert [(table.table, table.rows_copied) for table in report.tables] == [("a", 1), ("b", 1)]


def test_an_error_on_the_way_leaves_nothing_and_the_copy_can_be_run_again(move: Move) -> None:
    move.declare("CREATE TABLE t (v TEXT); CREATE INDEX i ON t (v); INSERT INTO t VALUES ('a')")
    move.apply()

    def fail(table: str, done: int, total: int) -> None:
        raise KeyboardInterrupt(table, done, total)

    with pytest.raises(KeyboardInterrupt):
        copy_database(move.sqlite, move.pg, move.model, progress=fail)
    assert move.ask("SELECT v FROM t") == []
    assert move.schema_differences() == []
    assert move.sqlite.text_factory is str
    assert move.copy().complete


def test_the_servers_refusal_never_quotes_a_row(move: Move) -> None:
    move.declare("CREATE TABLE t (id INTEGER, v TEXT); INSERT INTO t VALUES (1, 'a secret')")
    move.apply().change("ALTER TABLE t ADD CONSTRAINT stricter CHECK (v <> 'a secret')")
    with pytest.raises(
        RowsRejected, match=r"t \(rowid=1\), stricter: new row .* violates"
    ) as refusal:
        move.copy()
    assert "secret" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_damaged_source_is_named_and_the_target_left_alone(move: Move, tmp_path: Path) -> None:
    move.declare("""
        CREATE TABLE t (v TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        INSERT INTO t SELECT hex(randomblob(50)) FROM n
    """).apply()
    damaged = tmp_path / "damaged.db"
    content = bytearray(move.file.read_bytes())
    content[4096 * 4 : 4096 * 20] = b"\xff" * (4096 * 16)
    damaged.write_bytes(content)
    with closing(open_sqlite(damaged)) as source, pytest.raises(SourceError, match="malformed"):
        copy_database(source, move.pg, move.model)
    assert move.ask("SELECT v FROM t") == []


KILLED = """
import os, signal, sys
from pathlib import Path
from migration.copy import copy_database
from migration.db import open_postgres, open_sqlite
from migration.schema.convert import convert
from migration.source.catalogue import read

def die(table, done, total):
    if (table, done) == ("second", 2):
        os.kill(os.getpid(), signal.SIGKILL)

source = open_sqlite(Path(sys.argv[1]))
copy_database(source, open_postgres(sys.argv[2]), convert(read(source), schema="app"), progress=die)
"""


def test_a_killed_copy_leaves_nothing_and_can_be_run_again(move: Move, move_target: str) -> None:
    move.declare("""
        CREATE TABLE first (id INTEGER PRIMARY KEY); INSERT INTO first VALUES (1), (2);
        CREATE TABLE second (id INTEGER PRIMARY KEY); INSERT INTO second VALUES (1), (2);
    """).apply()
    arguments = [sys.executable, "-c", KILLED, str(move.file), move_target]
    killed = subprocess.run(arguments, cwd=Path(__file__).parents[2], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert move.copy().complete
    assert move.data().identical


ROWS = st.fixed_dictionaries(
    {},
    optional={
        "i": st.integers(-(2**63), 2**63 - 1),
        "r": st.floats(allow_nan=False),
        "t": st.text(st.characters(exclude_characters="\0", codec="utf-8")),
        "b": st.binary(),
        "flag": st.integers(0, 1),
        "at": st.builds(
            lambda moment, form: (
                moment.strftime("%Y-%m-%d %H:%M:%S".replace(" ", form[0])) + form[1:]
            ),
            st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
            st.sampled_from([" ", "T", " .5", "TZ", " +05:30", "T.123456-08"]),
        ),
        "day": st.dates(date(1000, 1, 1)).map(date.isoformat),
        "doc": st.sampled_from(['{"b": [1, 1.0, 1e2], "a": "\\u00e9"}', "null", '""', "-0.0"]),
        "n": st.integers(-(10**12), 10**12) | st.floats(-1e15, 1e15),
    },
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(ROWS, max_size=20))
def test_any_rows_arrive_equal(move: Move, rows: list[dict[str, Any]]) -> None:
    move.declare("DROP TABLE IF EXISTS t;" + EVERYTHING)
    move.change(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    for row in rows:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        values = f"({names}) VALUES ({marks})" if row else "DEFAULT VALUES"
        move.sqlite.execute(f"INSERT INTO t {values}", list(row.values()))
    assert move.apply().copy().complete
    comparison = move.data()
    assert comparison.identical, comparison.differences
    assert comparison.tables[0].rows_postgres == len(rows)


def test_triggers_are_there_afterwards_and_were_not_started(move: Move) -> None:
    """COPY would start them, and their rows would be there twice."""
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE log (what TEXT);
        CREATE TRIGGER kept AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.name); END;
        INSERT INTO t (name) VALUES ('a'), ('b');
    """).apply()
    assert move.copy_resumably().complete
    assert move.data().identical
    move.change(f"INSERT INTO {SCHEMA}.t (name) VALUES ('c')")
    assert move.ask(f"SELECT what FROM {SCHEMA}.log ORDER BY what") == [("a",), ("b",), ("c",)]
