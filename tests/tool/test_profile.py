"""What the rows hold: each defect found by its rule, named by its row's key, never by its text."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from migration.db import SqliteConnection, open_sqlite
from migration.schema.choices import Choices
from migration.schema.model import LogicalType
from migration.source.catalogue import read
from migration.source.profile import BATCH, Finding, profile


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
    return profile(sqlite, read(sqlite)).findings


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
    ("VARCHAR(3)", "'secret'", "length", "the text is longer than 3 characters"),
    ("DECIMAL(5, 2)", "1.005", "digits", "the number has more than 2 digits after the point"),
    ("DECIMAL(5, 2)", "1000", "digits", "the number has more than 3 digits before it"),
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


PROPOSALS = [
    ("INTEGER", ["'a'", "'b'"], "text", '"t.v" = "text"'),
    ("INTEGER", ["1", "1.5"], "numeric", '"t.v" = "numeric"'),
    ("INTEGER", ["1", "'a'"], "", ""),
    ("TEXT", ["x'00'"], "blob", '"t.v" = "blob"'),
    ("DATETIME", ["1700000000", "1700000001"], "integer", '"t.v" = "integer"'),
    ("DATETIME", ["'soon'"], "text", '"t.v" = "text"'),
    ("BOOLEAN", ["0", "2"], "integer", '"t.v" = "integer"'),
    ("VARCHAR(2)", ["'abc'"], "text", '"t.v" = "text"'),
    ("DECIMAL(3, 1)", ["0.25"], "numeric", '"t.v" = "numeric"'),
    ("MONEY", ["1", "2.5"], "numeric", '"t.v" = "numeric"'),
    ("MONEY", [], "numeric", '"t.v" = "numeric"'),
    ("", ["'2024-01-01'"], "text", '"t.v" = "text"'),
    ("", [], "text", '"t.v" = "text"'),
    ("REAL", ["1.5"], "real", ""),
    ("JSON", ["'{}'", "NULL"], "json", ""),
]


@pytest.mark.parametrize(("declared", "values", "type", "setting"), PROPOSALS)
def test_a_type_is_proposed_with_its_evidence(
    sqlite: SqliteConnection, declared: str, values: list[str], type: str, setting: str
) -> None:
    rows = "".join(f"INSERT INTO t VALUES ({value});" for value in values)
    sqlite.executescript(f"CREATE TABLE t (v {declared}); {rows}")
    found = profile(sqlite, read(sqlite))
    (column,) = found.columns
    assert (column.type, column.setting) == (type, setting)
    assert column.rule
    assert sum(column.classes.values()) + column.nulls == len(values)
    errors = [finding for finding in found.findings if finding.severity == "error"]
    assert bool(errors) == bool(setting or not type)
    assert not setting or any(setting in finding.remedy for finding in errors)


def test_a_chosen_type_is_what_the_values_are_measured_against(sqlite: SqliteConnection) -> None:
    sqlite.executescript("CREATE TABLE t (v DATETIME); INSERT INTO t VALUES (1700000000)")
    choices = Choices(columns={"t.v": LogicalType.INTEGER})
    found = profile(sqlite, read(sqlite), choices)
    assert [finding.severity for finding in found.findings] == ["note"]
    assert found.columns[0].rule == "migration.toml says so"
    assert profile(sqlite, read(sqlite), Choices(leave_out={"table t": "old"})).columns == ()


EPOCHS = [
    ("created_at INTEGER", "1700000000", "could be seconds since 1970, from 2023-11-14"),
    ("ts REAL", "1700000000.5", "could be seconds since 1970"),
    ("at DATETIME", "1700000000123", "could be milliseconds since 1970, from 2023-11-14"),
]


@pytest.mark.parametrize(("column", "value", "detail"), EPOCHS)
def test_numbers_that_could_be_moments(
    sqlite: SqliteConnection, column: str, value: str, detail: str
) -> None:
    found = findings(sqlite, f"CREATE TABLE t ({column}); INSERT INTO t VALUES ({value}), (NULL)")
    assert any(note.rule == "epoch" and note.detail.startswith(detail) for note in found)


def test_other_numbers_are_no_moments(sqlite: SqliteConnection) -> None:
    script = "CREATE TABLE t (n INTEGER, at INTEGER); INSERT INTO t VALUES (1700000000, 7)"
    assert not any(note.rule == "epoch" for note in findings(sqlite, script))


def test_numbers_that_sqlite_rounded_itself(sqlite: SqliteConnection) -> None:
    script = (
        "CREATE TABLE t (v NUMERIC); INSERT INTO t VALUES (123456789012345678901234567890), (1)"
    )
    (found,) = [note for note in findings(sqlite, script) if note.rule == "rounded"]
    assert (found.count, found.examples) == (1, ("row 1",))


def test_a_text_that_may_be_too_long_for_its_index(sqlite: SqliteConnection) -> None:
    script = """CREATE TABLE t (v TEXT UNIQUE, w TEXT); CREATE INDEX i ON t (w);
        INSERT INTO t VALUES ('short', hex(zeroblob(1500)))"""
    (found,) = [one for one in findings(sqlite, script) if one.severity == "warning"]
    assert found.detail == "3000 bytes may be too long for the index i, which holds 2704"


def test_a_reference_is_judged_byte_by_byte(sqlite: SqliteConnection) -> None:
    (found,) = errors(
        sqlite,
        """CREATE TABLE p (name TEXT COLLATE NOCASE PRIMARY KEY);
        CREATE TABLE t (id INTEGER PRIMARY KEY, p TEXT REFERENCES p);
        INSERT INTO p VALUES ('Ann'); INSERT INTO t VALUES (1, 'Ann'), (2, 'ANN')""",
    )
    assert (found.rule, found.examples) == ("orphan", ("id=2",))


def test_many_rows_are_read_in_batches(sqlite: SqliteConnection) -> None:
    (found,) = errors(
        sqlite,
        f"""CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {2 * BATCH + 5})
        INSERT INTO t SELECT i, CASE WHEN i = {BATCH + 3} THEN 'x' ELSE i END FROM n""",
    )
    assert (found.count, found.examples) == (1, (f"id={BATCH + 3}",))


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
    assert (found.column, found.rule) == ("v", "type")
    assert found.detail == "no type is declared; it holds no value"
    assert found.remedy == 'say which type it is: "t.v" = "text" under columns'


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
