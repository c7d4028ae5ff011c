"""A copy in many transactions: ended anywhere it goes on, from the same inputs and no others."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest
from moving import SCHEMA, Move, error_of, interrupt_at

from migration.copy import copy_resumably, ledger, streams
from migration.copy.errors import (
    BegunOtherwise,
    CopyBusy,
    CopyDiffers,
    CopyInterrupted,
    RowsRejected,
    TargetNotEmpty,
    TargetRefused,
)
from migration.copy.load import Loader
from migration.copy.plan import Range, TablePlan
from migration.copy.streams import usual_streams
from migration.copy.target import only_copy
from migration.db import open_another, open_sqlite
from migration.policies import Policies, policy

TABLES = """
    CREATE TABLE numbered (id INTEGER PRIMARY KEY, v TEXT, at DATETIME);
    CREATE TABLE keyed (code TEXT, n INTEGER, v BLOB, PRIMARY KEY (code, n)) WITHOUT ROWID;
    CREATE TABLE loose (v TEXT, doc JSON);
    CREATE TABLE moments (at DATETIME PRIMARY KEY, v REAL);
    CREATE TABLE untold (id INTEGER PRIMARY KEY);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO numbered SELECT i * 3, hex(randomblob(i % 50)), datetime(i * 1000, 'unixepoch')
        FROM n;
    INSERT INTO keyed SELECT 'k' || (id % 7), id, randomblob(20) FROM numbered;
    INSERT INTO loose SELECT v, '{"b": 1, "a": ' || id || '}' FROM numbered;
    INSERT INTO moments SELECT at, id / 7.0 FROM numbered;
"""
ROWS = {"numbered": 3000, "keyed": 3000, "loose": 3000, "moments": 3000, "untold": 0}


@pytest.fixture
def large(move: Move, small_groups: None, packer: None) -> Move:
    """Tables of every kind of key."""
    del small_groups, packer
    return move.declare(TABLES).apply()


def counts(move: Move) -> dict[str, int]:
    return {name: move.ask(f"SELECT count(*) FROM {name}")[0][0] for name in ROWS}


@pytest.mark.parametrize("streams", [1, 3])
def test_a_copy_in_many_transactions_is_complete_and_proved(large: Move, streams: int) -> None:
    report = large.copy_resumably(streams=streams)
    assert report.complete
    assert {table.table: table.rows_copied for table in report.tables} == ROWS
    assert large.data().identical
    assert large.schema_differences() == []
    assert large.ask("SELECT stage FROM migration.copies") == [("proved",)]
    ((chunks,),) = large.ask("SELECT count(*) FROM migration.chunks")
    assert chunks > 20


@pytest.mark.parametrize("moment", [5, 6, 14, 25, 40, 60])
def test_an_interrupted_copy_goes_on_where_it_stopped(large: Move, moment: int) -> None:
    with pytest.raises(CopyInterrupted, match=r"\d+ rows are in place and stay there"):
        copy_resumably(
            large.sqlite, large.pg, large.model, streams=1, progress=interrupt_at(moment)
        )
    before = large.ask("SELECT id FROM migration.chunks")
    kept = counts(large)
    assert large.copy_resumably().complete
    assert set(before) <= set(large.ask("SELECT id FROM migration.chunks"))
    assert all(kept[name] <= ROWS[name] for name in ROWS)
    assert counts(large) == ROWS
    assert large.data().identical
    assert large.schema_differences() == []


def test_one_stream_goes_on_after_three(large: Move) -> None:
    with pytest.raises(CopyInterrupted):
        copy_resumably(large.sqlite, large.pg, large.model, streams=3, progress=interrupt_at(30))
    assert large.copy_resumably(streams=1).complete
    assert large.data().identical


def test_interrupted_while_rows_are_read_back(large: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migration.copy.proof._TOLD_ROWS", 1_000)
    loaded: set[str] = set()

    def interrupt(table: str, done: int, total: int) -> None:
        if table == "numbered" and "moments" in loaded:
            raise KeyboardInterrupt
        if done == total:
            loaded.add(table)

    error = error_of(
        lambda: copy_resumably(large.sqlite, large.pg, large.model, streams=1, progress=interrupt)
    )
    assert f"it was interrupted; {sum(ROWS.values())} rows are in place" in str(error)
    assert large.copy_resumably().complete
    assert large.data().identical


def test_streams_take_tables_in_turn(large: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told with a single thread, which takes the ranges in the order in which they wait.

    A piece has a thousand numbers at least, of which `numbered` uses every third.
    """
    monkeypatch.setattr(streams, "ThreadPoolExecutor", lambda *_, **__: ThreadPoolExecutor(1))
    begun, bring = list[str](), Loader.load

    def noted(loader: Loader, plan: TablePlan, part: Range) -> None:
        begun.append(plan.table.name)
        bring(loader, plan, part)

    monkeypatch.setattr(Loader, "load", noted)
    assert large.copy_resumably(streams=2).complete
    most = ["numbered", "loose", "moments"]
    assert begun == [*(most * 2), "numbered", "numbered", "keyed", "loose", "moments", "untold"]


