"""What the trace sees of an application that uses the drivers in its own way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from migration.db import open_postgres, open_sqlite, url_with
from migration.db.trace import Statement, install, recording


@pytest.fixture(autouse=True)
def installed() -> None:
    """Go between once; the other tests of this process are none the wiser."""
    install()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.execute("CREATE TABLE items (name TEXT UNIQUE, price REAL)")
    yield connection
    connection.close()


@pytest.fixture
def depot(scratch_database: str) -> Iterator[psycopg.Connection[Any]]:
    with open_postgres(scratch_database) as connection:
        connection.execute("CREATE SCHEMA depot CREATE TABLE items (name text UNIQUE)")
    with psycopg.connect(
        url_with(scratch_database, options="-c search_path=depot"), autocommit=True
    ) as connection:
        yield connection


def test_sqlite_statements_come_with_parameters_rows_and_file(shop: sqlite3.Connection) -> None:
    with recording() as statements:
        shop.execute("INSERT INTO items VALUES (?, ?)", ("pen", 1.5))
        shop.cursor().executemany("INSERT INTO items VALUES (:n, 0)", [{"n": "a"}, {"n": "b"}])
        shop.executescript("DELETE FROM items")
    assert statements == [
        Statement("sqlite", "shop", "INSERT INTO items VALUES (?, ?)", ("pen", 1.5), 1, None),
        Statement(
            "sqlite", "shop", "INSERT INTO items VALUES (:n, 0)", [{"n": "a"}, {"n": "b"}], 2, None
        ),
        Statement("sqlite", "shop", "DELETE FROM items", (), None, None),
    ]


def test_a_failing_sqlite_statement_is_kept_with_its_error(shop: sqlite3.Connection) -> None:
    with recording() as statements, pytest.raises(sqlite3.OperationalError):
        shop.execute("SELECT missing FROM items")
    assert statements[0].error == "no such column: missing"


def test_factories_of_the_application_keep_their_kind(tmp_path: Path) -> None:
    class Connection(sqlite3.Connection):
        pass

    class Cursor(sqlite3.Cursor):
        pass

    connection = sqlite3.connect(tmp_path / "own.db", factory=Connection)
    connection.row_factory = sqlite3.Row
    with recording() as statements:
        row = connection.cursor(Cursor).execute("SELECT 1 AS one").fetchone()
    assert isinstance(connection, Connection)
    assert row["one"] == 1
    assert [statement.sql for statement in statements] == ["SELECT 1 AS one"]
    connection.close()


def test_parameters_are_kept_as_they_were_sent(shop: sqlite3.Connection) -> None:
    values = {"name": "pen"}
    with recording() as statements:
        shop.execute("INSERT INTO items (name) VALUES (:name)", values)
        values["name"] = "changed"
        shop.executemany("INSERT INTO items (name) VALUES (?)", ((name,) for name in "ab"))
    assert statements[0].params == {"name": "pen"}
    assert statements[1].params == [("a",), ("b",)]
    assert shop.execute("SELECT count(*) FROM items").fetchone() == (3,)


def test_postgres_statements_come_with_parameters_rows_and_schema(
    depot: psycopg.Connection[Any],
) -> None:
    with recording() as statements:
        depot.execute("INSERT INTO items VALUES (%s), (%s)", ["pen", "ink"])
        depot.cursor(row_factory=dict_row).executemany(
            "DELETE FROM items WHERE name = %(name)s", [{"name": "pen"}]
        )
        psycopg.RawCursor(depot).execute("SELECT name FROM items WHERE name = $1", ["ink"])
        depot.execute(psycopg.sql.SQL("SELECT {}").format(psycopg.sql.Literal("x")))
    insert = "INSERT INTO items VALUES (%s), (%s)"
    assert statements[0] == Statement("postgres", "depot", insert, ["pen", "ink"], 2, None)
    assert statements[1].params == [{"name": "pen"}]
    assert statements[2].params == ["ink"]
    assert statements[3].sql == "SELECT 'x'"


def test_a_failing_postgres_statement_is_kept_with_its_error(
    depot: psycopg.Connection[Any],
) -> None:
    with recording() as statements, pytest.raises(psycopg.errors.UndefinedColumn):
        depot.execute("SELECT missing FROM items")
    assert 'column "missing" does not exist' in str(statements[0].error)


def test_nothing_is_kept_outside_a_recording(shop: sqlite3.Connection) -> None:
    with recording() as first:
        pass
    shop.execute("SELECT 1")
    with recording() as second, recording() as third:
        shop.execute("SELECT 2")
    assert first == []
    assert [statement.sql for statement in second] == ["SELECT 2"]
    assert third == second


def test_what_the_tool_sends_is_no_part_of_a_recording(
    tmp_path: Path, scratch_database: str
) -> None:
    with recording() as statements, open_postgres(scratch_database) as postgres:
        postgres.execute("SELECT 1")
        sqlite = open_sqlite(tmp_path / "new.db", readonly=False)
        sqlite.execute("SELECT 1")
        sqlite.close()
    assert statements == []
