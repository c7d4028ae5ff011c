"""Large tables: counts, sums and samples, and every row where those differ."""

import pytest
from moving import Move, error_of

from migration.compare import data

TABLES = """
    CREATE TABLE numbered (id INTEGER PRIMARY KEY, n INTEGER, r REAL, v TEXT, b BLOB,
        flag BOOLEAN, day DATE, at DATETIME);
    CREATE TABLE keyed (code TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID;
    CREATE TABLE moments (at DATETIME PRIMARY KEY, v TEXT);
    CREATE TABLE loose (v TEXT, n INTEGER);
    WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 4000)
    INSERT INTO numbered SELECT i * 5, i - 2000, i / 7.0, 'v' || i, randomblob(i % 9), i % 2,
        date(i * 90000, 'unixepoch'), datetime(i * 90000, 'unixepoch') FROM k;
    INSERT INTO keyed SELECT 'é' || id, v FROM numbered;
    INSERT INTO moments SELECT at, v FROM numbered;
    INSERT INTO loose SELECT v, n FROM numbered UNION ALL SELECT 'twice', 1 UNION ALL
        SELECT 'twice', 1;
"""


@pytest.fixture
def large(move: Move, monkeypatch: pytest.MonkeyPatch) -> Move:
    """Tables that count as large, copied."""
    monkeypatch.setattr(data, "LARGE", 3_000)
    move.declare(TABLES).apply().copy()
    return move


def test_a_copy_is_identical_by_samples_and_in_full(large: Move) -> None:
    comparison = large.data()
    assert comparison.identical
    assert {table.table: table.rows_decoded for table in comparison.tables} == {
        "numbered": 1000, "keyed": 1000, "moments": 1000, "loose": 4002,
    }  # fmt: skip
    assert "3 large tables by counts, sums and samples" in str(comparison)
    assert large.data(full=True).identical
    assert "samples" not in str(large.data(full=True))


CHANGES = [
    ("UPDATE numbered SET n = n + 1 WHERE id = 33", ""),
    ("UPDATE numbered SET n = 5 WHERE id = 35", "numbered.n (id=35): value: SQLite -1993"),
    ("UPDATE numbered SET v = 'v70' WHERE id = 35", "numbered.v (id=35): value: SQLite 'v7'"),
    ("UPDATE numbered SET r = -r WHERE id = 35", "numbered.r (id=35): value: SQLite '1.0'"),
    ("UPDATE numbered SET flag = NOT flag WHERE id = 35", "numbered.flag (id=35): value: SQLite"),
    ("UPDATE numbered SET at = NULL WHERE id = 35", "numbered.at (id=35): value: SQLite '1970-"),
    ("UPDATE numbered SET b = b || '\\x00' WHERE id = 35", "numbered.b (id=35): value: SQLite"),
    ("DELETE FROM numbered WHERE id = 35", "numbered (id=35): missing"),
    ("INSERT INTO numbered (id) VALUES (36)", "numbered (id=36): extra"),
    ("UPDATE keyed SET code = 'e35' WHERE code = 'é35'", "keyed (code='e35'): extra"),
    ("DELETE FROM moments WHERE v = 'v9'", "moments (at='1970-01-10T09:00:00Z'): missing"),
    ("UPDATE loose SET n = 0 WHERE v = 'v9'", "loose (v='v9', n=-1991): missing"),
    ("INSERT INTO loose VALUES ('twice', 1)", "loose (v='twice', n=1): extra"),
]


@pytest.mark.parametrize(("change", "line"), CHANGES)
def test_a_change_that_sums_show_is_found_where_it_is(large: Move, change: str, line: str) -> None:
    comparison = large.change(change).data()
    assert comparison.identical == (not line)
    lines = [str(difference) for difference in comparison.differences]
    assert not line or any(found.startswith(line) for found in lines), lines


def test_what_neither_sums_nor_samples_show_is_found_in_full(large: Move) -> None:
    change = "UPDATE numbered SET v = 'v43' WHERE id = 33 * 5"
    assert large.change(change).data().identical
    (found,) = large.data(full=True).differences
    assert str(found) == "numbered.v (id=165): value: SQLite 'v33', PostgreSQL 'v43'"


def test_a_change_in_every_fourth_row_is_in_the_sample(large: Move) -> None:
    large.change("UPDATE numbered SET v = 'w' || substr(v, 2) WHERE id % 20 = 0")
    (table, *_) = large.data().tables
    assert table.rows_different == 1000


def test_a_source_that_fails_on_the_way_ends_the_comparison(large: Move) -> None:
    """The other side is in the middle of a COPY then, which must not keep the end waiting."""
    left = iter(range(20))
    large.sqlite.set_progress_handler(lambda: next(left, None) is None, 1_000)
    error = error_of(lambda: large.data(full=True))
    large.sqlite.set_progress_handler(None, 0)
    assert str(error) == "interrupted"
    assert large.data(full=True).identical
