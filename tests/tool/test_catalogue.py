"""What SQLite declares, read from small databases that each declare one thing."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from migration.db import SqliteConnection, open_sqlite
from migration.source.catalogue import read
from migration.source.model import SourceForeignKey, SourceKey, SourceTable, SourceTerm
from migration.source.triggertext import TriggerText, trigger_text


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteConnection]:
    """An empty file, open for writing."""
    with closing(open_sqlite(tmp_path / "source.db", readonly=False)) as connection:
        yield connection


def table_of(sqlite: SqliteConnection, declaration: str) -> SourceTable:
    """Create a table and return the last one of the catalogue."""
    sqlite.executescript(declaration)
    return read(sqlite).tables[-1]


def test_columns_keep_order_type_text_default_and_null(sqlite: SqliteConnection) -> None:
    table = table_of(
        sqlite,
        """CREATE TABLE t (
            zebra VARCHAR(10) NOT NULL DEFAULT 'it''s, (fine)',
            apple DATETIME DEFAULT CURRENT_TIMESTAMP, -- a comment, with a comma
            day DATE DEFAULT (date('now')), plain
        )""",
    )
    assert [(c.name, c.declared, c.not_null, c.default) for c in table.columns] == [
        ("zebra", "VARCHAR(10)", True, "'it''s, (fine)'"),
        ("apple", "DATETIME", False, "CURRENT_TIMESTAMP"),
        ("day", "DATE", False, "date('now')"),
        ("plain", "", False, None),
    ]


@pytest.mark.parametrize(
    ("declaration", "row_id", "autoincrement"),
    [
        ("id INTEGER PRIMARY KEY AUTOINCREMENT", "id", True),
        ("id INTEGER PRIMARY KEY", "id", False),
        ("id INTEGER, PRIMARY KEY (id)", "id", False),
        ("id INT PRIMARY KEY", None, False),
        ("id INTEGER PRIMARY KEY DESC", None, False),
        ("id TEXT PRIMARY KEY", None, False),
        ("id INTEGER, b INTEGER, PRIMARY KEY (id, b)", None, False),
        ('"AUTOINCREMENT" INTEGER PRIMARY KEY', "AUTOINCREMENT", False),
    ],
)
def test_the_row_number_is_told_from_other_keys(
    sqlite: SqliteConnection, declaration: str, row_id: str | None, autoincrement: bool
) -> None:
    table = table_of(sqlite, f"CREATE TABLE t ({declaration})")
    assert (table.row_id, table.autoincrement) == (row_id, autoincrement)


def test_a_table_without_rowid_and_a_strict_one(sqlite: SqliteConnection) -> None:
    table = table_of(sqlite, "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID")
    assert (table.without_rowid, table.strict, table.row_id) == (True, True, None)


def test_keys_with_their_names_and_the_index_that_is_no_constraint(
    sqlite: SqliteConnection,
) -> None:
    table = table_of(
        sqlite,
        """CREATE TABLE t (a TEXT CONSTRAINT lonely UNIQUE, b, c, d,
            CONSTRAINT whole PRIMARY KEY (c, a), UNIQUE (b, c), CONSTRAINT last UNIQUE ("d", [b]));
        CREATE UNIQUE INDEX by_b ON t (b)""",
    )
    assert table.primary_key == SourceKey("whole", ("c", "a"))
    assert table.uniques == (
        SourceKey("lonely", ("a",)),
        SourceKey(None, ("b", "c")),
        SourceKey("last", ("d", "b")),
    )
    assert [(index.name, index.unique) for index in table.indexes] == [("by_b", True)]


def test_checks_of_columns_and_tables_as_they_are_written(sqlite: SqliteConnection) -> None:
    table = table_of(
        sqlite,
        """CREATE TABLE t (a INTEGER CHECK (a > 0) CONSTRAINT small CHECK (a < 10),
            "check" TEXT CHECK ("check" <> 'a) CHECK (b' /* ) */),
            CHECK (a <> 5) CONSTRAINT both CHECK (a = 1 OR "check" IN ('x', 'y')))""",
    )
    assert [(check.name, check.column, check.text) for check in table.checks] == [
        (None, "a", "a > 0"),
        ("small", "a", "a < 10"),
        (None, "check", "\"check\" <> 'a) CHECK (b' /* ) */"),
        (None, None, "a <> 5"),
        ("both", None, "a = 1 OR \"check\" IN ('x', 'y')"),
    ]


def test_references_with_actions_deferral_and_implied_targets(sqlite: SqliteConnection) -> None:
    table = table_of(
        sqlite,
        """CREATE TABLE parent (x, y, PRIMARY KEY (x, y), UNIQUE (y));
        CREATE TABLE t (a REFERENCES parent (y) ON DELETE SET NULL ON UPDATE CASCADE, b,
            c CONSTRAINT third REFERENCES parent (y) NOT DEFERRABLE INITIALLY DEFERRED NOT NULL,
            CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES parent
                ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED)""",
    )
    assert table.foreign_keys == (
        SourceForeignKey(None, ("a",), "parent", ("y",), "CASCADE", "SET NULL", False),
        SourceForeignKey("third", ("c",), "parent", ("y",), "NO ACTION", "NO ACTION", False),
        SourceForeignKey("pair", ("a", "b"), "parent", ("x", "y"), "NO ACTION", "RESTRICT", True),
    )


def test_indexes_with_conditions_expressions_directions_and_collations(
    sqlite: SqliteConnection,
) -> None:
    table = table_of(
        sqlite,
        """CREATE TABLE t (a, b TEXT, "c d");
        CREATE INDEX i ON t (a DESC, lower(b || ')') ASC, b COLLATE NOCASE, "c d")
            WHERE b IS NOT NULL -- the end""",
    )
    (index,) = table.indexes
    assert index.terms == (
        SourceTerm("a", '"a"', True, "BINARY"),
        SourceTerm(None, "lower(b || ')')", False, "BINARY"),
        SourceTerm("b", '"b"', False, "NOCASE"),
        SourceTerm("c d", '"c d"', False, "BINARY"),
    )
    assert index.where == "b IS NOT NULL"


def test_generated_columns_collations_and_conflict_clauses(sqlite: SqliteConnection) -> None:
    table = table_of(
        sqlite,
        """CREATE TABLE t (a INTEGER, b TEXT COLLATE NOCASE UNIQUE ON CONFLICT REPLACE,
            v AS (a * 2), s INTEGER GENERATED ALWAYS AS (a + (1)) STORED)""",
    )
    assert [(c.name, c.generated, c.expression, c.collation) for c in table.columns] == [
        ("a", None, None, "BINARY"),
        ("b", None, None, "NOCASE"),
        ("v", "virtual", "a * 2", "BINARY"),
        ("s", "stored", "a + (1)", "BINARY"),
    ]
    assert table.conflict_clauses == ("UNIQUE ON CONFLICT REPLACE",)


@pytest.mark.parametrize(
    ("declaration", "key"),
    [
        ("a TEXT COLLATE nocase PRIMARY KEY", SourceKey(None, ("a",), ("NOCASE",))),
        (
            "a TEXT, b, PRIMARY KEY (b, a COLLATE RTRIM)",
            SourceKey(None, ("b", "a"), ("BINARY", "RTRIM")),
        ),
        ("a TEXT COLLATE NOCASE, PRIMARY KEY (a COLLATE BINARY)", SourceKey(None, ("a",))),
        ("a TEXT, PRIMARY KEY (a, a)", SourceKey(None, ("a",))),
    ],
)  # fmt: skip
def test_a_key_says_how_it_compares(
    sqlite: SqliteConnection, declaration: str, key: SourceKey
) -> None:
    assert table_of(sqlite, f"CREATE TABLE t ({declaration})").primary_key == key


def test_a_conflict_that_only_aborts_is_none(sqlite: SqliteConnection) -> None:
    table = table_of(
        sqlite,
        """CREATE TABLE t (a UNIQUE ON CONFLICT ABORT, b NOT NULL ON CONFLICT IGNORE,
            UNIQUE (a, b) ON CONFLICT ROLLBACK)""",
    )
    assert table.conflict_clauses == ("NOT NULL ON CONFLICT IGNORE", "UNIQUE ON CONFLICT ROLLBACK")


def test_names_in_every_kind_of_quotes(sqlite: SqliteConnection) -> None:
    table = table_of(
        sqlite,
        """CREATE TABLE 'my table' ('a' INT CHECK ([b c] > a), [b c] AS ("a" + 1),
            `d``d` DEFAULT "x", "check" COLLATE "nocase",
            CONSTRAINT 'k 1' UNIQUE ([b c], `d``d`))""",
    )
    assert [c.name for c in table.columns] == ["a", "b c", "d`d", "check"]
    assert [c.collation for c in table.columns] == ["BINARY"] * 3 + ["NOCASE"]
    assert table.columns[1].expression == '"a" + 1'
    assert table.checks[0].text == "[b c] > a"
    assert table.uniques == (SourceKey("k 1", ("b c", "d`d")),)


def test_a_view_is_read_with_its_columns_unless_sqlite_cannot(sqlite: SqliteConnection) -> None:
    sqlite.executescript("""
        CREATE TABLE t (a); CREATE VIEW good (x, y) AS SELECT a, a + 1 FROM t;
        CREATE VIEW bad AS SELECT gone FROM t
    """)
    assert [(view.name, view.columns) for view in read(sqlite).objects] == [
        ("good", ("x", "y")),
        ("bad", ()),
    ]


def test_tables_of_sqlites_own_and_shadows_are_no_tables(sqlite: SqliteConnection) -> None:
    sqlite.executescript("""
        CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE INDEX i ON t (id);
        INSERT INTO t VALUES (1); ANALYZE;
        CREATE VIRTUAL TABLE f USING fts5(a); CREATE VIRTUAL TABLE r USING rtree(id, x, y)
    """)
    catalogue = read(sqlite)
    assert [table.name for table in catalogue.tables] == ["t"]
    assert {"f_content", "f_idx", "r_node"} <= set(catalogue.shadows)


def test_a_file_in_utf_16_is_read_like_any_other(sqlite: SqliteConnection) -> None:
    sqlite.executescript("PRAGMA encoding = 'UTF-16'; CREATE TABLE ü (ö TEXT DEFAULT 'ä')")
    catalogue = read(sqlite)
    assert catalogue.encoding == "UTF-16le"
    assert catalogue.tables[0].columns[0].default == "'ä'"


@pytest.mark.parametrize(
    ("trigger", "parts"),
    [
        (
            "CREATE TRIGGER IF NOT EXISTS \"on\" AFTER UPDATE OF a, [b c] ON t WHEN NEW.a > 1"
            " BEGIN UPDATE t SET a = CASE a WHEN 1 THEN 2 END; DELETE FROM u; END",
            TriggerText(
                "AFTER", "UPDATE", ("a", "b c"), "NEW.a > 1",
                ("UPDATE t SET a = CASE a WHEN 1 THEN 2 END", "DELETE FROM u"),
            ),
        ),
        (
            "CREATE TRIGGER before INSERT ON t FOR EACH ROW BEGIN SELECT ';' ; INSERT INTO v"
            " VALUES (NEW.end); END",
            TriggerText(
                "BEFORE", "INSERT", (), None, ("SELECT ';'", "INSERT INTO v VALUES (NEW.end)")
            ),
        ),
        (
            "CREATE TRIGGER g INSTEAD OF DELETE ON v BEGIN SELECT 1; END",
            TriggerText("INSTEAD", "DELETE", (), None, ("SELECT 1",)),
        ),
    ],
)  # fmt: skip
def test_a_trigger_is_taken_apart(trigger: str, parts: TriggerText) -> None:
    assert trigger_text(trigger) == parts


def test_the_tables_that_a_trigger_writes_to() -> None:
    text = trigger_text(
        "CREATE TRIGGER g INSERT ON t BEGIN UPDATE a SET x = 1; INSERT INTO [b] VALUES (1);"
        " DELETE FROM c; SELECT 1 FROM d; END"
    )
    assert text.writes == ("a", "b", "c")


def test_views_triggers_and_virtual_tables_stand_apart_from_tables(
    sqlite: SqliteConnection,
) -> None:
    sqlite.executescript("""
        CREATE TABLE t (a);
        CREATE VIEW v AS SELECT a FROM t;
        CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END;
        CREATE VIRTUAL TABLE f USING fts5(a);
    """)
    catalogue = read(sqlite)
    assert [table.name for table in catalogue.tables] == ["t"]
    assert [(thing.kind, thing.name, thing.table) for thing in catalogue.objects] == [
        ("view", "v", "v"),
        ("trigger", "g", "t"),
        ("virtual table", "f", "f"),
    ]


def test_versions_and_counters_are_read(sqlite: SqliteConnection) -> None:
    sqlite.executescript("""
        PRAGMA user_version = 7; PRAGMA application_id = 9;
        CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);
        INSERT INTO t VALUES (100); DELETE FROM t;
    """)
    catalogue = read(sqlite)
    assert (catalogue.user_version, catalogue.encoding) == (7, "UTF-8")
    assert catalogue.application_id == 9
    assert catalogue.sequences == (("t", 100),)
    sqlite.execute("CREATE INDEX i ON t (id)")
    assert read(sqlite).schema_cookie == catalogue.schema_cookie + 1


TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)"


@pytest.mark.parametrize(
    "alike",
    [
        "CREATE TABLE t (\n  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the id\n  a TEXT\n)",
        f"{TABLE}; INSERT INTO t VALUES (5, 'x')",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); ALTER TABLE t ADD COLUMN a TEXT",
    ],
)
def test_the_content_hash_ignores_spelling_and_rows(tmp_path: Path, alike: str) -> None:
    assert content_hash(tmp_path / "one.db", TABLE) == content_hash(tmp_path / "other.db", alike)


@pytest.mark.parametrize(
    "changed",
    [
        TABLE.replace("a TEXT", "a TEXT NOT NULL"),
        TABLE.replace("a TEXT", "a TEXT DEFAULT ''"),
        TABLE.replace("a TEXT", "a TEXT CHECK (a <> '')"),
        TABLE.replace(" AUTOINCREMENT", ""),
        f"{TABLE}; CREATE INDEX i ON t (a)",
        f"{TABLE}; PRAGMA user_version = 1",
        f"{TABLE}; PRAGMA application_id = 1",
        f"{TABLE}; CREATE VIEW v AS SELECT 1",
    ],
)
def test_the_content_hash_changes_with_every_declaration(tmp_path: Path, changed: str) -> None:
    assert content_hash(tmp_path / "one.db", TABLE) != content_hash(tmp_path / "other.db", changed)


def content_hash(file: Path, script: str) -> str:
    with closing(open_sqlite(file, readonly=False)) as connection:
        connection.executescript(script)
        return read(connection).content_hash


def test_reading_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "source.db"
    content_hash(file, TABLE)
    before = file.read_bytes()
    with closing(open_sqlite(file)) as connection:
        read(connection)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
