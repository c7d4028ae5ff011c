"""From SQLite's declarations to PostgreSQL's: types, keys, defaults and rules.

What a rule, a default or an index comes to is asked of the server, not read in the SQL.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from moving import Move

from migration.db import PgError

TYPES = [
    ("BOOLEAN", "boolean"),
    ("DATETIME", "timestamp with time zone"),
    ("TIMESTAMP", "timestamp with time zone"),
    ("DATE", "date"),
    ("JSON", "jsonb"),
    ("INTEGER", "bigint"),
    ("SMALLINT", "bigint"),
    ("REAL", "double precision"),
    ("FLOAT", "double precision"),
    ("TEXT", "text"),
    ("VARCHAR(5)", "character varying(5)"),
    ("NATIVE CHARACTER (70)", "character varying(70)"),
    ("VARCHAR(0)", "text"),
    ("TEXT(5)", "text"),
    ("BLOB", "bytea"),
    ("NUMERIC", "numeric"),
    ("NUM", "numeric"),
    ("DECIMAL(10, 2)", "numeric(10,2)"),
    ("NUMERIC(7)", "numeric(7,0)"),
    ("DECIMAL(2000, 2)", "numeric"),
]


@pytest.mark.parametrize(("declared", "type"), TYPES)
def test_a_declared_type_becomes_the_native_one(move: Move, declared: str, type: str) -> None:
    move.declare(f"CREATE TABLE t (v {declared})").apply()
    query = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attname = 'v'"
    assert move.ask(query) == [(type,)]


def test_text_sorts_by_bytes_whatever_the_database_does(move: Move) -> None:
    move.declare("CREATE TABLE t (v TEXT)").apply()
    move.change("INSERT INTO t VALUES ('b'), ('B'), ('ä'), ('a'), ('Z')")
    assert [v for (v,) in move.ask("SELECT v FROM t ORDER BY v")] == ["B", "Z", "a", "b", "ä"]


@pytest.mark.parametrize("key", ["INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"])
def test_ids_are_handed_out_and_may_be_given(move: Move, key: str) -> None:
    move.declare(f"CREATE TABLE t (id {key}, v TEXT)").apply()
    assert move.ask("INSERT INTO t (v) VALUES ('a') RETURNING id") == [(1,)]
    assert move.ask("INSERT INTO t (id, v) VALUES (70, 'b') RETURNING id") == [(70,)]


@pytest.mark.parametrize("key", ["INT PRIMARY KEY", "TEXT PRIMARY KEY"])
def test_other_keys_hand_out_nothing(move: Move, key: str) -> None:
    move.declare(f"CREATE TABLE t (id {key}, v TEXT)").apply()
    with pytest.raises(PgError, match="null value"):
        move.change("INSERT INTO t (v) VALUES ('a')")


DEFAULTS = [
    ("TEXT DEFAULT 'it''s'", "it's"),
    ('TEXT DEFAULT "double"', "double"),
    ("TEXT DEFAULT 0", "0"),
    ("TEXT DEFAULT ''", ""),
    ("TEXT DEFAULT ('a' || 'b')", "ab"),
    ("TEXT DEFAULT (lower('ÄB'))", "Äb"),
    ("TEXT DEFAULT 'CURRENT_TIMESTAMP'", "CURRENT_TIMESTAMP"),
    ("INTEGER DEFAULT (60 * 60 * 24 * 365 * 100)", 3_153_600_000),
    ("INTEGER DEFAULT (7 / 2)", 3),
    ("INTEGER DEFAULT (1 > 0)", 1),
    ("INTEGER DEFAULT ' 007 '", 7),
    ("REAL DEFAULT (0.1 + 0.2)", 0.1 + 0.2),
    ("REAL DEFAULT 9e999", float("inf")),
    ("VARCHAR(3) DEFAULT 'abc'", "abc"),
    ("INTEGER DEFAULT -7", -7),
    ("INTEGER DEFAULT '5'", 5),
    ("INTEGER DEFAULT (3)", 3),
    ("INTEGER DEFAULT 0x10", 16),
    ("REAL DEFAULT 0", 0.0),
    ("REAL DEFAULT 1e-3", 0.001),
    ("NUMERIC DEFAULT 1.5", Decimal("1.5")),
    ("BOOLEAN DEFAULT 1", True),
    ("BOOLEAN DEFAULT FALSE", False),
    ("BLOB DEFAULT x'00ff'", b"\x00\xff"),
    ("JSON DEFAULT '{\"a\": [1]}'", {"a": [1]}),
    ("DATE DEFAULT '2024-02-29'", date(2024, 2, 29)),
    ("DATETIME DEFAULT '2024-01-01 10:00:00'", datetime(2024, 1, 1, 10, tzinfo=UTC)),
    ("INTEGER DEFAULT NULL", None),
    ("INTEGER", None),
]


@pytest.mark.parametrize(("declaration", "stored"), DEFAULTS)
def test_a_default_stores_what_sqlite_stores(move: Move, declaration: str, stored: Any) -> None:
    move.declare(f"CREATE TABLE t (id INTEGER, v {declaration})").apply()
    assert move.ask("INSERT INTO t (id) VALUES (1) RETURNING v") == [(stored,)]
    assert move.schema_differences() == []


NOW = [
    ("DATETIME DEFAULT CURRENT_TIMESTAMP", "date_trunc('second', statement_timestamp())"),
    ("DATETIME DEFAULT current_timestamp", "date_trunc('second', statement_timestamp())"),
    ("DATETIME DEFAULT (datetime( 'now' ))", "date_trunc('second', statement_timestamp())"),
    ("DATE DEFAULT (date('now'))", "(statement_timestamp() AT TIME ZONE 'UTC')::date"),
    ("DATE DEFAULT CURRENT_DATE", "(statement_timestamp() AT TIME ZONE 'UTC')::date"),
    ("INTEGER DEFAULT (strftime('%s', 'now'))", "floor(extract(epoch FROM statement_timestamp()))"),
    (
        "TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
        "to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    ),
    (
        "TEXT DEFAULT CURRENT_TIMESTAMP",
        "to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
    ),
]


@pytest.mark.parametrize(("declaration", "expected"), NOW)
@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Etc/GMT-14"])
def test_the_clock_is_read_at_insert_and_in_utc(
    move: Move, declaration: str, expected: str, zone: str
) -> None:
    move.declare(f"CREATE TABLE t (id INTEGER, v {declaration})").apply()
    move.change(f"SET timezone = '{zone}'")
    # In one transaction the second insert has a later statement time than the first.
    with move.pg.transaction():
        for number in range(2):
            query = f"INSERT INTO t (id) VALUES ({number}) RETURNING v = {expected}"
            assert move.ask(query) == [(True,)]
    assert move.schema_differences() == []


CHECKS = [
    ("v INTEGER CHECK (v BETWEEN 1 AND 10)", ["1", "10", "NULL"], ["0", "11"]),
    ("v INTEGER CHECK (v)", ["1", "-1", "NULL"], ["0"]),
    ("v INTEGER CHECK (NOT v > 3 OR v == 7)", ["3", "7"], ["4"]),
    ("v REAL CHECK (v >= 0.5 AND v < 1e2)", ["0.5", "99.9"], ["0.4", "100"]),
    ("v INTEGER CHECK (abs(v) + 1 <= 5 - -1)", ["5", "-5"], ["6", "-6"]),
    ("v TEXT CHECK (v IN ('a', 'it''s'))", ["'a'", "'it''s'", "NULL"], ["'A'", "''"]),
    ('v TEXT CHECK (v NOT IN ("a", "b"))', ["'c'"], ["'a'"]),
    ("v TEXT CHECK (length(v) > 2)", ["'äöü'"], ["'äö'"]),
    ("v TEXT CHECK (v LIKE 'a\\_%')", ["'A\\x1'", "'a\\xyz'"], ["'a_'", "'ab'", "'b'"]),
    ("v TEXT CHECK (lower(v) = v)", ["'abc'", "'É'"], ["'Abc'"]),
    ("v TEXT CHECK (trim(v) <> '' AND v IS NOT NULL)", ["' a '"], ["' '", "NULL"]),
    ("v TEXT CHECK (coalesce(v, 'x') || 'y' <> 'xy')", ["'a'"], ["NULL", "'x'"]),
    ("v TEXT CHECK (v IS NOT 'a')", ["'b'", "NULL"], ["'a'"]),
    ("v TEXT CHECK (v NOT LIKE 'b%')", ["'a'", "NULL"], ["'Bc'"]),
    ("v TEXT CHECK (v LIKE '%!%' ESCAPE '!')", ["'a%'"], ["'a'"]),
    ("v TEXT CHECK (v GLOB '[a-c]*[^0-9]?')", ["'bxxy'", "'axy'"], ["'dxx'", "'Bxx'", "'a1y'"]),
    ("v TEXT CHECK (v GLOB '*_%\\?')", ["'a_%\\b'"], ["'abc'", "'a_%b'"]),
    ("v TEXT CHECK (v NOT GLOB '[]-]*')", ["'a'"], ["']a'", "'-'"]),
    ("v TEXT CHECK (ltrim(v) = v)", ["'a '"], ["' a'"]),
    ("v TEXT CHECK (rtrim(v, 'xy') <> '')", ["'ax'"], ["'xyx'"]),
    ("v TEXT CHECK (substr(v, 2, 2) = 'bc')", ["'abcd'"], ["'bc'"]),
    ("v TEXT CHECK (instr(v, '@') > 1)", ["'a@b'"], ["'@b'", "'ab'"]),
    ("v TEXT CHECK (replace(v, 'a', '') <> '')", ["'ab'"], ["'aa'"]),
    ("v TEXT CHECK (typeof(v) = 'text')", ["'a'"], ["NULL"]),
    ("v TEXT CHECK (v || 1 <> 'a1')", ["'b'"], ["'a'"]),
    ("v TEXT CHECK (v COLLATE NOCASE IN ('A', 'b'))", ["'a'", "'B'"], ["'c'"]),
    ("v TEXT COLLATE NOCASE CHECK (v BETWEEN 'b' AND 'D')", ["'B'", "'d'"], ["'a'", "'E'"]),
    ("v TEXT COLLATE RTRIM CHECK (v <> 'a')", ["'b'"], ["'a  '"]),
    ("v INTEGER CHECK (CASE WHEN v > 5 THEN v < 9 ELSE v > 0 END)", ["7", "1"], ["9", "0"]),
    ("v INTEGER CHECK (CASE v WHEN 1 THEN 'a' ELSE 'b' END = 'a')", ["1"], ["2", "NULL"]),
    ("v INTEGER CHECK (v / 2 = 1)", ["2", "3", "NULL"], ["4", "-2"]),
    ("v INTEGER CHECK (10 / v IS NULL OR v % 3 = 2)", ["0", "5"], ["4"]),
    ("v INTEGER CHECK (v & 6 = 2)", ["3"], ["4"]),
    ("v INTEGER CHECK (length(v) = 3)", ["100", "-10"], ["10"]),
    ("v INTEGER CHECK (iif(v > 3, v < 5, v = 0))", ["4", "0"], ["5", "1"]),
    ("v INTEGER CHECK (nullif(v, 3) IS NOT NULL)", ["4"], ["3"]),
    ("v INTEGER CHECK (CAST(v AS TEXT) = '7')", ["7"], ["8"]),
    ("v REAL CHECK (v < 0.1 + 0.2)", ["0.3"], ["0.30000000000000004"]),
    ("a INTEGER, b INTEGER, CHECK ((a IS NULL) + (b IS NULL) = 1)", ["1, NULL"], ["1, 1"]),
    ("a INTEGER, b INTEGER, CHECK (a = b IS NULL)", ["NULL, 1"], ["1, 1"]),
    ("v BOOLEAN CHECK (v < 1)", ["false"], ["true"]),
    ("v DATE CHECK (v >= '2000-01-01')", ["'2000-01-01'"], ["'1999-12-31'"]),
    ("v BOOLEAN CHECK (v = 1)", ["true", "NULL"], ["false"]),
    ("v BOOLEAN CHECK (v)", ["true"], ["false"]),
    ("v BLOB CHECK (length(v) = 2 OR v = x'00')", ["'\\x0102'", "'\\x00'"], ["'\\x01'"]),
    (
        "v DATE, w DATE, CHECK (w >= v)",
        ["'2024-01-01', '2024-01-02'"],
        ["'2024-01-02', '2024-01-01'"],
    ),
]


@pytest.mark.parametrize(("columns", "taken", "refused"), CHECKS)
def test_a_rule_takes_and_refuses_the_same_rows(
    move: Move, columns: str, taken: list[str], refused: list[str]
) -> None:
    move.declare(f"CREATE TABLE t ({columns})").apply()
    for values in taken:
        move.change(f"INSERT INTO t VALUES ({values})")
    for values in refused:
        with pytest.raises(PgError, match="violates check constraint"):
            move.change(f"INSERT INTO t VALUES ({values})")
    assert move.schema_differences() == []


@pytest.mark.parametrize(
    "column",
    [
        "flag BOOLEAN CHECK (flag IN (0, 1))",
        "flag BOOLEAN CHECK (flag BETWEEN 0 AND 1)",
        "data JSON NOT NULL CHECK (json_valid(data))",
        "data JSON CHECK (json_valid(data) OR data IS NULL)",
        "data JSON CHECK (data IS NULL OR json_valid(data))",
    ],
)
def test_a_rule_that_the_type_enforces_is_left_out_with_a_note(move: Move, column: str) -> None:
    move.declare(f"CREATE TABLE t ({column})").apply()
    (note,) = move.model.notes
    assert (note.table, note.what) == ("t", column[column.index("CHECK") :])
    rules = "SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c'"
    assert move.ask(rules) == []
    assert move.schema_differences() == []
