"""What the rows hold: each defect found by its rule, named by its row's key, never by its text."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from migration.db import SqliteConnection, open_sqlite
from migration.source.catalogue import read
from migration.source.profile import Finding, profile


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteConnection]:
    """An empty file, open for writing."""
    with closing(open_sqlite(tmp_path / "source.db", readonly=False)) as connection:
        yield connection


def errors(sqlite: SqliteConnection, script: str) -> list[Finding]:
    """Build a database and return the errors in it."""
    return [finding for finding in findings(sqlite, script) if finding.severity == "error"]


def findings(sqlite: SqliteConnection, script: str) -> tuple[Finding, ...]:
    sqlite.executescript(script)
    return profile(sqlite, read(sqlite))


DEFECTS = [
    ("INTEGER", "'secret'", "storage class", "text is stored where an integer belongs"),
    ("INTEGER", "1e30", "storage class", "real is stored where an integer belongs"),
    ("REAL", "'secret'", "storage class", "text is stored where a real number belongs"),
    ("TEXT", "x'6162'", "storage class", "blob is stored where text belongs"),
    ("BLOB", "'secret'", "storage class", "text is stored where a blob belongs"),
    ("TEXT", "'a' || char(0) || 'b'", "nul character", "the text holds a NUL character, which"),
    ("TEXT", "CAST(x'ff' AS TEXT)", "invalid utf-8", "the text is not valid UTF-8"),
    ("BOOLEAN", "2", "boolean", "the number is neither 0 nor 1"),
    ("BOOLEAN", "'true'", "storage class", "text is stored where 0 or 1 belongs"),
    ("DATETIME", "1700000000", "storage class", "integer is stored where text belongs"),
    ("DATETIME", "'2024-02-30 10:00:00'", "timestamp", "there is no such moment in the calendar"),
    ("DATETIME", "'0000-00-00 00:00:00'", "timestamp", "there is no such moment in the calendar"),
    ("DATETIME", "'2024-01-01 24:00:00'", "timestamp", "there is no such moment in the calendar"),
    ("DATETIME", "'2024-01-01'", "timestamp", "spelled '9999-99-99', not YYYY-MM-DD HH:MM:SS"),
    ("DATETIME", "'Feb 3, 2024'", "timestamp", "spelled 'aaa 9, 9999', not YYYY-MM-DD HH:MM:SS"),
    ("DATETIME", "'2024-01-01 10:00:00.1234567'", "timestamp", "the fraction is finer than a"),
    ("DATE", "'2024-13-01'", "date", "there is no such day in the calendar"),
    ("DATE", "''", "date", "spelled '', not YYYY-MM-DD"),
    ("JSON", "'{'", "json", "the text is not a JSON document"),
    ("JSON", "'NaN'", "json", "NaN is not JSON"),
    ("JSON", '\'{"a":1,"a":2}\'', "json", "an object holds a key twice"),
    ("JSON", "'\"\\u0000\"'", "nul character", "the JSON holds a NUL character"),
    ("JSON", "'\"\\ud800\"'", "json", "the text is not a JSON document"),
    ("JSON", "'[1e999999]'", "json", "a number is beyond what PostgreSQL stores exactly"),
    ("NUMERIC", "'secret'", "storage class", "text is stored where a finite number belongs"),
]


@pytest.mark.parametrize(("declared", "value", "rule", "detail"), DEFECTS)
def test_a_value_that_its_type_does_not_allow(
    sqlite: SqliteConnection, declared: str, value: str, rule: str, detail: str
) -> None:
    (found,) = errors(
        sqlite,
        f"""CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared});
        INSERT INTO t VALUES (1, NULL), (17, {value})""",
    )
    assert (found.table, found.column, found.count) == ("t", "v", 1)
    assert found.rule == rule
    assert found.detail.startswith(detail)
    assert found.examples == ("id=17",)
    assert found.remedy
    assert "secret" not in str(found)


def test_every_row_is_counted_and_the_first_five_are_named(sqlite: SqliteConnection) -> None:
    (found,) = errors(
        sqlite,
        """CREATE TABLE t (a TEXT, b INTEGER, flag BOOLEAN, PRIMARY KEY (a, b));
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8)
        INSERT INTO t SELECT 'k', i, i + 5 FROM n""",
    )
    assert found.count == 8
    assert found.examples[0] == "a='k', b=1"
    assert len(found.examples) == 5


def test_null_in_a_key_that_sqlite_allows(sqlite: SqliteConnection) -> None:
    script = "CREATE TABLE t (name TEXT PRIMARY KEY); INSERT INTO t VALUES ('a'), (NULL)"
    (found,) = errors(sqlite, script)
    assert (found.column, found.rule, found.examples) == ("name", "null", ("name=None",))


@pytest.mark.parametrize(
    "key", [", UNIQUE (room, at));", "); CREATE UNIQUE INDEX i ON t (room, at);"]
)
def test_two_spellings_of_one_moment_under_a_unique_key(sqlite: SqliteConnection, key: str) -> None:
    (found,) = errors(
        sqlite,
        f"""CREATE TABLE t (id INTEGER PRIMARY KEY, room TEXT, at DATETIME{key}
        INSERT INTO t VALUES (1, 'a', '2024-01-01 10:00:00'), (2, 'a', '2024-01-01T11:00:00+01:00'),
            (3, 'b', '2024-01-01 10:00:00'), (4, 'a', NULL), (5, 'a', NULL)""",
    )
    assert (found.column, found.rule, found.examples) == ("room, at", "duplicate key", ("id=2",))


def test_rows_without_the_row_they_refer_to(sqlite: SqliteConnection) -> None:
    (found,) = errors(
        sqlite,
        """CREATE TABLE parent (name TEXT PRIMARY KEY);
        CREATE TABLE t (id INTEGER PRIMARY KEY, p TEXT REFERENCES PARENT);
        INSERT INTO parent VALUES ('a');
        INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'b')""",
    )
    assert (found.column, found.rule, found.count) == ("p", "orphan", 1)
    assert found.examples == ("id=3",)


def test_a_column_without_a_type(sqlite: SqliteConnection) -> None:
    (found,) = errors(sqlite, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
    assert (found.column, found.rule, found.detail) == ("v", "type", "no type is declared")


def test_clean_rows_leave_notes_of_ranges_and_spellings(sqlite: SqliteConnection) -> None:
    found = findings(
        sqlite,
        """CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME, note TEXT, flag BOOLEAN);
        INSERT INTO t VALUES (3, '2024-01-01 10:00:00', 'ab', 1),
            (5, '2024-01-02T10:00:00.5Z', '', 0)""",
    )
    assert [str(finding) for finding in found] == [
        "note: t.id: integer from 3 to 5: 2 rows",
        "note: t.at: timestamps spelled '9999-99-99 99:99:99': 1 rows (id=3)",
        "note: t.at: timestamps spelled '9999-99-99T99:99:99.9Z': 1 rows (id=5)",
        "note: t.at: timestamp from 2024-01-01 10:00:00+00:00 to"
        " 2024-01-02 10:00:00.500000+00:00: 2 rows",
        "note: t.note: text from 0 to 2 long: 2 rows",
    ]


def test_looking_leaves_the_connection_as_it_was(sqlite: SqliteConnection) -> None:
    errors(sqlite, "CREATE TABLE t (v TEXT); INSERT INTO t VALUES (CAST(x'ff' AS TEXT))")
    assert sqlite.text_factory is str
    assert not sqlite.in_transaction
