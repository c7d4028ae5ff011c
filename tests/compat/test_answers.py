"""What the goldens show is what the description of the API promises, and nothing else.

A status that no route declares surprises its clients; one that is declared and never answered by
any case is a promise that nobody tried.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from http.client import NO_CONTENT
from typing import Any

import pytest
from flask import Flask

from api.openapi.document import Operation, operations
from migration.config import Config
from migration.replay import app as application
from migration.replay.goldens import Goldens

HIDDEN_ID = re.compile(r"⟦int[^⟧]*⟧")
HIDDEN = re.compile(r"⟦[^⟧]*⟧")


@pytest.fixture(scope="module")
def app(migration_config: Config) -> Flask:
    return application.build(migration_config, ids_seed="answers")


@pytest.fixture(scope="module")
def declared(app: Flask) -> dict[str, Operation]:
    return {f"{one.method} {one.rule.rule}": one for one in operations(app)}


@pytest.fixture(scope="module")
def kinds(app: Flask, migration_config: Config) -> dict[str, set[str]]:
    """Each route's media types of what it answers when it succeeds."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule, answer, _ in _answers(app, migration_config):
        media = answer.get("headers", {}).get("Content-Type", "")
        if 200 <= int(answer["status"]) < 300 and int(answer["status"]) != NO_CONTENT:
            found[rule].add(media.partition(";")[0])
    return found


@pytest.fixture(scope="module")
def shown(app: Flask, migration_config: Config) -> dict[str, dict[int, str]]:
    """Each route's statuses, and for each a golden that shows it."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for rule, answer, golden in _answers(app, migration_config):
        found[rule].setdefault(int(answer["status"]), golden)
    return found


def _answers(app: Flask, config: Config) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield every answer in the goldens, with its route and the golden's name."""
    goldens = Goldens(config.replay.goldens)
    for name in goldens.names():
        for exchange in goldens.read(name)["exchanges"]:
            method, path = exchange["request"]["method"], exchange["request"]["path"]
            path = HIDDEN.sub("x", HIDDEN_ID.sub("1", path))
            rule = application.rule_of(app, method, path)
            if rule:
                yield rule, exchange["answer"], name


def test_every_answer_is_declared(
    declared: dict[str, Operation], shown: dict[str, dict[int, str]]
) -> None:
    surprises = [
        f"{route} answers {status} in {golden}: name it under `answers`"
        for route, seen in sorted(shown.items())
        for status, golden in sorted(seen.items())
        if route in declared and status not in declared[route].statuses
    ]
    assert not surprises, "\n".join(surprises)


def test_every_declared_answer_is_shown(
    declared: dict[str, Operation], shown: dict[str, dict[int, str]]
) -> None:
    untried = [
        f"{route} declares {status}, which no golden shows"
        for route, operation in sorted(declared.items())
        for status in operation.info.answers
        if status not in shown[route]
    ]
    assert not untried, "\n".join(untried)


def test_every_answer_is_of_a_declared_kind(
    declared: dict[str, Operation], kinds: dict[str, set[str]]
) -> None:
    surprises = [
        f"{route} answers {sorted(found)}, which `media` does not say"
        for route, found in sorted(kinds.items())
        if route in declared and "*/*" not in (media := declared[route].info.media)
        if found != set(media)
    ]
    assert not surprises, "\n".join(surprises)