@pytest.mark.parametrize(("cores", "streams"), [(None, 2), (1, 2), (2, 3), (64, 4)])
def test_each_core_has_a_stream_while_another_waits(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, streams: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert usual_streams(compiled=True) == streams
    assert usual_streams(compiled=False) == 1


def interrupted(move: Move, moment: int = 25) -> Move:
    """Return a move whose copy was ended on the way."""
    with pytest.raises(CopyInterrupted):
        copy_resumably(move.sqlite, move.pg, move.model, streams=1, progress=interrupt_at(moment))
    assert 0 < sum(counts(move).values()) < sum(ROWS.values())
    return move


def test_a_changed_schema_is_refused(large: Move) -> None:
    interrupted(large).declare("ALTER TABLE untold ADD COLUMN v TEXT")
    with pytest.raises(BegunOtherwise, match="the schema changed since"):
        large.copy_resumably()


def test_changed_decisions_are_refused(large: Move) -> None:
    interrupted(large)
    with pytest.raises(BegunOtherwise, match=r"the decisions in migration\.toml changed"):
        large.copy_resumably(Policies({"loose": policy(["quarantine"])}))


CHANGES = [
    "UPDATE numbered SET v = 'other' WHERE id = 6",
    "INSERT INTO numbered (id) VALUES (4)",
    "DELETE FROM numbered WHERE id = 9",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_source_whose_copied_rows_changed_is_refused(large: Move, change: str) -> None:
    interrupted(large).declare(change)
    with pytest.raises(BegunOtherwise, match="the source was written to since: numbered no longer"):
        large.copy_resumably()


def test_a_source_that_was_written_to_elsewhere_goes_on(large: Move) -> None:
    """What was copied is what the source holds, so all of it is as of now."""
    interrupted(large).declare("UPDATE moments SET v = 1; INSERT INTO untold VALUES (1)")
    assert large.copy_resumably().complete
    assert large.data().identical


def test_a_finished_copy_is_not_begun_again(large: Move) -> None:
    large.copy_resumably()
    with pytest.raises(TargetNotEmpty):
        large.copy_resumably()


def test_a_copy_that_only_lacks_its_proof_is_proved(large: Move) -> None:
    large.copy_resumably()
    large.change("UPDATE migration.copies SET stage = 'keyed'")
    assert large.copy_resumably().complete
    large.change("UPDATE migration.copies SET stage = 'keyed'; DELETE FROM loose")
    with pytest.raises(CopyDiffers, match=r"loose \(rowid=\d+\): it is not in the target"):
        large.copy_resumably()


DAMAGE = [
    ("UPDATE numbered SET v = 'x' WHERE id = 6", "numbered (id=6): v: not what was sent"),
    ("DELETE FROM numbered WHERE id = 9000", "numbered (id=9000): it is not in the target"),
    ("INSERT INTO numbered VALUES (10001)", "numbered (id=10001): it was never sent"),
    ("UPDATE keyed SET v = NULL WHERE n = 3", "keyed (code='k3', n=3): v: not what was sent"),
    ("UPDATE loose SET doc = '1' WHERE doc ->> 'a' = '3'", "loose (rowid=1): it is not in the"),
    ("UPDATE moments SET v = v + 1e-15 WHERE v < 1", "moments (at='1970-01-01 00:16:40'): v: not"),
]


@pytest.mark.parametrize(("damage", "line"), DAMAGE)
def test_the_proof_names_row_and_column(large: Move, damage: str, line: str) -> None:
    large.copy_resumably()
    large.change(f"UPDATE migration.copies SET stage = 'keyed'; {damage}")
    with pytest.raises(CopyDiffers) as refusal:
        large.copy_resumably()
    assert line in str(refusal.value)


def test_rejected_rows_leave_the_target_as_it_was(large: Move) -> None:
    large.declare("UPDATE numbered SET v = x'00' WHERE id IN (3, 9000)")
    with pytest.raises(RowsRejected) as refusal:
        large.copy_resumably()
    assert [fault.key for fault in refusal.value.rejected] == ["id=3", "id=9000"]
    assert sum(counts(large).values()) == 0
    assert large.schema_differences() == []
    large.declare("UPDATE numbered SET v = '' WHERE id IN (3, 9000)")
    assert large.copy_resumably().complete


@pytest.mark.parametrize("bad", [1, 200])
def test_quarantined_rows_are_remembered_over_an_interruption(large: Move, bad: int) -> None:
    """Also where there are more of them, one after the other, than are read at once."""
    large.declare(f"UPDATE numbered SET v = x'00' WHERE id <= {bad * 3}")
    policies = Policies({"numbered.v": policy(["quarantine"])})
    with pytest.raises(CopyInterrupted):
        copy_resumably(
            large.sqlite, large.pg, large.model,
            policies=policies, streams=1, progress=interrupt_at(40),
        )  # fmt: skip
    large.declare("INSERT INTO untold VALUES (1)")
    report = large.copy_resumably(policies)
    assert [str(fault) for fault in report.rejected] == [
        f"numbered (id={n * 3}), v: blob is stored where text belongs" for n in range(1, bad + 1)
    ]
    assert counts(large) == {**ROWS, "numbered": 3000 - bad, "untold": 1}


@pytest.mark.usefixtures("small_groups", "packer")
def test_what_the_server_refused_is_passed_over_when_going_on(move: Move) -> None:
    """These rows pack well, so only the quarantine knows that they did not arrive."""
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, CONSTRAINT small CHECK (n < 10));
        PRAGMA ignore_check_constraints = ON;
        WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 3000)
        INSERT INTO t SELECT i, i % 100 = 7 AND i < 1000 FROM k;
        UPDATE t SET n = 50 WHERE n = 1;
    """).apply()
    policies = Policies({"t.small": policy(["quarantine"])})
    with pytest.raises(CopyInterrupted):
        copy_resumably(
            move.sqlite, move.pg, move.model,
            policies=policies, streams=1, progress=interrupt_at(12),
        )  # fmt: skip
    assert move.ask("SELECT count(*) FROM migration.chunks") > [(0,)]
    move.declare("INSERT INTO t VALUES (3001, 1)")
    report = move.copy_resumably(policies)
    assert [fault.key for fault in report.rejected] == [f"id={n}" for n in range(7, 1000, 100)]
    assert move.ask("SELECT count(*) FROM t") == [(2991,)]


def test_a_second_copy_at_the_same_time_is_refused(large: Move) -> None:
    with (
        open_another(large.pg) as other,
        only_copy(other, SCHEMA),
        pytest.raises(CopyBusy, match="another copy into it is at work"),
    ):
        large.copy_resumably()
    assert large.copy_resumably().complete


def test_a_cut_connection_leaves_what_can_go_on(large: Move) -> None:
    with open_another(large.pg) as doomed:
        ((process,),) = doomed.execute("SELECT pg_backend_pid()").fetchall()

        def cut(table: str, done: int, total: int) -> None:
            del total
            if table == "numbered" and 1000 < done < 2000:
                large.change(f"SELECT pg_terminate_backend({process})")

        with pytest.raises(TargetRefused, match="goes on where it stopped"):
            copy_resumably(large.sqlite, doomed, large.model, streams=1, progress=cut)
    assert large.copy_resumably().complete
    assert large.data().identical


def test_what_is_written_meanwhile_is_told_and_not_copied(large: Move) -> None:
    large.declare("PRAGMA journal_mode = WAL")

    def write(table: str, done: int, total: int) -> None:
        del total
        if (table, done) == ("numbered", 0):
            large.declare("INSERT INTO untold VALUES (7); DELETE FROM moments")

    with closing(open_sqlite(large.file)) as reader:
        report = copy_resumably(reader, large.pg, large.model, streams=2, progress=write)
    assert report.written_meanwhile
    assert counts(large) == ROWS
    assert not large.data().identical


KILLED = """
import os, signal, sys
from pathlib import Path
from migration.copy import chunks, copy_resumably, load
from migration.db import open_postgres, open_sqlite
from migration.schema.convert import convert
from migration.source.catalogue import read

