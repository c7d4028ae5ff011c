"""The tools of cognitive therapy: descriptions, documents, requests in parallel."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_support import make_app
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api import cbt
from api.cbt import components, fields, goals
from api.cbt.tool import Child, Tool
from api.db import MAIN, catalogue, close_pools
from api.db.types import json as documents
from api.memory import TOOL_TITLES

DESCRIBED = [kind for tool in cbt.TOOLS for kind in (tool, *tool.children)]


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


@pytest.mark.parametrize("kind", DESCRIBED, ids=lambda kind: kind.table)
def test_an_answer_holds_every_column_of_its_table(kind: Tool | Child) -> None:
    (table,) = (table for table in catalogue.tables(MAIN) if table.name == kind.table)
    assert sorted(kind.shown) == sorted(column.name for column in table.columns)


def test_every_generated_statement_is_listed_and_finished() -> None:
    texts = cbt.all_statements()
    assert len(texts) == 5 * len(cbt.TOOLS) + 2 * (len(DESCRIBED) - len(cbt.TOOLS)) + 1
    for sql in texts.values():
        assert not re.search(r"[{}%?]", sql)
        marks = {int(mark) for mark in re.findall(r"\$(\d+)", sql)}
        assert marks == set(range(1, max(marks) + 1))


def test_a_change_of_nothing_says_nothing_about_defaults() -> None:
    schema = fields.changes_of(goals.Goal).model_json_schema()
    assert schema["minProperties"] == 1
    assert "required" not in schema
    assert "default" not in schema["properties"]["status"]


def test_every_component_is_the_form_of_another_tool(tmp_path: Path) -> None:
    client = make_app(tmp_path).test_client()
    found = set()
    for name in components.NAMES:
        text = client.get(f"/cbt_tools/components/{name}.html").text
        (slug,) = re.findall(r'data-tool="([^"]*)"', text)
        assert f'<h2 id="{slug}-title">{TOOL_TITLES[slug]}</h2>' in text
        assert "<script" not in text
        found.add(slug)
    assert found == set(TOOL_TITLES)


def test_no_use_of_a_card_is_lost(app: Flask) -> None:
    Browser(app, "ada").at_once(8, "/api/cbt/coping-cards/1/use")
    assert rows(app, MAIN, "SELECT times_used FROM coping_cards WHERE id = 1") == [
        {"times_used": 20}
    ]


def test_progress_counts_milestones_that_come_at_once(app: Flask) -> None:
    milestone = {"milestone_title": "a further km", "is_completed": True}
    Browser(app, "ada").at_once(8, "/api/cbt/goals/2/milestone", milestone)
    assert rows(app, MAIN, "SELECT progress_percentage FROM goals WHERE id = 2") == [
        {"progress_percentage": 81}
    ]


def test_first_saves_at_once_make_one_state(app: Flask) -> None:
    answers = Browser(app, "ben").at_once(8, "/api/cbt-tools/save", {"tool_type": "sleep-hygiene"})
    (state,) = rows(app, MAIN, "SELECT id FROM cbt_tool_entries WHERE username = 'ben'")
    assert {(answer.status_code, answer.json["id"]) for answer in answers} == {(200, state["id"])}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"a": [1e22, -0.0, 5.0, 1e-7, 0.1]}, {"a": [10**22, 0, 5, 1e-7, 0.1]}),
        ([], []),
        (7.0, 7),
        (0.25, 0.25),
        ("5", "5"),
        (False, False),
        (None, None),
    ],
)
def test_a_document_comes_back_alike_from_either_engine(app: Flask, sent: Any, kept: Any) -> None:
    ben = Browser(app, "ben")
    ben.post("/api/cbt-tools/save", {"tool_type": "urge-surfing", "data": sent})
    loaded = ben.send("GET", "/api/cbt-tools/load?tool_type=urge-surfing").json["data"]
    assert documents.stored(documents.Json(loaded)) == documents.stored(documents.Json(kept))


@pytest.mark.parametrize("data", [1e300, "x" * 100_000], ids=["too great", "too long"])
def test_a_document_that_cannot_be_kept_is_refused(app: Flask, data: object) -> None:
    answer = Browser(app, "ben").post("/api/cbt-tools/save", {"tool_type": "x", "data": data})
    assert answer.status_code == 400
    assert "data" in answer.json["fields"]
