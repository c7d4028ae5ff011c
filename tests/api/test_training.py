"""Training data over two databases: whatever commit fails, repeating completes the request."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from obstacles import failing_commits
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import MAIN, TRAINING, close_pools
from api.training_data import TABLES

REQUESTS = (
    ("eve", "/api/training/consent", {"consent": True}),
    ("ada", "/api/training/consent", {"consent": False}),
    ("ada", "/api/training/export", {}),
    ("dan", "/api/training/delete", {}),
)
WRITTEN = {MAIN: "audit_logs", TRAINING: "training_audit"}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    engine: str = request.param
    return engine


@pytest.fixture
def app(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(engine, request, tmp_path)
    yield app
    close_pools(app)


def training_rows(app: Flask) -> dict[str, list[dict[str, Any]]]:
    """Return what is in the training database, ids apart."""
    found = {
        table: rows(app, TRAINING, f"SELECT * FROM {table} ORDER BY 1")
        for table in ("data_consent", *TABLES, "training_audit")
    }
    return {
        table: [{key: row[key] for key in row if key != "id"} for row in table_rows]
        for table, table_rows in found.items()
    }


def newest_event(app: Flask) -> tuple[str, str]:
    (row,) = rows(app, MAIN, "SELECT username, action FROM audit_logs ORDER BY id DESC LIMIT 1")
    return row["username"], row["action"]


@pytest.mark.parametrize(("username", "path", "body"), REQUESTS)
@pytest.mark.parametrize("logical", WRITTEN)
def test_a_failed_commit_is_made_good_by_repeating(
    app: Flask, engine: str, logical: str, username: str, path: str, body: dict[str, object]
) -> None:
    browser, before = Browser(app, username), training_rows(app)
    with failing_commits(app, engine, logical, WRITTEN[logical]):
        assert browser.post(path, body).status_code >= 400
        failed = training_rows(app)
    assert browser.post(path, body).status_code == 200
    action = newest_event(app)
    assert action[0] == username
    assert action[1].startswith("training_")
    repeated = training_rows(app)
    assert repeated != before
    # The training database commits first: its failure undoes all, that of the other one nothing.
    assert (failed == before) == (logical == TRAINING)
    assert browser.post(path, body).status_code == 200
    data = ("data_consent", *TABLES)
    assert [training_rows(app)[table] for table in data] == [repeated[table] for table in data]


def test_parallel_exports_leave_one_copy(app: Flask) -> None:
    browser = Browser(app, "ada")
    assert browser.post("/api/training/export").status_code == 200
    once = training_rows(app)
    answers = browser.at_once(6, "/api/training/export")
    assert {answer.status_code for answer in answers} == {200}
    again = training_rows(app)
    assert [again[table] for table in TABLES] == [once[table] for table in TABLES]


def test_an_export_holds_no_personal_data(app: Flask) -> None:
    Browser(app, "ada").post("/api/training/export")
    text = str({table: training_rows(app)[table] for table in TABLES})
    for secret in ("Ada", "Marlow", "07700 900111", "ada@example.org", "Rowan", "ZZ99", "999 000"):
        assert secret not in text
