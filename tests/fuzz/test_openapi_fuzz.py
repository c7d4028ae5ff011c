"""The application keeps what its own description promises, on both engines alike.

schemathesis makes requests out of the OpenAPI document (`generation.py`): valid ones, ones with a
fault, and at full size the edges of every schema. Each goes to both engines (`twins.py`) from
somebody who may ask (`people.py`), mostly with names and ids that exist (`known.py`). A write that
worked is sent a second time. Then the rows are compared, and both databases begin anew
(`playing.py`).

All checks of schemathesis are on; what single operations are excused from, and why, is in
`allowances.py`. Of an operation's checks ignored_auth runs until it has seen one success, as what
it sends does not depend on the rest of a request. use_after_free and ensure_resource_availability
look at requests that belong together: they have a test of their own. Three find nothing to do:

- missing_required_header: the one header that is needed, the CSRF token, is described as a
  security scheme, so it is ignored_auth that leaves it out;
- object_level_authorization compares what several people see of each other; the cases do, for
  every route with personal data;
- max_response_time is off: a machine under load is no fault of the application.
"""

import re
from typing import Any

import pytest
from allowances import FAILING, OVERLAPPING, RULES, UNLIKE
from generation import FULL_SIZE, INVALID, VALID, drawn, edges, explore, operation_of
from known import KNOWN, LIVES
from people import OTHERS, Sessions
from playing import Player
from schemathesis import Case, GenerationMode, Response
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.specs.openapi.checks import ignored_auth
from twins import Twins
from werkzeug.test import Client

from api import create_app
from api.openapi.document import operations

ENOUGH = 0.3


def _labels() -> list[str]:
    app = create_app({"TESTING": True, "SECRET_KEY": "for a list of routes"})
    return [f"{one.method} {one.path}" for one in operations(app)]


LABELS = _labels()


def test_whatever_is_named_exists() -> None:
    named = {*FAILING, *OVERLAPPING, *RULES, *UNLIKE, *LIVES, *OTHERS}
    assert named <= set(LABELS)
    assert [pattern for pattern, _ in KNOWN if not any(re.search(pattern, x) for x in LABELS)] == []


@pytest.mark.parametrize("label", LABELS)
def test_it_answers_as_described(
    label: str, described: dict[str, Any], twins: Twins, sessions: Sessions
) -> None:
    operation = operation_of(label, described, twins, sessions)
    player = Player(twins)
    drawn(operation, player.count)
    player.repeat(VALID + INVALID)
    for case in edges(operation) if FULL_SIZE else ():
        player.play(case)
    twins.prove_clean()
    print(f"{label}: {player}")
    assert (player.share < ENOUGH) == (label in FAILING), f"{label}: {player}"
    assert (label in twins.unlike) == (label in UNLIKE)
    if FULL_SIZE:
        assert player.refused or label not in RULES, f"{label} refuses nothing that fits"


@pytest.mark.parametrize("label", OVERLAPPING)
def test_an_address_has_the_methods_of_two_operations(
    label: str, described: dict[str, Any], twins: Twins
) -> None:
    path = label.split(" ", 1)[1]
    allowed = Client(twins).options(re.sub("{.*}", "7", path)).headers["Allow"].split(", ")
    assert {*allowed} - {"HEAD", "OPTIONS"} > {
        method.upper() for method in described["paths"][path]
    }


@pytest.mark.parametrize("label", LIVES)
def test_what_is_made_is_there_until_it_is_deleted(
    label: str, described: dict[str, Any], twins: Twins, sessions: Sessions
) -> None:
    path, key = LIVES[label]
    making = operation_of(label, described, twins, sessions, path)
    variable = path[path.index("{") + 1 : -1]
    lived = []

    def live(case: Case) -> None:
        recorder = ScenarioRecorder(label=label)
        made = send(case, recorder)
        if made.status_code == 201:
            for method in ("GET", "DELETE", "GET"):
                item = {variable: made.json()[key]}
                following = making.schema[path][method].Case(path_parameters=item)
                sessions.sign(following)
                answer = send(following, recorder, after=case)
                lived.append(answer.status_code)
                case = following
        twins.settle()

    explore(making, GenerationMode.POSITIVE, VALID, live)
    assert lived
    assert lived == [200, 200, 404] * (len(lived) // 3)


def send(case: Case, recorder: ScenarioRecorder, after: Case | None = None) -> Response:
    """Send a request as one of several, so that the checks see what came before it."""
    recorder.record_case(parent_id=after.id if after else None, case=case)
    answer = case.call()
    recorder.record_response(case_id=case.id, response=answer)
    case.validate_response(answer, excluded_checks=[ignored_auth], recorder=recorder)
    return answer
