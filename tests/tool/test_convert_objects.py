"""Views and triggers on their way to PostgreSQL: those that are translated, those that are refused.

What the translated ones do is tried out in `test_compare_objects`.
"""

import pytest
from moving import Move

from migration.db import PgError
from migration.schema.errors import Unsupported

TABLES = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, r REAL, name TEXT COLLATE NOCASE,
        flag BOOLEAN, at DATETIME, double INTEGER AS (n * 2));
    CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER, name TEXT);
    CREATE TABLE "it's" ("a `b`" TEXT);
"""

VIEWS = [
    "SELECT * FROM t",
    "SELECT u.*, t.id AS other FROM main.t JOIN u ON u.t = t.id",
    "SELECT T.ID, u.NAME FROM t, u WHERE t.id = u.t",
    "SELECT x.n FROM t x LEFT JOIN t AS y ON x.id = y.n AND y.flag CROSS JOIN u",
    "SELECT DISTINCT n, flag FROM t ORDER BY n DESC, flag",
    "SELECT count(*), count(r), count(DISTINCT n), sum(n), min(r), max(id) FROM t",
    "SELECT u.name, count(*) AS c FROM u GROUP BY u.name HAVING count(*) > 1 ORDER BY c",
    "SELECT n + 1 AS m, n / 2, n > 3 AS big, NULL AS none, 'x' AS x, 1 AS one, 0.5 AS half FROM t",
    "SELECT id FROM t WHERE name = 'ANN' AND name IN ('bob', 'Zoë') OR flag",
    "SELECT rowid, double FROM t WHERE at IS NOT NULL",
    """SELECT "a `b`" FROM "it's" WHERE length([a `b`]) > 2""",
    "SELECT CASE WHEN flag THEN name ELSE 'none' END AS who FROM t ORDER BY name",
]


@pytest.mark.parametrize("query", VIEWS)
def test_a_view_is_translated(move: Move, query: str) -> None:
    move.declare(f"{TABLES}; CREATE VIEW v AS {query}").apply()
    assert move.schema_differences() == []
    assert isinstance(move.ask("SELECT * FROM v"), list)


def test_views_on_views_come_in_the_order_in_which_they_are_read(move: Move) -> None:
    move.declare(f"""{TABLES};
        CREATE VIEW a (x, "y z") AS SELECT id, name FROM b WHERE big;
        CREATE VIEW b AS SELECT id, name, n > 3 AS big FROM t
    """).apply()
    assert [view.name for view in move.model.views] == ["b", "a"]
    move.change("INSERT INTO t (n, name) VALUES (4, 'Ann'), (3, 'Bob')")
    assert move.ask('SELECT x, "y z" FROM a') == [(1, "Ann")]


REFUSED_VIEWS = [
    ("SELECT 1 AS one", "more than one SELECT"),
    ("SELECT n FROM t LIMIT 1", "more than one SELECT"),
    ("SELECT n FROM t UNION SELECT t FROM u", "more than one SELECT"),
    ("WITH x AS (SELECT n FROM t) SELECT n FROM x", "more than one SELECT"),
    ("SELECT n FROM (SELECT n FROM t)", "it reads from (SELECT n FROM t)"),
    ("SELECT (SELECT max(n) FROM t) AS m FROM u", "no exact equal"),
    ("SELECT n FROM t WHERE EXISTS (SELECT 1 FROM u)", "no exact equal"),
    ("SELECT avg(n) AS a FROM t", "AVG(n) has no exact equal"),
    ("SELECT sum(r) AS s FROM t", "depends on the order of the rows"),
    ("SELECT max(name) AS m FROM t", "no exact equal"),
    ("SELECT max(flag) AS m FROM t", "no exact equal"),
    ("SELECT count(DISTINCT name) AS c FROM t", "no exact equal"),
    ("SELECT group_concat(n) AS g FROM t", "no exact equal"),
    ("SELECT sum(n) FILTER (WHERE flag) AS s FROM t", "no exact equal"),
    ("SELECT row_number() OVER (ORDER BY n) AS r FROM t", "no exact equal"),
    ("SELECT n, r FROM t GROUP BY n", "it takes r from any row"),
    ("SELECT *, count(*) AS c FROM t", "it takes * from any row"),
    ("SELECT name FROM t GROUP BY name", "do not tell apart alike"),
    ("SELECT n + 1 AS m FROM t GROUP BY n + 1", "groups by more than columns"),
    ("SELECT DISTINCT name FROM t", "DISTINCT has no exact equal"),
    ("SELECT n FROM t ORDER BY 1", "the number of a column"),
    ("SELECT t.n FROM t NATURAL JOIN u", "it joins by"),
    ("SELECT t.n FROM t JOIN u USING (id)", "it joins by"),
    ("SELECT u.rowid AS r FROM u WHERE round(t) = 1", "ROUND(t) has no exact equal"),
    ("SELECT strftime('%Y', at) AS y FROM t", "no exact equal"),
    ("SELECT gone FROM t", "SQLite itself cannot read it"),
]


@pytest.mark.parametrize(("query", "why"), REFUSED_VIEWS)
def test_a_view_that_could_mean_something_else_is_refused(move: Move, query: str, why: str) -> None:
    move.declare(f"{TABLES}; CREATE VIEW v AS {query}")
    with pytest.raises(Unsupported) as refusal:
        _ = move.model
    (found,) = refusal.value.refusals
    assert found.what == "the view v"
    assert why in found.why
    assert '"view v" = "why"' in found.remedy


TRIGGERS = [
    ("AFTER INSERT ON t", "INSERT INTO u (t, name) VALUES (NEW.id, 'n ' || NEW.n), (1, NULL)"),
    ("AFTER UPDATE OF n, r ON t", "UPDATE u SET t = t + 1, name = OLD.name WHERE t = NEW.id"),
    ("AFTER DELETE ON t", "DELETE FROM u WHERE t = OLD.id"),
    ("AFTER INSERT ON t", "UPDATE t SET at = CURRENT_TIMESTAMP WHERE rowid = NEW.rowid"),
    ("AFTER UPDATE ON t", "UPDATE t SET r = 1, flag = 0 WHERE NEW.id = t.id AND n > 1"),
    ("AFTER INSERT ON t", "INSERT INTO u VALUES (NEW.id, NEW.double, 'x')"),
    ("BEFORE UPDATE ON t", "SELECT RAISE(ABORT, 'it''s so') WHERE NEW.n < OLD.n"),
    ("BEFORE DELETE ON t", "SELECT CASE WHEN OLD.flag THEN RAISE(ABORT, 'flagged') END"),
    ("BEFORE INSERT ON t WHEN NEW.name = 'x'", "SELECT RAISE(ABORT, 'no')"),
]


@pytest.mark.parametrize(("head", "body"), TRIGGERS)
def test_a_trigger_is_translated(move: Move, head: str, body: str) -> None:
    move.declare(f"{TABLES}; CREATE TRIGGER g {head} BEGIN {body}; END").apply()
    assert move.schema_differences() == []


def test_an_error_of_a_trigger_is_one_of_integrity(move: Move) -> None:
    move.declare(f"""{TABLES}; CREATE TRIGGER g BEFORE INSERT ON t WHEN NEW.n > 1 BEGIN
        SELECT RAISE(ABORT, 'n is too large'); END""").apply()
    move.change("INSERT INTO t (n) VALUES (1)")
    with pytest.raises(PgError, match="n is too large") as error:
        move.change("INSERT INTO t (n) VALUES (2)")
    assert error.value.sqlstate == "23000"


def test_rows_are_copied_without_starting_triggers(move: Move) -> None:
    move.declare(f"""{TABLES}; CREATE TRIGGER g AFTER INSERT ON t BEGIN
        INSERT INTO u (t) VALUES (NEW.id); END; INSERT INTO t (n) VALUES (1), (2)""").apply()
    move.copy()
    assert move.data().identical
    assert move.schema_differences() == []
    move.change("INSERT INTO t (n) VALUES (3)")
    assert move.ask("SELECT t FROM u ORDER BY id") == [(1,), (2,), (3,)]


REFUSED_TRIGGERS = [
    ("INSTEAD OF INSERT ON w", "DELETE FROM t", "in the place of a view"),
    ("AFTER INSERT ON t", "UPDATE t SET n = 1", "other rows of its own table"),
    ("AFTER INSERT ON t", "UPDATE t SET n = 1 WHERE n = NEW.id", "other rows of its own table"),
    ("AFTER INSERT ON t", "DELETE FROM t WHERE id < NEW.id", "other rows of its own table"),
    ("AFTER INSERT ON t", "INSERT INTO t (n) VALUES (1)", "adds rows to its own table"),
    ("BEFORE INSERT ON t", "UPDATE u SET t = 1", "before the row is written"),
    ("BEFORE INSERT ON t", "SELECT RAISE(ABORT, 'x') WHERE NEW.id > 1", "id is no column"),
    ("BEFORE UPDATE ON t", "SELECT RAISE(ABORT, 'x') WHERE NEW.double > 1", "double is no column"),
    ("AFTER INSERT ON t", "SELECT RAISE(ABORT, 'x') WHERE OLD.n > 1", "OLD.n is not known"),
    ("AFTER INSERT ON t", "SELECT RAISE(IGNORE)", "RAISE(IGNORE) has no exact equal"),
    ("AFTER INSERT ON t", "SELECT RAISE(ROLLBACK, 'x')", "cannot be parsed"),
    ("AFTER INSERT ON t", "SELECT 1", "1 has no exact equal"),
    ("AFTER INSERT ON t", "SELECT n FROM t", "no exact equal"),
    ("AFTER INSERT ON t", "INSERT OR IGNORE INTO u (t) VALUES (1)", "no exact equal"),
    ("AFTER INSERT ON t", "REPLACE INTO u (t) VALUES (1)", "no exact equal"),
    ("AFTER INSERT ON t", "INSERT INTO u (t) VALUES (1) ON CONFLICT DO NOTHING", "no exact equal"),
    ("AFTER INSERT ON t", "INSERT INTO u (t) SELECT id FROM t", "no exact equal"),
    ("AFTER INSERT ON t", "UPDATE OR IGNORE u SET t = 1", "cannot be parsed"),
    ("AFTER INSERT ON t", "UPDATE u SET t = 1 FROM t", "no exact equal"),
    ("AFTER INSERT ON t", "UPDATE u SET (t, name) = (1, 2)", "no exact equal"),
    ("AFTER INSERT ON t", "UPDATE u SET t = (SELECT max(n) FROM t)", "no exact equal"),
    ("AFTER INSERT ON t", "UPDATE u SET t = NEW.name", "does not fit the type integer"),
    ("AFTER INSERT ON t", "INSERT INTO f (a) VALUES (NEW.name)", "there is no table f"),
    ("AFTER INSERT ON t WHEN (SELECT 1)", "DELETE FROM u", "more than one value"),
]


@pytest.mark.parametrize(("head", "body", "why"), REFUSED_TRIGGERS)
def test_a_trigger_that_could_do_something_else_is_refused(
    move: Move, head: str, body: str, why: str
) -> None:
    move.declare(f"""{TABLES}; CREATE VIEW w AS SELECT id FROM t;
        CREATE TABLE f (a); CREATE TRIGGER g {head} BEGIN {body}; END; DROP TABLE f""")
    with pytest.raises(Unsupported) as refusal:
        _ = move.model
    (found,) = refusal.value.refusals
    assert found.what == "the trigger g"
    assert why in found.why
    assert '"trigger g" = "why"' in found.remedy


def test_triggers_whose_order_would_count_are_refused(move: Move) -> None:
    move.declare(f"""{TABLES};
        CREATE TRIGGER one AFTER INSERT ON t BEGIN INSERT INTO u (t) VALUES (1); END;
        CREATE TRIGGER two AFTER INSERT ON t BEGIN INSERT INTO u (t) VALUES (2); END;
        CREATE TRIGGER back AFTER INSERT ON u BEGIN UPDATE t SET n = 1 WHERE id = NEW.t; END
    """)
    with pytest.raises(Unsupported) as refusal:
        _ = move.model
    assert [(found.what, found.why) for found in refusal.value.refusals] == [
        ("the trigger one", "the trigger two writes to the same table"),
        ("the trigger two", "the trigger one writes to the same table"),
        ("the trigger back", "the trigger one writes back to u"),
    ]
