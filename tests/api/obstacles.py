"""Commits that fail: the one failure of a database that no statement before it sees."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Flask

from api.db import get_db

EVENTS = ("INSERT", "UPDATE", "DELETE")
TABLES = (
    "CREATE TABLE IF NOT EXISTS parent (id INTEGER PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS child"
    " (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
)
FUNCTION = (
    "CREATE OR REPLACE FUNCTION orphan() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN INSERT INTO child VALUES (1); RETURN NULL; END'"
)
BODY = {
    "sqlite": "BEGIN INSERT INTO child VALUES (1); END",
    "postgres": "EXECUTE FUNCTION orphan()",
}


@contextmanager
def failing_commits(app: Flask, engine: str, logical: str, table: str) -> Iterator[None]:
    """Let every commit of a database fail that has changed rows of `table`, until the block ends.

    A trigger writes a child without a parent, whose key is checked at the commit.
    """
    _execute(app, logical, TABLES if engine == "sqlite" else (*TABLES, FUNCTION))
    _execute(
        app,
        logical,
        (f"CREATE TRIGGER orphan_{word} AFTER {word} ON {table} {BODY[engine]}" for word in EVENTS),
    )
    yield
    of_table = "" if engine == "sqlite" else f" ON {table}"
    _execute(app, logical, (f"DROP TRIGGER orphan_{word}{of_table}" for word in EVENTS))


def _execute(app: Flask, logical: str, statements: Iterable[str]) -> None:
    with app.app_context():
        for statement in statements:
            get_db(logical).run(statement)
        get_db(logical).commit()
