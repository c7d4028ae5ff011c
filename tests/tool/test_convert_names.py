"""Names, references and indexes keep what they say; the SQL can be read, and applied or not."""

import pytest
from moving import SCHEMA, Move

from migration.db import PgError
from migration.schema.apply import apply
from migration.schema.ddl import render, render_keys, render_references, render_tables
from migration.schema.errors import CannotApply
from migration.schema.names import LIMIT, Names, shortened


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
