"""The fuzz notices what it is there for: faults of an engine, and of the description."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask, Response, request
from generation import explore, operation_of
from people import Sessions
from playing import Player
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from twins import Disagreement, Side, Twins

from api.db import commit, get_db
from migration.config import Config
from migration.replay.arms import PostgresArm, SqliteArm

GRATITUDE = "POST /api/gratitude/log"
HISTORY = "GET /api/mood/history"


@pytest.fixture
def sides(
    sqlite_arm: SqliteArm, postgres_arm: PostgresArm, migration_config: Config
) -> Iterator[tuple[Side, Side]]:
    """The application on each engine, not served yet."""
    both = Side.on(sqlite_arm, migration_config), Side.on(postgres_arm, migration_config)
    yield both
    Twins(*both).forget()
    for side in both:
        side.close()


def fuzz(label: str, sides: tuple[Side, Side], described: dict[str, Any]) -> None:
    twins = Twins(*sides)
    player = Player(twins)
    operation = operation_of(label, described, twins, Sessions(twins))
    explore(operation, GenerationMode.POSITIVE, 10, player.count)
    explore(operation, GenerationMode.NEGATIVE, 20, player.count)


def spoil(app: Flask, path: str, change: Any) -> None:
    """Let `change` loose on the answers of one address."""

    @app.after_request
    def changed(answer: Response) -> Response:
        if request.path == path:
            change(answer)
        return answer


def test_another_status_on_one_engine(sides: tuple[Side, Side], described: dict[str, Any]) -> None:
    def gone(answer: Response) -> None:
        answer.status_code = 403

    spoil(sides[1].app, "/api/mood/history", gone)
    with pytest.raises(Disagreement, match="answer differently") as caught:
        fuzz(HISTORY, sides, described)
    assert "curl -X GET" in "".join(caught.value.__notes__)


def test_another_spelling_on_one_engine(
    sides: tuple[Side, Side], described: dict[str, Any]
) -> None:
    def spelt(answer: Response) -> None:
        answer.set_data(answer.get_data().replace(b'"sleep_val":7.0', b'"sleep_val":"7.0"'))

    spoil(sides[1].app, "/api/mood/history", spelt)
    with pytest.raises(Disagreement, match="answer differently"):
        fuzz(HISTORY, sides, described)


def test_a_row_missing_on_one_engine(sides: tuple[Side, Side], described: dict[str, Any]) -> None:
    def lost(_answer: Response) -> None:
        get_db().run("DELETE FROM audit_logs WHERE action = $1", "gratitude_logged")
        commit("therapist_app")

    spoil(sides[1].app, "/api/gratitude/log", lost)
    with pytest.raises(Disagreement, match="different rows") as caught:
        fuzz(GRATITUDE, sides, described)
    assert "curl -X POST" in "".join(caught.value.__notes__)


def test_a_server_error(sides: tuple[Side, Side], described: dict[str, Any]) -> None:
    def fall(_answer: Response) -> None:
        raise ZeroDivisionError

    for side in sides:
        spoil(side.app, "/api/mood/history", fall)
    with pytest.raises(FailureGroup, match="Server error"):
        fuzz(HISTORY, sides, described)


def test_a_session_that_nobody_asks_for(
    sides: tuple[Side, Side], described: dict[str, Any]
) -> None:
    for side in sides:
        view = side.app.view_functions["pet.shop.shop"]
        side.app.view_functions["wellbeing.mood.mood_history"] = view
    with pytest.raises(FailureGroup, match="without authentication"):
        fuzz(HISTORY, sides, described)


@pytest.mark.parametrize(
    ("label", "place", "wrong", "found"),
    [
        (GRATITUDE, ("responses", "201"), None, "Undocumented status code"),
        (HISTORY, ("responses", "200", "content"), {"text/csv": {}}, "Undocumented Content-Type"),
        (
            HISTORY,
            ("responses", "200", "content", "application/json", "schema"),
            {"type": "array"},
            "Response violates schema",
        ),
        (
            GRATITUDE,
            ("requestBody", "content", "application/json", "schema"),
            {"type": "object"},
            "Schema-valid request rejected",
        ),
        (HISTORY, ("parameters", 1, "schema"), {"type": "integer"}, "Schema-valid request"),
        (
            GRATITUDE,
            ("requestBody", "content", "application/json", "schema"),
            {
                "type": "object",
                "required": ["entry"],
                "properties": {"entry": {"type": "string", "pattern": "^[a-z]{1,3}$"}},
            },
            "Schema-violating request accepted",
        ),
    ],
)
def test_a_lie_of_the_description(
    label: str,
    place: tuple[str | int, ...],
    wrong: Any,
    found: str,
    sides: tuple[Side, Side],
    described: dict[str, Any],
) -> None:
    lying = deepcopy(described)
    method, path = label.split(" ", 1)
    told = lying["paths"][path][method.lower()]
    for step in place[:-1]:
        told = told[step]
    if wrong is None:
        del told[place[-1]]
    else:
        told[place[-1]] = wrong
    with pytest.raises(FailureGroup, match=found):
        fuzz(label, sides, lying)
