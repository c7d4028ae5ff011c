"""Schema objects that arrive in PostgreSQL, each as a small database of its own."""

from feature_projects import Carried, Source

LONG = "a_table_whose_name_is_longer_than_the_sixty_three_bytes_of_a_name_there"
LONG_THERE = "a_table_whose_name_is_longer_than_the_sixty_three_byte_698f33c0"


def _type(column: str) -> str:
    return (
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        f" WHERE attrelid = 't'::regclass AND attname = '{column}'"
    )


CARRIED_OBJECTS = {
    "not_null_with_default": Carried(
        Source("""CREATE TABLE t (id INTEGER, name TEXT NOT NULL DEFAULT 'x');
            INSERT INTO t VALUES (1, 'a')"""),
        asks=(("INSERT INTO t (id) VALUES (2) RETURNING name", [("x",)]),),
        refuses=("INSERT INTO t VALUES (3, NULL)",),
    ),
    "check_with_case_and_glob": Carried(
        Source("""CREATE TABLE t (kind TEXT, n INTEGER, code TEXT CHECK (code GLOB '[A-Z][0-9]*'),
            CHECK (CASE kind WHEN 'small' THEN n < 10 ELSE n >= 10 END));
            INSERT INTO t VALUES ('small', 3, 'B7'), ('large', 10, NULL)"""),
        asks=(("INSERT INTO t VALUES ('small', 9, 'Z0z') RETURNING n", [(9,)]),),
        refuses=(
            "INSERT INTO t VALUES ('small', 10, NULL)",
            "INSERT INTO t VALUES ('large', 10, 'b7')",
        ),
    ),
    "length_of_varchar": Carried(
        Source("CREATE TABLE t (v VARCHAR(5)); INSERT INTO t VALUES ('äöüßé')"),
        asks=((_type("v"), [("character varying(5)",)]),),
        refuses=("INSERT INTO t VALUES ('sixsix')",),
    ),
    "integer_primary_key": Carried(
        Source("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (7, 'a')"),
        asks=(("INSERT INTO t (v) VALUES ('b') RETURNING id", [(8,)]),),
    ),
    "autoincrement_never_reuses": Carried(
        Source("""CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
            INSERT INTO t VALUES (1, 'a'), (100, 'b'); DELETE FROM t WHERE id = 100"""),
        asks=(("INSERT INTO t (v) VALUES ('c') RETURNING id", [(101,)]),),
    ),
    "generated_columns": Carried(
        Source("""CREATE TABLE t (a INTEGER, b TEXT, twice INTEGER AS (a * 2),
            label TEXT GENERATED ALWAYS AS (upper(b) || '-' || a) STORED,
            more INTEGER AS (twice + 1));
            INSERT INTO t (a, b) VALUES (21, 'x')"""),
        asks=(
            ("SELECT a, b, twice, label, more FROM t", [(21, "x", 42, "X-21", 43)]),
            ("UPDATE t SET a = 5 RETURNING twice, more", [(10, 11)]),
        ),
        refuses=("INSERT INTO t (a, twice) VALUES (1, 1)",),
    ),
    "partial_unique_index": Carried(
        Source("""CREATE TABLE t (name TEXT, gone BOOLEAN);
            CREATE UNIQUE INDEX one_alive ON t (name) WHERE gone = 0;
            INSERT INTO t VALUES ('a', 0), ('a', 1), ('a', 1)"""),
        asks=(("INSERT INTO t VALUES ('a', true) RETURNING name", [("a",)]),),
        refuses=("INSERT INTO t VALUES ('a', false)",),
    ),
    "expression_index": Carried(
        Source("""CREATE TABLE t (name TEXT, n INTEGER);
            CREATE UNIQUE INDEX by_lower ON t (lower(name), n + 1 DESC);
            INSERT INTO t VALUES ('A', 1)"""),
        asks=(("INSERT INTO t VALUES ('a', 2) RETURNING n", [(2,)]),),
        refuses=("INSERT INTO t VALUES ('a', 1)",),
    ),
    "descending_index": Carried(
        Source("CREATE TABLE t (a INTEGER, b TEXT); CREATE INDEX down ON t (a DESC, b)"),
        asks=(
            (
                "SELECT indoption::text FROM pg_index WHERE indexrelid = 'down'::regclass",
                [("3 0",)],
            ),
        ),
    ),
    "nocase": Carried(
        Source("""CREATE TABLE t (mail TEXT COLLATE NOCASE UNIQUE, kind TEXT COLLATE NOCASE
            CHECK (kind IN ('a', 'B'))); INSERT INTO t VALUES ('Foo@x', 'b'), ('É', 'A')"""),
        prints=("warning: t: mail is COLLATE NOCASE",),
        asks=(
            ("INSERT INTO t VALUES ('é', 'b') RETURNING mail", [("é",)]),
            ("SELECT mail FROM t ORDER BY mail", [("Foo@x",), ("É",), ("é",)]),
        ),
        refuses=("INSERT INTO t VALUES ('foo@X', 'a')", "INSERT INTO t VALUES ('x', 'c')"),
    ),
    "rtrim_key": Carried(
        Source("CREATE TABLE t (k TEXT COLLATE RTRIM PRIMARY KEY); INSERT INTO t VALUES ('a  ')"),
        prints=("warning: t: k is COLLATE RTRIM",),
        refuses=("INSERT INTO t VALUES ('a')",),
    ),
    "names_as_declared": Carried(
        Source("""CREATE TABLE "CamelCase" ("Select" INTEGER, "a""b" TEXT, "100%" TEXT, ünï TEXT);
            CREATE INDEX "Order" ON "CamelCase" ("Select");
            INSERT INTO "CamelCase" VALUES (1, 'a', 'b', 'c')"""),
        prints=("warning: 3 names hold capitals (CamelCase, Order, CamelCase.Select)",),
        asks=(
            ('SELECT "Select", "a""b", "100%", ünï FROM "CamelCase"', [(1, "a", "b", "c")]),
            ("SELECT relname FROM pg_class WHERE oid = '\"Order\"'::regclass", [("Order",)]),
        ),
    ),
    "names_of_indexes": Carried(
        Source("""CREATE TABLE t (a INTEGER, b TEXT CONSTRAINT short CHECK (length(b) < 3));
            CREATE INDEX by_a ON t (a); CREATE UNIQUE INDEX "By B" ON t (b)"""),
        asks=(
            (
                "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
                [("By B",), ("by_a",)],
            ),
            ("SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass", [("short",)]),
        ),
    ),
    "names_too_long": Carried(
        Source(f"CREATE TABLE {LONG} (v{LONG} TEXT); INSERT INTO {LONG} VALUES ('a')"),
        prints=(f"{LONG} is called {LONG_THERE}",),
        asks=((f"SELECT count(*) FROM {LONG_THERE}", [(1,)]),),
    ),
    "order_of_columns": Carried(
        Source("CREATE TABLE t (z TEXT, a TEXT, m TEXT); INSERT INTO t VALUES ('1', '2', '3')"),
        asks=(("SELECT * FROM t", [("1", "2", "3")]),),
    ),
    "current_timestamp_in_any_case": Carried(
        Source("""CREATE TABLE t (id INTEGER, at DATETIME DEFAULT current_timestamp,
            day TEXT DEFAULT (date('now')), s INTEGER DEFAULT (strftime('%s', 'now')))"""),
        asks=(
            (
                "INSERT INTO t (id) VALUES (1)"
                " RETURNING at = date_trunc('second', statement_timestamp()),"
                " day = to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD'),"
                " s = floor(extract(epoch FROM statement_timestamp()))",
                [(True, True, True)],
            ),
        ),
    ),
    "defaults_of_every_kind": Carried(
        Source("""CREATE TABLE t (id INTEGER, a TEXT DEFAULT "double", b TEXT DEFAULT ('x' || 'y'),
            c INTEGER DEFAULT (60 * 60 * 24 * 365 * 100), d BLOB DEFAULT x'00ff', e REAL DEFAULT 1,
            f TEXT DEFAULT NULL, g INTEGER DEFAULT -0x10)"""),
        asks=(
            (
                "INSERT INTO t (id) VALUES (1) RETURNING a, b, c, d, e, f, g",
                [("double", "xy", 3153600000, b"\0\xff", 1.0, None, -16)],
            ),
        ),
    ),
    "references_with_actions": Carried(
        Source("""CREATE TABLE p (a INTEGER, b TEXT, PRIMARY KEY (a, b));
            CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, later INTEGER REFERENCES c
            DEFERRABLE INITIALLY DEFERRED,
            FOREIGN KEY (a, b) REFERENCES p ON DELETE CASCADE ON UPDATE SET NULL);
            INSERT INTO p VALUES (1, 'x'), (2, 'y');
            INSERT INTO c VALUES (1, 1, 'x', 2), (2, 2, 'y', NULL)"""),
        asks=(
            ("UPDATE p SET a = 9 WHERE a = 1 RETURNING a", [(9,)]),
            ("SELECT id, a, b FROM c ORDER BY id", [(1, None, None), (2, 2, "y")]),
            ("INSERT INTO c (id, later) VALUES (3, 77) RETURNING later", [(77,)]),
        ),
        refuses=("INSERT INTO c (id, a, b) VALUES (9, 9, 'x')",),
    ),
    "views": Carried(
        Source("""CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT, n INTEGER, at DATETIME);
            CREATE VIEW per_kind AS SELECT kind, count(*) AS rows, sum(n) AS n FROM t GROUP BY kind;
            CREATE VIEW large (kind, n, much) AS SELECT kind, n, n > 5 FROM per_kind WHERE n > 1
            ORDER BY kind DESC; INSERT INTO t (kind, n) VALUES ('a', 1), ('a', 3), ('b', 9)"""),
        asks=(("SELECT * FROM large ORDER BY n", [("a", 4, 0), ("b", 9, 1)]),),
    ),
    "triggers": Carried(
        Source("""CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, changed DATETIME);
            CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
            CREATE TRIGGER noted AFTER INSERT ON t
            BEGIN INSERT INTO log (what) VALUES ('new ' || NEW.id); END;
            CREATE TRIGGER touched AFTER UPDATE OF n ON t WHEN NEW.n IS NOT OLD.n
            BEGIN UPDATE t SET changed = CURRENT_TIMESTAMP WHERE id = NEW.id; END;
            CREATE TRIGGER guarded BEFORE DELETE ON t
            BEGIN SELECT RAISE(ABORT, 'kept') WHERE OLD.n = 0; END;
            INSERT INTO t (n) VALUES (0), (1)"""),
        asks=(
            ("SELECT what FROM log ORDER BY id", [("new 1",), ("new 2",)]),
            ("INSERT INTO t (n) VALUES (5) RETURNING id", [(3,)]),
            ("SELECT what FROM log WHERE id = 3", [("new 3",)]),
            ("UPDATE t SET n = 6 WHERE id = 3 RETURNING n", [(6,)]),
            (
                "SELECT changed BETWEEN date_trunc('second', now()) AND statement_timestamp()"
                " FROM t WHERE id = 3",
                [(True,)],
            ),
        ),
        refuses=("DELETE FROM t WHERE id = 1",),
    ),
    "without_rowid_and_strict": Carried(
        Source("""CREATE TABLE t (a TEXT, b INTEGER, v ANY, PRIMARY KEY (b, a))
            STRICT, WITHOUT ROWID;
            INSERT INTO t VALUES ('x', 1, 'any'), ('y', 1, 'other')""", columns={"t.v": "text"}),
        asks=(("SELECT a, b, v FROM t ORDER BY a", [("x", 1, "any"), ("y", 1, "other")]),),
        refuses=("INSERT INTO t VALUES ('x', 1, NULL)", "INSERT INTO t VALUES (NULL, 1, NULL)"),
    ),
    "statistics_of_analyze": Carried(
        Source("""CREATE TABLE t (a INTEGER); CREATE INDEX i ON t (a);
            INSERT INTO t VALUES (1), (2); ANALYZE"""),
        prints=("fit (tables: 1, rows: 2",),
        asks=(("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'sqlite%'", [(0,)]),),
    ),
    "encoding_utf_16": Carried(
        Source("""PRAGMA encoding = 'UTF-16'; CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT);
            INSERT INTO t VALUES ('z', 'ä'), ('Ā', '😀'), ('ｚ', '')"""),
        prints=("warning: the encoding is UTF-16le",),
        asks=(("SELECT k, v FROM t ORDER BY k", [("z", "ä"), ("Ā", "😀"), ("ｚ", "")]),),
    ),
    "application_id": Carried(
        Source("PRAGMA application_id = 77; PRAGMA user_version = 5; CREATE TABLE t (a TEXT)"),
        prints=("warning: the application_id is 77: PostgreSQL has no place for it",),
    ),
    "decimals_exact": Carried(
        Source("""CREATE TABLE t (v DECIMAL(10, 2), w NUMERIC);
            INSERT INTO t VALUES (1234.56, 0.1), (7, 1e300)"""),
        asks=(
            (_type("v"), [("numeric(10,2)",)]),
            (
                "SELECT v::text, w = 1e300 FROM t ORDER BY w DESC",
                [("7.00", True), ("1234.56", False)],
            ),
        ),
    ),
    "types_as_stored": Carried(
        Source("""CREATE TABLE t (at DATETIME, flag BOOLEAN, day DATE, doc JSON, v VARCHAR(3));
            INSERT INTO t VALUES ('yesterday', 7, 'never', '{broken', 'longer')""",
            types="faithful"),
        asks=(("SELECT * FROM t", [("yesterday", 7, "never", "{broken", "longer")]),),
    ),
    "types_chosen_by_column": Carried(
        Source("""CREATE TABLE t (a, b MONEY, "C" DATETIME);
            INSERT INTO t VALUES ('x', 1.5, 1700000000)""",
            columns={"t.a": "text", "T.B": "numeric", "t.c": "integer"}),
        asks=(("SELECT a, b::text, \"C\" FROM t", [("x", "1.5", 1700000000)]),),
    ),
    "orphans_of_a_reference_left_behind": Carried(
        Source("""CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE old (p REFERENCES p);
            CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p, q TEXT REFERENCES p);
            INSERT INTO c VALUES (5, 7, 'x'); INSERT INTO old VALUES (8)""",
            leave_out={"reference of c (p)": "0 and 7 stand for none", "table old": "unused",
                       "reference of c (q)": "of another type"}),
        asks=(("SELECT p, q FROM c", [(7, "x")]),),
    ),
    "left_behind_on_purpose": Carried(
        Source("""CREATE TABLE t (a TEXT CHECK (a GLOB b), b TEXT, n INTEGER DEFAULT (random()));
            CREATE TABLE old (x); CREATE VIEW last AS SELECT a FROM t LIMIT 1;
            CREATE VIRTUAL TABLE words USING fts5(a);
            CREATE TRIGGER feed AFTER INSERT ON t BEGIN INSERT INTO words VALUES (NEW.a); END;
            INSERT INTO t VALUES ('a', 'a', 1)""",
            leave_out={
                "table old": "nobody reads it", "view last": "asked for by the application itself",
                "virtual table words": "built anew as a text search", "trigger feed": "with it",
                "check 1 of t": "checked by the application", "default of t.n": "never used"}),
        prints=(
            "left out: view last: asked for by the application itself",
            "left out: table old: nobody reads it",
        ),
        asks=(("SELECT a, b FROM t ORDER BY a", [("a", "a")]),),
    ),
}  # fmt: skip
