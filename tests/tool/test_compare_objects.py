"""Views and triggers are judged by running them on both engines: alike as converted, and every
change of one is noticed.
"""

from collections.abc import Iterator

import pytest
from moving import Move

from migration.compare.objects import definitions, try_out
from migration.schema.choices import NATIVE, Choices
from migration.schema.convert import convert
from migration.schema.ddl import render_keys, render_tables, render_triggers, render_views
from migration.source.catalogue import read

TRIAL = "Trial.of it"

LIBRARY = """
    CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE,
        books INTEGER NOT NULL DEFAULT 0, changed DATETIME);
    CREATE TABLE book (id INTEGER PRIMARY KEY AUTOINCREMENT, author INTEGER REFERENCES author,
        title VARCHAR(20), pages INTEGER CHECK (pages > 0), lent BOOLEAN DEFAULT 0,
        half INTEGER AS (pages / 2), doc JSON);
    CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT, book INTEGER,
        at TEXT DEFAULT CURRENT_TIMESTAMP);
    CREATE TRIGGER up AFTER INSERT ON book BEGIN
        UPDATE author SET books = books + 1 WHERE id = NEW.author; END;
    CREATE TRIGGER down AFTER DELETE ON book BEGIN
        UPDATE author SET books = books - 1 WHERE id = OLD.author;
        INSERT INTO log (what, book) VALUES ('gone ' || OLD.title, OLD.rowid); END;
    CREATE TRIGGER touch AFTER UPDATE OF name ON author WHEN NEW.name IS NOT OLD.name BEGIN
        UPDATE author SET changed = datetime('now') WHERE id = NEW.id; END;
    CREATE TRIGGER guard BEFORE UPDATE ON book WHEN NEW.pages > 1000 BEGIN
        SELECT RAISE(ABORT, 'too thick'); END;
    CREATE VIEW shelf AS SELECT b.id, title, a.name AS author, pages > 100 AS thick, doc
        FROM book b LEFT JOIN author a ON a.id = b.author WHERE NOT lent ORDER BY title DESC;
    CREATE VIEW totals AS SELECT author, count(*) AS n, sum(pages) AS pages, max(title) AS last
        FROM book GROUP BY author HAVING count(*) > 0;
    CREATE VIEW many AS SELECT DISTINCT n FROM totals WHERE n > 1;
    INSERT INTO author (name) VALUES ('Ann'), ('bob'), ('Zoë');
    INSERT INTO book (author, title, pages, doc) VALUES (1, 'a', 5, 'null'), (1, 'B', 500, '{}'),
        (2, 'c', 2000, NULL);
"""


@pytest.fixture
def trial(move: Move) -> Iterator[Move]:
    """The library on both sides, the PostgreSQL side as it is generated for a trial."""
    move.declare(LIBRARY)
    with move.pg.transaction(force_rollback=True):
        create(move)
        yield move


def create(move: Move, choices: Choices = NATIVE) -> None:
    model = convert(read(move.sqlite), schema=TRIAL, choices=choices)
    for part in (render_tables, render_keys, render_views, render_triggers):
        move.pg.execute(part(model).encode())
    move.pg.execute("SELECT set_config('search_path', %s, true)", [f'"{TRIAL}"'])


def tried(move: Move, choices: Choices = NATIVE) -> list[str]:
    return try_out(move.sqlite, move.pg, schema=TRIAL, choices=choices)


def test_what_was_converted_does_the_same(trial: Move) -> None:
    assert tried(trial) == []


FUNCTION = "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
CHANGED = [
    ("DROP VIEW shelf; CREATE VIEW shelf AS SELECT id, title, 'x' AS author, 1 AS thick, doc"
     " FROM book", "view shelf: it shows other rows"),
    ("ALTER VIEW shelf RENAME thick TO thin", "view shelf: its columns are called otherwise"),
    ("DROP VIEW many; CREATE VIEW many AS SELECT n FROM totals", "view many: it shows other rows"),
    ("DROP TRIGGER up ON book", "INSERT INTO book: afterwards the rows of author"),
    ("ALTER TABLE book DISABLE TRIGGER down", "DELETE FROM book: afterwards the rows of"),
    (FUNCTION.format(name="up", body="BEGIN UPDATE author SET books = books + 2"
                     " WHERE id = NEW.author; RETURN NULL; END"),
     "INSERT INTO book: afterwards the rows of author"),
    (FUNCTION.format(name="touch", body="BEGIN UPDATE author SET changed = '2024-01-01Z'"
                     " WHERE id = NEW.id; RETURN NULL; END"), "UPDATE author, name: "),
    (FUNCTION.format(name="guard", body="BEGIN RETURN NEW; END"),
     "SQLite refuses it, PostgreSQL takes it"),
    (FUNCTION.format(name="guard", body="BEGIN RETURN NULL; END"), "UPDATE book, "),
    ("DROP TRIGGER guard ON book; CREATE TRIGGER guard BEFORE UPDATE ON book FOR EACH ROW"
     " EXECUTE FUNCTION guard()", "SQLite takes it, PostgreSQL refuses it"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "named"), CHANGED)
def test_what_does_otherwise_is_named(trial: Move, change: str, named: str) -> None:
    trial.change(change)
    (found,) = tried(trial)
    assert named in found


def test_a_trigger_that_would_start_itself_does_not(trial: Move) -> None:
    trial.change("INSERT INTO author (id, name) VALUES (50, 'x'); UPDATE author SET name = 'y'")
    assert trial.ask("SELECT changed IS NOT NULL FROM author WHERE id = 50") == [(True,)]


def test_definitions_are_compared_without_the_name_of_the_schema(trial: Move) -> None:
    one = definitions(trial.pg, TRIAL)
    assert {"view shelf", "function up", "trigger guard"} <= one.keys()
    assert not any("Trial" in text for text in one.values())
    trial.change(FUNCTION.format(name="up", body="BEGIN RETURN NULL; END"))
    other = definitions(trial.pg, TRIAL)
    assert [name for name in one if one[name] != other[name]] == ["function up"]


UPDATED = """CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);
    CREATE TABLE log (id INTEGER PRIMARY KEY, n INTEGER); CREATE VIEW v AS SELECT id, n FROM log;
    CREATE TRIGGER g AFTER UPDATE ON t BEGIN INSERT INTO log (n) VALUES (NEW.n); END;
    INSERT INTO t (n) VALUES (1), (2), (3)"""


def test_which_row_of_a_statement_gets_which_id_is_no_difference(move: Move) -> None:
    move.declare(UPDATED)
    with move.pg.transaction(force_rollback=True):
        create(move)
        assert tried(move) == []


def test_a_row_that_postgresql_cannot_calculate_is_no_difference(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); CREATE INDEX i ON t (n * 2);
        CREATE VIEW v AS SELECT n FROM t; INSERT INTO t (n) VALUES (9223372036854775807), (1)
    """)
    with move.pg.transaction(force_rollback=True):
        create(move)
        assert tried(move) == []


def test_rules_that_are_left_out_do_not_count_as_differences(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, n REAL CHECK (round(n) = n), at DATETIME UNIQUE);
        CREATE VIEW v AS SELECT n FROM t WHERE n > 0;
        INSERT INTO t (n, at) VALUES (1, '2024-01-01T00:00:00')
    """)
    choices = Choices(leave_out={"check 1 of t": "the application does it"})
    with move.pg.transaction(force_rollback=True):
        create(move, choices)
        assert tried(move, choices) == []
