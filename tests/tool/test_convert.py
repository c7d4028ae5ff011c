"""From SQLite's declarations to PostgreSQL's: what is made, and what is refused by name.

What a rule, a default or an index comes to is asked of the server, not read in the SQL.
"""

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from moving import SCHEMA, Move

from migration.compare.schema import compare_schemas
from migration.db import PgError
from migration.schema.apply import apply
from migration.schema.choices import Choices
from migration.schema.convert import attempt, convert
from migration.schema.ddl import render, render_keys, render_references, render_tables
from migration.schema.errors import CannotApply, Unsupported
from migration.schema.model import LogicalType
from migration.schema.names import LIMIT, Names, shortened
from migration.source.catalogue import read

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


REFUSED = [
    ("CREATE TABLE t (v)", "the column t.v", "no type is declared"),
    ("CREATE TABLE t (v MONEY)", "the column t.v", "'MONEY' allows any value"),
    (
        "CREATE TABLE t (v TEXT UNIQUE ON CONFLICT REPLACE)",
        "UNIQUE ON CONFLICT REPLACE of t",
        "error",
    ),
    ("CREATE TABLE t (v TEXT NOT NULL ON CONFLICT IGNORE)", "NOT NULL ON CONFLICT IGNORE", "error"),
    ("CREATE VIRTUAL TABLE f USING fts5(a)", "the virtual table f", "no module"),
    ("CREATE TABLE t (v INTEGER DEFAULT (random()))", "the default of t.v", "no exact equal"),
    ("CREATE TABLE t (v INTEGER DEFAULT 'a')", "the default of t.v", "does not fit"),
    ("CREATE TABLE t (v VARCHAR(2) DEFAULT 'abc')", "the default of t.v", "longer than 2"),
    ("CREATE TABLE t (v DECIMAL(4, 2) DEFAULT 0.005)", "the default of t.v", "more than 2 digits"),
    ("CREATE TABLE t (v INTEGER DEFAULT 99999999999999999999)", "the default of t.v", "real is"),
    ("CREATE TABLE t (v TEXT DEFAULT 1.5)", "the default of t.v", "depends on SQLite's version"),
    ("CREATE TABLE t (v DATETIME DEFAULT (date('now')))", "the default of t.v", "is a day"),
    ("CREATE TABLE t (v DATETIME DEFAULT (datetime('now', 'localtime')))", "t.v", "no exact"),
    ("CREATE TABLE t (v TEXT DEFAULT (strftime('%j', 'now')))", "t.v", "does not write alike"),
    ("CREATE TABLE t (v JSON CHECK (json_valid(v)))", "CHECK (json_valid(v)) of t", "no exact"),
    ("CREATE TABLE t (v TEXT, w TEXT CHECK (v GLOB w))", "CHECK (v GLOB w) of t", "no literal"),
    ("CREATE TABLE t (v TEXT CHECK (v GLOB '[a'))", "of t", "no proper set"),
    ("CREATE TABLE t (v TEXT CHECK (v LIKE 'a!' ESCAPE '!'))", "of t", "end with its escape"),
    ("CREATE TABLE t (v TEXT CHECK (v LIKE 'ab' ESCAPE 'b'))", "of t", "ESCAPE 'b' has no exact"),
    ("CREATE TABLE t (v TEXT CHECK (v > 5))", "CHECK (v > 5) of t", "compared with"),
    ("CREATE TABLE t (v TEXT CHECK (v))", "CHECK (v) of t", "no truth value"),
    ("CREATE TABLE t (v TEXT CHECK (v + 1 > 0))", "of t", "no number"),
    ("CREATE TABLE t (v TEXT CHECK (substr(v, -1) = 'a'))", "of t", "from the end"),
    ("CREATE TABLE t (v TEXT CHECK (max(v, 'a') = 'a'))", "of t", "no exact equal"),
    ("CREATE TABLE t (v NUMERIC CHECK (v + 1 > 0))", "CHECK (v + 1 > 0) of t", "calculate alike"),
    ("CREATE TABLE t (v REAL CHECK (v % 2 = 1))", "CHECK (v % 2 = 1) of t", "cuts its numbers"),
    ("CREATE TABLE t (v REAL, w INTEGER CHECK (v > w))", "CHECK (v > w) of t", "compared with"),
    ("CREATE TABLE t (v REAL CHECK (v < 9007199254740993))", "of t", "compared with"),
    ("CREATE TABLE t (v REAL CHECK (CAST(v AS INTEGER) = v))", "of t", "have to guess"),
    ("CREATE TABLE t (v DATETIME CHECK (v > '2024-01-01 00:00:00'))", "of t", "compared with"),
    ("CREATE TABLE t (v DATE CHECK (v > '2024'))", "of t", "compared with"),
    ("CREATE TABLE t (v JSON, w JSON CHECK (v = w))", "CHECK (v = w) of t", "compared with"),
    ("CREATE TABLE t (v TEXT, w TEXT CHECK (coalesce(v, 0) = 0))", "of t", "of different types"),
    (
        "CREATE TABLE t (v REAL, w INTEGER AS (v))",
        "the generated column t.w AS (v)",
        "does not fit the type integer",
    ),
    ("CREATE TABLE t (v TEXT, w TEXT AS (hex(v)))", "the generated column t.w", "no exact equal"),
    ("CREATE TABLE t (v TEXT REFERENCES nowhere)", "reference of t (v)", "there is no table"),
    (
        "CREATE TABLE p (a INTEGER PRIMARY KEY); CREATE TABLE t (v TEXT REFERENCES p)",
        "the reference of t (v) to p",
        "different types",
    ),
    (
        "CREATE TABLE p (a TEXT, b TEXT); CREATE TABLE t (v TEXT REFERENCES p (b))",
        "the reference of t (v) to p",
        "p (b) is no key",
    ),
    (
        "CREATE TABLE p (a INTEGER PRIMARY KEY);"
        "CREATE TABLE t (v INTEGER, w INTEGER AS (v) REFERENCES p ON DELETE SET NULL)",
        "the reference of t (w) to p",
        "w is generated",
    ),
    ("CREATE TABLE t (v REAL); CREATE INDEX i ON t (round(v))", "the index i", "no exact equal"),
    ("CREATE TABLE t (v REAL); CREATE INDEX i ON t (v) WHERE round(v) = v", "the index i", "no"),
    (
        "PRAGMA encoding = 'UTF-16'; CREATE TABLE t (v TEXT CHECK (v > 'a'))",
        "CHECK (v > 'a') of t",
        "by the bytes of UTF-16",
    ),
    ("CREATE TABLE t (ctid INTEGER)", "the column t.ctid", "of that name already"),
    ("CREATE TABLE pg_type (a INTEGER)", "the table pg_type", "among its own tables first"),
    ('CREATE TABLE "" (a INTEGER)', "a table without a name", "needs a name"),
    ('CREATE TABLE t ("" INTEGER)', "a column of t without a name", "needs a name"),
    (f"CREATE TABLE t ({', '.join(f'c{n} INTEGER' for n in range(1601))})", "the table t", "1600"),
    (
        f"CREATE TABLE t ({', '.join(f'c{n} INTEGER' for n in range(33))});"
        f"CREATE INDEX i ON t ({', '.join(f'c{n}' for n in range(33))})",
        "the index i",
        "more than 32 columns",
    ),
]


