"""The rows of both sides: alike after a copy, and every change is found where it is."""

import pytest
from moving import Move

ROWS = """
    CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, size REAL, at DATETIME,
        doc JSON, photo BLOB, open BOOLEAN, code TEXT REFERENCES codes);
    CREATE TABLE codes (code TEXT PRIMARY KEY, note TEXT);
    CREATE TABLE moments (at DATETIME PRIMARY KEY, note TEXT);
    CREATE TABLE loose (a TEXT, b INTEGER);
    INSERT INTO codes VALUES ('b', 'x'), ('B', 'x'), ('ä', NULL), ('a', ''), ('', 'empty');
    INSERT INTO people VALUES
        (1, 'Ann', 0.1, '2024-01-01 10:00:00', '{"a": 1.0}', x'00ff', 1, 'a'),
        (2, '', NULL, NULL, NULL, NULL, NULL, 'B'), (10, 'Ben', 7.0, NULL, '[]', x'', 0, NULL);
    INSERT INTO moments VALUES ('2024-01-01T10:00:00', 'late'), ('2024-01-01 10:30:00+01:00', NULL);
    INSERT INTO loose VALUES ('x', 1), ('x', 1), (NULL, 2);
    DELETE FROM people WHERE id = 3;
"""


@pytest.fixture
def moved(move: Move) -> Move:
    """The rows, copied."""
    move.declare(ROWS).apply().copy()
    return move


def test_a_copy_is_identical(moved: Move) -> None:
    comparison = moved.data()
    assert comparison.identical
    assert comparison.differences == ()
    assert {table.table: table.rows_postgres for table in comparison.tables} == {
        "people": 3, "codes": 5, "moments": 2, "loose": 3,
    }  # fmt: skip
    assert str(comparison) == "app: 13 rows in 4 tables, 0 differ"


CHANGES = [
    (
        "UPDATE people SET name = NULL WHERE id = 2",
        "people.name (id=2): value: SQLite '', PostgreSQL NULL",
    ),
    (
        "UPDATE people SET size = 0.1::real WHERE id = 1",
        "people.size (id=1): value: SQLite '0.1', PostgreSQL '0.10000000149011612'",
    ),
    (
        "UPDATE people SET size = 7.000000000000001 WHERE id = 10",
        "people.size (id=10): value: SQLite '7.0', PostgreSQL '7.000000000000001'",
    ),
    (
        "UPDATE people SET at = at + interval '1 microsecond' WHERE id = 1",
        "people.at (id=1): value: SQLite '2024-01-01T10:00:00Z',"
        " PostgreSQL '2024-01-01T10:00:00.000001Z'",
    ),
    (
        "UPDATE people SET doc = '{\"a\": 1}' WHERE id = 1",
        """people.doc (id=1): value: SQLite '{"a":1.0}', PostgreSQL '{"a":1}'""",
    ),
    (
        "UPDATE people SET photo = NULL WHERE id = 10",
        "people.photo (id=10): value: SQLite '', PostgreSQL NULL",
    ),
    (
        "UPDATE people SET open = false WHERE id = 1",
        "people.open (id=1): value: SQLite True, PostgreSQL False",
    ),
    (
        "DELETE FROM people WHERE id = 1",
        "people (id=1): missing: SQLite has it, PostgreSQL lacks it",
    ),
    ("DELETE FROM codes WHERE code = ''", "codes (code=''): missing: SQLite has it, PostgreSQL"),
    (
        "INSERT INTO codes VALUES ('aa', '')",
        "codes (code='aa'): extra: SQLite lacks it, PostgreSQL",
    ),
    ("INSERT INTO people (name) VALUES ('new')", "people (id=11): extra: SQLite lacks it"),
    (
        "UPDATE moments SET note = '' WHERE note IS NULL",
        "moments.note (at='2024-01-01T09:30:00Z'): value: SQLite NULL, PostgreSQL ''",
    ),
    ("INSERT INTO loose VALUES ('x', 1)", "loose (a='x', b=1): extra: SQLite lacks it"),
    ("UPDATE loose SET a = '' WHERE a IS NULL", "loose (a=NULL, b=2): missing: SQLite has it"),
    (
        "SELECT setval('people_id_seq', 1, false)",
        "people.id: sequence: SQLite has used ids up to 10, PostgreSQL gives out 1 next",
    ),
    ("CREATE TABLE extra (id bigint)", "extra: table: SQLite lacks it, PostgreSQL has it"),
    ("DROP TABLE loose", "loose: table: SQLite has it, PostgreSQL lacks it"),
    (
        "ALTER TABLE people DROP CONSTRAINT people_code_fkey;"
        " UPDATE people SET code = 'gone' WHERE id = 2",
        "people.code: orphan: SQLite requires it, PostgreSQL has 1 rows without their row in codes",
    ),
]


