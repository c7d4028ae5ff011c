"""What other movers lose or change without a word: each defect in a database of its own.

Through the real command line: what it prints, its exit code, and what is then in PostgreSQL. By
default one bad row keeps everything out, and every bad row is named; with `quarantine` the good
rows arrive, and the exit code still says that not everything did.
"""

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tool_projects import REPOSITORY

from migration.db import PgConnection, open_postgres, open_sqlite

FIRST = "CREATE TABLE t (id INTEGER PRIMARY KEY, v {}); INSERT INTO t VALUES "
OUT = "copy the rows of dirty\n  why: {} values cannot be stored as they are:\n    "


@dataclass(frozen=True)
class Dirty:
    """A SQLite file, and the database that it is to be moved to."""

    folder: Path
    url: str
    pg: PgConnection

    def holding(self, declared: str, *values: str) -> "Dirty":
        """Write a table of two columns, its rows numbered from 1."""
        rows = ", ".join(f"({n}, {value})" for n, value in enumerate(values, start=1))
        with closing(open_sqlite(self.folder / "dirty.db", readonly=False)) as connection:
            connection.executescript(FIRST.format(declared) + rows)
        return self

    def move(self, *decision: str) -> subprocess.CompletedProcess[str]:
        """Run the command, with a decision about the column where one is given."""
        arguments = ["transfer", str(self.folder / "dirty.db"), self.url]
        if decision:
            words = ", ".join(f'"{word}"' for word in decision)
            (self.folder / "decisions.toml").write_text(f'"t.v" = [{words}]\n')
            arguments += ["--decisions", str(self.folder / "decisions.toml")]
        self.pg.execute("DROP SCHEMA IF EXISTS dirty, migration CASCADE")
        return subprocess.run(
            [sys.executable, "-m", "migration", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def rows(self) -> list[tuple[Any, ...]]:
        """Return what arrived."""
        return self.pg.execute("SELECT id, v FROM dirty.t ORDER BY id").fetchall()

    def refused(self, *lines: str) -> None:
        """Expect that nothing arrives and each bad row is named, with and without quarantine."""
        moved = self.move()
        assert moved.returncode == 1, moved.stdout
        assert OUT.format(len(lines)) + "\n    ".join(lines) + "\n" in moved.stderr
        assert "decide in [copy] of migration.toml what becomes of them" in moved.stderr
        assert self.rows() == []

    def quarantined(self, *lines: str) -> list[tuple[Any, ...]]:
        """Expect that the bad rows stay behind, named, and return those that arrive."""
        self.refused(*lines)
        moved = self.move("quarantine")
        assert moved.returncode == 1, moved.stdout + moved.stderr
        assert f"in 1 tables, {len(lines)} in quarantine\n" in moved.stdout
        assert "  " + "\n  ".join(lines) + "\n" in moved.stdout
        assert "are not visible to users" in moved.stdout
        return self.rows()

    def arrived(self, *decision: str) -> list[tuple[Any, ...]]:
        """Expect that everything arrives, and return it."""
        moved = self.move(*decision)
        assert moved.returncode == 0, moved.stdout + moved.stderr
        assert "0 differ; 0 differences of declarations" in moved.stdout
        return self.rows()


@pytest.fixture
def dirty(tmp_path: Path, move_target: str) -> Iterator[Dirty]:
    """A folder for the file, and a database to move to."""
    with open_postgres(move_target) as pg:
        yield Dirty(tmp_path, move_target, pg)
        pg.execute("DROP SCHEMA IF EXISTS dirty, migration CASCADE")


def test_text_in_an_integer_column(dirty: Dirty) -> None:
    line = "t (id=2), v: text is stored where an integer belongs"
    real = "t (id=3), v: real is stored where an integer belongs"
    dirty.holding("INTEGER", "1", "'many'", "3.5")
    assert dirty.quarantined(line, real) == [(1, 1)]


def test_integers_of_more_than_32_bits(dirty: Dirty) -> None:
    dirty.holding("INTEGER", str(2**40), str(-(2**63)), str(2**63 - 1))
    assert dirty.arrived() == [(1, 2**40), (2, -(2**63)), (3, 2**63 - 1)]


def test_an_integer_of_30_digits(dirty: Dirty) -> None:
    """SQLite itself has rounded it, which nobody can undo, but anybody should know."""
    dirty.holding("INTEGER", "123456789012345678901234567890", "7")
    line = "t (id=1), v: real is stored where an integer belongs"
    assert dirty.quarantined(line) == [(2, 7)]


def test_a_nul_character_in_text(dirty: Dirty) -> None:
    dirty.holding("TEXT", "'a' || char(0) || 'b'", "'whole'")
    line = "t (id=1), v: the text holds a NUL character, which PostgreSQL cannot"
    assert dirty.quarantined(line) == [(2, "whole")]
    assert dirty.arrived("remove nul") == [(1, "ab"), (2, "whole")]


def test_text_that_is_not_utf_8(dirty: Dirty) -> None:
    dirty.holding("TEXT", "CAST(x'61ff62' AS TEXT)", "'é'")
    assert dirty.quarantined("t (id=1), v: the text is not valid UTF-8") == [(2, "é")]
    assert dirty.arrived("replace invalid utf-8") == [(1, "a�b"), (2, "é")]


def test_moments_that_are_in_no_calendar(dirty: Dirty) -> None:
    dirty.holding(
        "DATETIME", "'2024-02-30 10:00:00'", "'0000-00-00 00:00:00'", "''", "'2024-02-29 10:00:00'"
    )
    lines = (
        "t (id=1), v: there is no such moment in the calendar",
        "t (id=2), v: there is no such moment in the calendar",
        "t (id=3), v: spelled '', not YYYY-MM-DD HH:MM:SS[.ffffff]",
    )
    assert dirty.quarantined(*lines) == [(4, datetime(2024, 2, 29, 10, tzinfo=UTC))]
    assert [row[0] for row in dirty.arrived("null")] == [1, 2, 3, 4]
    assert [row[1] for row in dirty.rows()][:3] == [None, None, None]


def test_epoch_seconds_and_milliseconds(dirty: Dirty) -> None:
    moment = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    line = "t (id={}), v: integer is stored where text belongs"
    dirty.holding("DATETIME", "1700000000", "'2023-11-14 22:13:20'")
    assert dirty.quarantined(line.format(1)) == [(2, moment)]
    assert dirty.arrived("epoch seconds") == [(1, moment), (2, moment)]
    (dirty.folder / "dirty.db").unlink()
    dirty.holding("DATETIME", "'2023-11-14 22:13:20'", "1700000000123")
    assert dirty.quarantined(line.format(2)) == [(1, moment)]
    later = moment.replace(microsecond=123_000)
    assert dirty.arrived("epoch milliseconds") == [(1, moment), (2, later)]


def test_offsets_in_moments(dirty: Dirty) -> None:
    dirty.holding(
        "DATETIME", "'2024-01-01 10:00:00+02:00'", "'2024-01-01 10:00:00Z'", "'2024-01-01T10:00:00'"
    )
    hours = [(row[0], row[1].astimezone(UTC).hour) for row in dirty.arrived()]
    assert hours == [(1, 8), (2, 10), (3, 10)]
    hours = [(row[0], row[1].astimezone(UTC).hour) for row in dirty.arrived("zone -05:00")]
    assert hours == [(1, 8), (2, 10), (3, 15)]


def test_microseconds(dirty: Dirty) -> None:
    dirty.holding("DATETIME", "'2024-01-01 10:00:00.123456'", "'2024-01-01 10:00:00.1234567'")
    line = "t (id=2), v: the fraction is finer than a microsecond"
    assert dirty.quarantined(line) == [(1, datetime(2024, 1, 1, 10, 0, 0, 123456, tzinfo=UTC))]


def test_infinite_numbers(dirty: Dirty) -> None:
    dirty.holding("REAL", "9e999", "-9e999", "0.1")
    assert dirty.arrived() == [(1, math.inf), (2, -math.inf), (3, 0.1)]


def test_booleans_that_are_neither_0_nor_1(dirty: Dirty) -> None:
    dirty.holding("BOOLEAN", "2", "'true'", "1", "0")
    lines = (
        "t (id=1), v: the number is neither 0 nor 1",
        "t (id=2), v: text is stored where 0 or 1 belongs",
    )
    assert dirty.quarantined(*lines) == [(3, True), (4, False)]
    moved = dirty.move("boolean words")
    assert (moved.returncode, "t (id=1)" in moved.stderr, "id=2" in moved.stderr) == (
        1,
        True,
        False,
    )


def test_empty_text_and_words_that_look_like_null(dirty: Dirty) -> None:
    dirty.holding("TEXT", "''", "NULL", r"'\N'", "'NULL'")
    assert dirty.arrived() == [(1, ""), (2, None), (3, r"\N"), (4, "NULL")]


def test_text_longer_than_declared(dirty: Dirty) -> None:
    """SQLite never looked at the length; PostgreSQL's would cut blanks and refuse the rest."""
    dirty.holding("VARCHAR(5)", "'ten digits'", "'five5'", "'five5  '")
    lines = (
        "t (id=1), v: the text is longer than 5 characters",
        "t (id=3), v: the text is longer than 5 characters",
    )
    assert dirty.quarantined(*lines) == [(2, "five5")]


def test_text_that_is_no_json(dirty: Dirty) -> None:
    dirty.holding("JSON", "'{\"a\": }'", "'{\"a\": 1.50}'", "'NaN'")
    lines = (
        "t (id=1), v: the text is not a JSON document",
        "t (id=3), v: NaN is not JSON",
    )
    assert dirty.quarantined(*lines) == [(2, {"a": 1.5})]


def test_the_exit_code_is_0_only_when_everything_arrived(dirty: Dirty) -> None:
    """Refused, left behind, decided about, and no database at all."""
    dirty.holding("INTEGER", "1", "'x'")
    codes = [dirty.move(*decision).returncode for decision in ([], ["quarantine"], ["null"])]
    assert codes == [1, 1, 0]
    (dirty.folder / "dirty.db").write_bytes(b"no database, but long enough to be read as one" * 90)
    broken = dirty.move()
    assert broken.returncode == 1
    assert "file is not a database" in broken.stderr