@pytest.mark.parametrize(("declaration", "what", "why"), REFUSED)
def test_what_has_no_exact_equal_is_refused_by_name(
    move: Move, declaration: str, what: str, why: str
) -> None:
    move.declare(declaration)
    with pytest.raises(Unsupported) as refusal:
        _ = move.model
    (found,) = refusal.value.refusals
    assert what in found.what
    assert why in found.why
    assert found.remedy
    assert str(found) in refusal.value.why


def test_everything_that_is_refused_is_named_at_once(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (a, b REAL CHECK (round(b) = a), c TEXT DEFAULT (random()),
            d REAL REFERENCES u, e INTEGER CHECK (e > a));
        CREATE INDEX i ON t (round(b), a);
        CREATE INDEX j ON t (a);
        CREATE VIEW v AS SELECT * FROM t LIMIT 1;
        CREATE VIEW w AS SELECT * FROM t;
        CREATE VIRTUAL TABLE f USING fts5(a)
    """)
    with pytest.raises(Unsupported) as refusal:
        _ = move.model
    # What hangs on the column without a type is not refused for its sake.
    assert [found.what for found in refusal.value.refusals] == [
        "the column t.a",
        "the default of t.c",
        "CHECK (round(b) = a) of t",
        "the reference of t (d) to u",
        "the index i",
        "the view v",
        "the virtual table f",
    ]
    assert pickle.loads(pickle.dumps(refusal.value)).refusals == refusal.value.refusals


def test_the_row_number_stays_an_integer(move: Move) -> None:
    move.declare("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    choices = Choices(columns={"t.id": LogicalType.TEXT})
    (found,) = attempt(read(move.sqlite), schema=SCHEMA, choices=choices).refusals
    assert found.what == "the type of t.id"


def test_types_as_stored_and_types_chosen(move: Move) -> None:
    move.declare("CREATE TABLE t (a DATETIME, b BOOLEAN, c JSON, d VARCHAR(3), e DECIMAL(5, 2), f)")
    chosen = Choices(types="faithful", columns={"T.f": LogicalType.BLOB, "t.a": LogicalType.DATE})
    (table,) = convert(read(move.sqlite), schema=SCHEMA, choices=chosen).tables
    assert [column.type for column in table.columns] == [
        "date", "integer", "text", "text", "numeric", "blob",
    ]  # fmt: skip
    assert [column.limit for column in table.columns] == [()] * 6


LEFT_OUT = {
    "table Gone": "reason",
    "view V": "reason",
    "index i": "reason",
    "trigger g": "reason",
    "virtual table f": "reason",
    "check 2 of t": "reason",
    "default of t.a": "reason",
    "reference of t (b)": "reason",
    "conflict clauses of t": "reason",
}


def test_what_is_left_out_is_counted_and_judged_by_nobody(move: Move) -> None:
    move.declare("""
        CREATE TABLE gone (x);
        CREATE TRIGGER of_gone DELETE ON gone BEGIN SELECT 1; END;
        CREATE TABLE t (a REAL DEFAULT (random()) CHECK (a > 0) CHECK (round(a) = a),
            b TEXT UNIQUE ON CONFLICT IGNORE REFERENCES nowhere);
        CREATE INDEX i ON t (round(a));
        CREATE VIEW v AS SELECT 1;
        CREATE TRIGGER g DELETE ON t BEGIN SELECT 1; END;
        CREATE VIRTUAL TABLE f USING fts5(a)
    """)
    choices = Choices(leave_out=LEFT_OUT)
    model = convert(read(move.sqlite), schema=SCHEMA, choices=choices)
    assert [note.what for note in model.left_out] == list(LEFT_OUT)
    assert [check.expression for check in model.tables[0].checks] == ['("a" > 0)']
    apply(move.pg, render(model))
    assert compare_schemas(move.sqlite, move.pg, schema=SCHEMA, choices=choices) == []
    assert len(compare_schemas(move.sqlite, move.pg, schema=SCHEMA)) >= 8


def test_names_and_the_order_of_columns_are_kept(move: Move) -> None:
    move.declare("""
        CREATE TABLE "Camel Case" ("Select" INTEGER, "a""b" TEXT UNIQUE, "%s" TEXT, ünï TEXT);
        CREATE INDEX "Order" ON "Camel Case" ("Select" DESC)
    """).apply()
    assert move.schema_differences() == []
    columns = "SELECT attname FROM pg_attribute WHERE attrelid = 'app.\"Camel Case\"'::regclass"
    assert [name for (name,) in move.ask(f"{columns} AND attnum > 0 ORDER BY attnum")] == [
        "Select", 'a"b', "%s", "ünï",
    ]  # fmt: skip


def test_names_of_constraints_are_the_authors_or_made_and_never_the_same(move: Move) -> None:
    move.declare("""
        CREATE TABLE parent (id INTEGER CONSTRAINT first PRIMARY KEY);
        CREATE TABLE t_id (key TEXT UNIQUE);
        CREATE TABLE t (id_key TEXT UNIQUE, p INTEGER CONSTRAINT child REFERENCES parent,
            q INTEGER REFERENCES parent CHECK (q > 0) CHECK (q < 9), CHECK (p < q))
    """).apply()
    names = move.ask(
        "SELECT conname FROM pg_constraint"
        " WHERE connamespace = 'app'::regnamespace AND contype <> 'n' ORDER BY 1"
    )
    assert [name for (name,) in names] == [
        "child", "first", "t_check", "t_id_key_key", "t_id_key_key_2", "t_q_check", "t_q_check_2",
        "t_q_fkey",
    ]  # fmt: skip


def test_a_long_name_is_shortened_and_stays_its_own() -> None:
    long = "ü" * 40
    assert shortened("short") == "short"
    assert len(shortened(long).encode()) <= LIMIT
    assert shortened(long) != shortened(long + "x")
    names = Names([shortened(long)])
    assert names.give(long) not in ("", shortened(long))
    assert Names().keep([long, shortened(long)])[shortened(long)] == shortened(long)


def test_long_names_and_taken_ones_are_changed_and_told(move: Move) -> None:
    long = "l" * 70
    move.declare(f"""
        CREATE TABLE {long} (id{long} INTEGER PRIMARY KEY, v TEXT);
        CREATE TABLE t (id INTEGER PRIMARY KEY);
        CREATE INDEX t_id_seq ON t (id);
        CREATE VIEW w AS SELECT id{long} FROM {long}
    """).apply()
    assert move.schema_differences() == []
    told = [warning.what for warning in move.model.warnings]
    assert told == [f"{name} is called {shortened(name)}" for name in (long, f"id{long}")]
    assert move.ask(
        f"INSERT INTO {shortened(long)} (v) VALUES ('a') RETURNING {shortened(f'id{long}')}"
    ) == [(1,)]
    assert move.ask("INSERT INTO t DEFAULT VALUES RETURNING id") == [(1,)]
    assert move.ask("SELECT * FROM w") == [(1,)]


def test_references_keep_actions_deferral_and_spelled_columns(move: Move) -> None:
    move.declare("""
        CREATE TABLE Parent (Id INTEGER PRIMARY KEY, a TEXT, b TEXT, UNIQUE (a, b));
        CREATE TABLE child (p INTEGER REFERENCES PARENT ON DELETE CASCADE ON UPDATE SET NULL,
            x TEXT, y TEXT, q INTEGER REFERENCES parent(ID) DEFERRABLE INITIALLY DEFERRED,
            FOREIGN KEY (x, y) REFERENCES parent (A, B) ON DELETE SET NULL);
        CREATE TABLE loop_a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES loop_b);
        CREATE TABLE loop_b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES loop_a)
    """).apply()
    assert move.schema_differences() == []
    found = move.ask("""
        SELECT confdeltype::text, confupdtype::text, condeferred FROM pg_constraint
        WHERE contype = 'f' AND conrelid = 'child'::regclass ORDER BY conname
    """)
    assert found == [("c", "n", False), ("a", "a", True), ("n", "a", False)]


def test_parents_come_before_their_children(move: Move) -> None:
    move.declare("""
        CREATE TABLE grandchild (c INTEGER REFERENCES child);
        CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent,
            s INTEGER REFERENCES child);
        CREATE TABLE parent (id INTEGER PRIMARY KEY)
    """)
    assert [table.name for table in move.model.tables] == ["parent", "child", "grandchild"]


def test_indexes_keep_what_they_cover_and_in_which_order(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, at DATETIME, open BOOLEAN);
        CREATE INDEX by_time ON t (at DESC, id);
        CREATE UNIQUE INDEX by_name ON t (lower(name)) WHERE open = 1
    """).apply()
    assert move.schema_differences() == []
    move.change("INSERT INTO t (name, open) VALUES ('A', true), ('a', false), ('a', false)")
    with pytest.raises(PgError, match="by_name"):
        move.change("INSERT INTO t (name, open) VALUES ('a', true)")