@pytest.mark.parametrize(("change", "line"), CHANGES)
def test_a_change_is_found_where_it_is(moved: Move, change: str, line: str) -> None:
    comparison = moved.change(change).data()
    assert not comparison.identical
    lines = [str(difference) for difference in comparison.differences]
    assert any(found.startswith(line) for found in lines), lines


def test_an_id_deleted_in_sqlite_counts_as_used(move: Move) -> None:
    move.declare(ROWS + "INSERT INTO people (id) VALUES (50); DELETE FROM people WHERE id = 50;")
    move.apply().copy()
    assert move.data().identical
    move.change("SELECT setval('people_id_seq', 10)")
    (found,) = move.data().differences
    assert str(found).endswith("SQLite has used ids up to 50, PostgreSQL gives out 11 next")


def test_protected_values_are_masked_also_in_keys(moved: Move) -> None:
    moved.change("UPDATE people SET name = 'Anna' WHERE id = 1; DELETE FROM codes WHERE code = 'b'")
    lines = [str(d) for d in moved.data("people.name", "codes.code").differences]
    assert lines == [
        "people.name (id=1): value: SQLite a protected value of 3 characters,"
        " PostgreSQL a protected value of 4 characters",
        "codes (code=a protected value of 1 characters): missing: SQLite has it,"
        " PostgreSQL lacks it",
    ]


def test_all_differences_are_counted_and_the_first_are_shown(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        INSERT INTO t SELECT i, 'v' || i FROM n
    """).apply().copy()
    move.change("UPDATE t SET v = 'w'")
    (table,) = move.data().tables
    assert (table.rows_sqlite, table.rows_different) == (500, 500)
    assert [difference.key for difference in table.differences] == [
        f"id={number}" for number in range(1, 21)
    ]


def test_values_that_no_type_allows_are_never_the_same(move: Move) -> None:
    move.declare("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n INTEGER)").apply()
    move.declare("INSERT INTO t VALUES (1, CAST(x'ff' AS TEXT), 'a'), (2, x'61', 5)")
    move.change("INSERT INTO t VALUES (1, 'ÿ', 0), (2, 'a', 5)")
    found = {(d.key, d.column) for d in move.data().differences if d.kind == "value"}
    assert found == {("id=1", "v"), ("id=1", "n"), ("id=2", "v")}


def test_the_sessions_settings_do_not_matter(moved: Move) -> None:
    moved.change("""
        SET timezone = 'Asia/Kolkata'; SET datestyle = 'German'; SET bytea_output = 'escape';
        SET extra_float_digits = 0; SET intervalstyle = 'sql_standard'
    """)
    assert moved.data().identical


def test_comparing_leaves_both_sides_as_they_were(moved: Move) -> None:
    before = moved.file.read_bytes()
    moved.data()
    assert moved.file.read_bytes() == before
    assert not moved.sqlite.in_transaction
    assert moved.ask("SHOW timezone") != []
    assert moved.ask("INSERT INTO people (name) VALUES ('next') RETURNING id") == [(11,)]