chunks.CHUNK_BYTES, load.GROUP_BYTES, chunks._MOST_ROWS_AT_ONCE = 10_000, 20_000, 50

def die(table, done, total):
    if table == "keyed" and done > 1000:
        os.kill(os.getpid(), signal.SIGKILL)

source, target = open_sqlite(Path(sys.argv[1])), open_postgres(sys.argv[2])
model = convert(read(source), schema="app")
copy_resumably(source, target, model, progress=die, streams=1)
"""


def test_a_killed_copy_goes_on_where_it_stopped(large: Move, move_target: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(large.file), move_target], check=False, env=os.environ
    )
    assert killed.returncode == -signal.SIGKILL
    kept = counts(large)
    assert kept["numbered"] == 3000
    assert 0 < kept["keyed"] < 3000
    assert large.copy_resumably().complete
    assert counts(large) == ROWS
    assert large.data().identical


def positions(move: Move) -> dict[str, list[Any]]:
    return {
        name: [chunk.part for chunk in ledger.Ledger(move.pg, SCHEMA).chunks(name)] for name in ROWS
    }


def test_the_chunks_of_a_table_tile_it(large: Move) -> None:
    large.copy_resumably()
    for parts in positions(large).values():
        assert parts[0].after is None
        assert parts[-1].upto is None
        assert all(one.upto == next.after for one, next in pairwise(parts))
