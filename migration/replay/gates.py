"""What a recording must hold before it may become a golden.

A golden is what the reference did, not what is right. So a recording is refused when it does not
answer what its case expects, when its kind of case may not answer that, and when a success lacks
what its route declares or wrote other tables than declared. `masks.py` refuses a golden in which
tokens hide too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from migration.replay.canonical import Tree
from migration.replay.cases import Case
from migration.replay.errors import RecordingRefused
from migration.replay.observation import Exchange, Observation
from migration.replay.routes import Route

_CLIENT_ERRORS = range(400, 500)
_RANGES: dict[str, Sequence[int]] = {
    "success": range(200, 400),
    "twice": range(200, 500),
    "no-session": (401,),
    "no-csrf": (403,),
    "wrong-role": (403,),
    "other-person": (403, 404),
    "malformed": (400,),
    "invalid": _CLIENT_ERRORS,
    "not-found": (404,),
    "branch": range(200, 600),
}


def demand(case: Case, observation: Observation, routes: Mapping[str, Route]) -> None:
    """Raise `RecordingRefused`, with every reason, unless the recording may become a golden."""
    reasons = list(_reasons(case, observation, routes))
    if reasons:
        raise RecordingRefused(
            f"recording {case.id}",
            "; ".join(reasons),
            "mend the application, or the case or its route's entry where they are wrong",
        )


def _reasons(case: Case, observation: Observation, routes: Mapping[str, Route]) -> Iterator[str]:
    for number, (step, exchange) in enumerate(
        zip(case.steps, observation.exchanges, strict=True), 1
    ):
        place = f"request {number}"
        if exchange.status != step.expect:
            yield f"{place} answered {exchange.status}, expected {step.expect}{_cause(exchange)}"
        for name in exchange.uncaptured:
            yield f"{place} has nothing to capture as {name!r}"
        for fault in exchange.faults:
            yield f"{place}: {fault}"
        route = routes.get(exchange.rule or "")
        if route is not None:
            undeclared = sorted(set(exchange.rows) - route.writes - route.may_write)
            yield from (f"{place} wrote {table}, which is not declared" for table in undeclared)
    last = observation.exchanges[-1]
    if last.status not in _RANGES[case.kind]:
        yield f"a case of the kind {case.kind} may not answer {last.status}"
    if case.kind == "success":
        yield from _reasons_of_success(last, routes.get(last.rule or ""))


def _cause(exchange: Exchange) -> str:
    """Name the exception behind an answer, where the application did not handle it."""
    return f" ({exchange.error.strip().splitlines()[-1]})" if exchange.error else ""


def _reasons_of_success(exchange: Exchange, route: Route | None) -> Iterator[str]:
    if route is None:
        yield f"{exchange.rule or 'the last request'} is not in the table of routes"
        return
    if exchange.status != route.status:
        yield f"a success of {route.name} answers {route.status}, this is {exchange.status}"
    for table in sorted(route.writes - set(exchange.rows)):
        yield f"nothing changed in {table}"
    body = exchange.answer.get("json")
    if route.keys and not isinstance(body, dict):
        yield f"the answer is no JSON object, so it lacks {', '.join(route.keys)}"
    elif isinstance(body, dict):
        yield from (f"the answer lacks {key!r}" for key in route.keys if key not in body)
    if _holds_only_empty_lists(body, route.keys):
        yield "an empty list is no success: play the case on data that fills it"


def _holds_only_empty_lists(body: Tree, keys: Sequence[str]) -> bool:
    if isinstance(body, dict):
        lists = [body[key] for key in keys if isinstance(body.get(key), list)]
        return bool(lists) and not any(lists)
    return body == []
