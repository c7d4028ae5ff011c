"""What has no exact equal is refused by name, unless it is chosen otherwise or left out."""

import pickle

import pytest
from moving import SCHEMA, Move

from migration.compare.schema import compare_schemas
from migration.schema.apply import apply
from migration.schema.choices import Choices
from migration.schema.convert import attempt, convert
from migration.schema.ddl import render
from migration.schema.errors import Unsupported
from migration.schema.model import LogicalType
from migration.source.catalogue import read

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