SMALL = """
    PRAGMA user_version = 4;
    CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent);
    CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> ''));
    CREATE INDEX by_name ON parent (name)
"""


def test_the_ddl_is_the_same_every_time_and_can_be_read(move: Move) -> None:
    model = move.declare(SMALL).model
    assert render(model) == render(move.model)
    assert render(model).endswith(";\n")
    assert """
CREATE TABLE "app"."parent" (
    "id" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    "name" text COLLATE "C" NOT NULL,
    CONSTRAINT "parent_name_check" CHECK (("name" <> ''))
);
""" in render(model)


def test_the_schema_version_stands_where_the_application_reads_it(move: Move) -> None:
    move.declare(SMALL).apply()
    query = f"SELECT obj_description('{SCHEMA}'::regnamespace, 'pg_namespace')"
    assert move.ask(query) == [("schema version 4",)]


def test_keys_and_references_can_follow_the_rows(move: Move) -> None:
    model = move.declare(SMALL).model
    apply(move.pg, render_tables(model))
    move.change("INSERT INTO child (p) VALUES (5)")
    assert move.ask("SELECT count(*) FROM pg_indexes WHERE schemaname = 'app'") == [(0,)]
    apply(move.pg, render_keys(model))
    move.change("INSERT INTO parent VALUES (5, 'a'); SELECT setval('parent_id_seq', 5)")
    apply(move.pg, render_references(model))
    assert move.schema_differences() == []


def test_ddl_that_fails_leaves_nothing(move: Move) -> None:
    ddl = render(move.declare(SMALL).model)
    with pytest.raises(CannotApply, match="by_name"):
        apply(move.pg, ddl + 'CREATE INDEX "by_name" ON app.parent (name);')
    assert move.ask("SELECT to_regnamespace('app')") == [(None,)]
