"""What cannot be carried as it is, each in a small database of its own: named, with the way out."""

from feature_projects import Refused, Source

REFUSED_OBJECTS = {
    "no_type_declared": Refused(
        Source("CREATE TABLE t (v); INSERT INTO t VALUES (1), (2)"),
        ["t.v: no type is declared; it holds 2 integer", '"t.v" = "integer" under columns'],
    ),
    "values_of_two_types": Refused(
        Source("CREATE TABLE t (v); INSERT INTO t VALUES (1), ('a')"),
        ["it holds 1 integer, 1 text", "no type holds all of them"],
    ),
    "type_of_the_authors_own": Refused(
        Source("CREATE TABLE t (v MONEY)"),
        ["'MONEY' allows any value", '"t.v" = "numeric" under columns'],
    ),
    "orphan": Refused(
        Source("""CREATE TABLE p (id INTEGER PRIMARY KEY);
            CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p);
            INSERT INTO c VALUES (5, 7)"""),
        [
            "c.p: rows without their row in p: 1 rows (id=5)",
            '"reference of c (p)" = "why" under leave_out',
            "foreign_key_check: row 5 of c",
        ],
    ),
    "reference_to_nothing": Refused(
        Source("CREATE TABLE t (v TEXT REFERENCES nowhere)"),
        ["the reference of t (v) to nowhere: there is no table nowhere"],
    ),
    "virtual_table": Refused(
        Source("CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('x')"),
        ["the virtual table f", 'leave it behind: "virtual table f" = "why" under leave_out'],
    ),
    "view_with_a_limit": Refused(
        Source("CREATE TABLE t (a TEXT); CREATE VIEW v AS SELECT a FROM t LIMIT 3"),
        ["the view v", '"view v" = "why" under leave_out'],
    ),
    "view_that_averages": Refused(
        Source("CREATE TABLE t (a REAL); CREATE VIEW v AS SELECT avg(a) AS a FROM t"),
        ["the view v: AVG(a) has no exact equal"],
    ),
    "trigger_in_place_of_a_view": Refused(
        Source("""CREATE TABLE t (a TEXT); CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER g
            INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (NEW.a); END"""),
        ["the trigger g: it writes in the place of a view"],
    ),
    "trigger_that_looks_at_other_rows": Refused(
        Source("""CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);
            CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET n = n + 1; END"""),
        ["the trigger g: it changes other rows of its own table"],
    ),
    "collation_of_the_application": Refused(
        Source("""CREATE TABLE t (a TEXT); PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a TEXT COLLATE unheard_of)'"""),
        ["COLLATE UNHEARD_OF of t.a: only the application knows how it compares"],
    ),
    "conflict_clause": Refused(
        Source("CREATE TABLE t (a TEXT UNIQUE ON CONFLICT REPLACE)"),
        ["UNIQUE ON CONFLICT REPLACE of t", '"conflict clauses of t" = "why" under leave_out'],
    ),
    "random_default": Refused(
        Source("CREATE TABLE t (a TEXT DEFAULT (hex(randomblob(16))))"),
        ["the default of t.a", '"default of t.a" = "why" under leave_out'],
    ),
    "check_without_an_equal": Refused(
        Source("CREATE TABLE t (a REAL CHECK (round(a) = a))"),
        ["CHECK (round(a) = a) of t: ROUND(a) has no exact equal", '"check 1 of t" = "why"'],
    ),
    "generated_without_an_equal": Refused(
        Source("CREATE TABLE t (a REAL, b INTEGER AS (a))"),
        ["the generated column t.b AS (a)", "does not fit the type integer"],
    ),
    "index_without_an_equal": Refused(
        Source("CREATE TABLE t (a REAL); CREATE INDEX i ON t (round(a))"),
        ["the index i", '"index i" = "why" under leave_out'],
    ),
    "column_of_the_system": Refused(
        Source("CREATE TABLE t (xmin INTEGER)"),
        ["the column t.xmin: every table of PostgreSQL has a column of that name already"],
    ),
    "settings_that_name_nothing": Refused(
        Source("CREATE TABLE t (a TEXT)", columns={"t.b": "text"}, leave_out={"view v": "old"}),
        ["the setting for column t.b", "the setting for view v", "nothing of that name"],
    ),
    "everything_at_once": Refused(
        Source("""CREATE TABLE t (a, b MONEY, c INTEGER DEFAULT (random()));
            CREATE VIEW v AS SELECT a FROM t LIMIT 1; CREATE VIRTUAL TABLE f USING fts5(a)"""),
        ["t.a: no type", "t.b: the declared type", "default of t.c", "the view v", "table f"],
    ),
}  # fmt: skip
