"""Requests made from the OpenAPI document: how schemathesis is set up and what it draws.

FULL_SIZE=1 draws many more requests and takes all edges too, FUZZ_SEED=<number> draws others.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import schemathesis
from allowances import OVERLAPPING, RULES
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from known import bindings
from people import Sessions, asks
from schemathesis import Case, GenerationMode, HookContext, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.overrides import Override
from schemathesis.schemas import APIOperation
from twins import Twins

SEED = int(os.environ.get("FUZZ_SEED", "1"))
FULL_SIZE = os.environ.get("FULL_SIZE") == "1"
VALID, INVALID = (40, 20) if FULL_SIZE else (4, 2)
FINE = ("2xx", "401", "403", "404", "409")
Play = Callable[[Case], None]


def operation_of(
    label: str, described: dict[str, Any], twins: Twins, sessions: Sessions, *beside: str
) -> APIOperation:
    """Return an operation that is sent to `twins` by whoever may, with values that exist.

    Its schema holds the paths `beside` too; reading all of them for each would take long.
    """
    method, path = label.split(" ", 1)
    paths = {name: described["paths"][name] for name in (path, *beside)}
    config = {
        "analysis": {"constants": {"enabled": False}},
        "generation": {"with-security-parameters": False},
        "output": {"sanitization": {"enabled": False}},
        "checks": {
            "positive_data_acceptance": {
                "expected-statuses": [*FINE, "400"] if label in RULES else [*FINE]
            },
            "allow_header_conformance": {"enabled": label not in OVERLAPPING},
        },
        **bindings(label),
    }
    schema = schemathesis.openapi.from_dict(
        described | {"paths": paths}, config=schemathesis.Config.from_dict(config)
    )
    schema.app = twins
    schema.auth(refresh_interval=None)(sessions.provider())
    schema.hook(filter_failure)
    operation = schema[path][method]
    # Somebody who logged in while requests are drawn would let chance into them.
    sessions.of(asks(operation))
    return operation


def drawn(operation: APIOperation, play: Play) -> None:
    """Play requests drawn from the schema: valid ones, then ones with a fault."""
    explore(operation, GenerationMode.POSITIVE, VALID, play)
    # Where nothing can be wrong there is no invalid request.
    with suppress(Unsatisfiable):
        explore(operation, GenerationMode.NEGATIVE, INVALID, play)


def explore(operation: APIOperation, mode: GenerationMode, count: int, play: Play) -> None:
    """Play so many requests, or as many different ones as there are."""

    @seed(SEED)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def run(case: Case) -> None:
        play(case)

    run()


def edges(operation: APIOperation) -> Iterator[Case]:
    """Yield requests at the edges of the schema, with methods and media types not described."""
    yield from CoverageGenerator(
        operation=operation,
        generation_modes=list(GenerationMode),
        generation_config=operation.schema.config.generation_for(
            operation=operation, phase="coverage"
        ),
        auth_storage=None,
        override=Override(),
        feedback=FeedbackSources(),
    )


def filter_failure(
    _context: HookContext, failure: Failure, case: Case, _response: Response
) -> bool:
    """Tell whether a failure counts: blanks around a text do not count for its length."""
    if not isinstance(failure, AcceptedNegativeData):
        return True
    stripped = case.derive(query=_stripped(case.query))
    stripped.body = _stripped(case.body)
    return stripped.meta is not None and stripped.meta.generation.mode.is_negative


def _stripped(value: Any) -> Any:
    match value:
        case str():
            return value.strip()
        case list():
            return [_stripped(part) for part in value]
        case dict():
            return {name: _stripped(part) for name, part in value.items()}
        case _:
            return value
