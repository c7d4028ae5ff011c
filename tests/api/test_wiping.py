"""What emptying the databases leaves behind; failing commits are in `test_commits.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api import wiping
from api.db import LOGICAL, MAIN, TRAINING, catalogue, close_pools
from api.wiping import DATA_OF_ACCOUNTS, OTHER_TABLES, TRAILS


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


@pytest.mark.parametrize("logical", LOGICAL)
def test_every_table_of_the_schema_is_named_once(logical: str) -> None:
    named = [*DATA_OF_ACCOUNTS.get(logical, ()), *OTHER_TABLES.get(logical, ())]
    assert sorted(named) == [table.name for table in catalogue.tables(logical)]


@pytest.mark.parametrize("logical", LOGICAL)
def test_no_table_comes_after_one_it_refers_to(logical: str) -> None:
    order = DATA_OF_ACCOUNTS[logical]
    for table in catalogue.tables(logical):
        parents = {
            column.refers_to.partition(".")[0] for column in table.columns if column.refers_to
        }
        for parent in parents - {table.name}:
            assert order.index(table.name) < order.index(parent)


def test_a_reset_leaves_what_is_about_no_account(app: Flask) -> None:
    before = counts(app)
    answer = Browser(app, "dev").post("/api/admin/reset-users", {"confirm": "DELETE_ALL_USERS"})
    assert answer.status_code == 200
    assert {table for table, count in counts(app).items() if count} == {"settings", *TRAILS}
    assert counts(app)["settings"] == before["settings"]


def test_a_wipe_keeps_every_row_of_the_trails(app: Flask) -> None:
    browser = Browser(app, "dev")
    before = trail(app)
    consents = rows(app, TRAINING, "SELECT * FROM training_audit ORDER BY id")
    assert browser.post("/api/admin/wipe-database", {"confirm": "WIPE_DATABASE"}).json["success"]
    assert {table for table, count in counts(app).items() if count} == TRAILS
    assert rows(app, TRAINING, "SELECT * FROM training_audit ORDER BY id") == consents
    *kept, last = trail(app)
    assert [row[1:] for row in kept] == [row[1:] for row in before]
    assert last[2] == "database_wiped"


def test_the_trail_names_no_account_any_more(app: Flask) -> None:
    names = {row["username"] for row in rows(app, MAIN, "SELECT username FROM users")}
    Browser(app, "dev").post("/api/admin/wipe-database", {"confirm": "WIPE_DATABASE"})
    assert names.isdisjoint({username for username, *_ in trail(app)})
    details = rows(app, MAIN, "SELECT DISTINCT details FROM audit_logs WHERE username <> 'system'")
    assert details == [{"details": ""}]


def counts(app: Flask) -> dict[str, int]:
    with app.app_context():
        return wiping.rows()


def trail(app: Flask) -> list[tuple[str, str, str]]:
    found = rows(app, MAIN, "SELECT username, actor, action FROM audit_logs ORDER BY id")
    return [(row["username"], row["actor"], row["action"]) for row in found]
