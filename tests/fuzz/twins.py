"""One application on both engines, behind one address.

`Twins` is a WSGI application that hands every request to the application on SQLite and to the one
on PostgreSQL. They get the same rows, the same clock and the same chance, so whatever differs in
status, media type or body is a fault, and so is any difference in the rows that they wrote.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from allowances import UNLIKE
from flask import Flask
from werkzeug.wrappers import Response

from api import create_app
from api.db import close_pools
from migration.config import Config
from migration.replay.arms import Arm
from migration.replay.rows import changes, dirty

SEED = 7


class Disagreement(AssertionError):
    """The two engines did not do the same."""


@dataclass(frozen=True)
class Side:
    """The application on one engine."""

    app: Flask
    arm: Arm
    ids: random.Random

    @classmethod
    def on(cls, arm: Arm, config: Config) -> "Side":
        """Build the application on the databases of an arm."""
        ids = random.Random(SEED)
        special = {
            "CLOCK": lambda: config.replay.now,
            "IDS": ids.randbytes,
            "LIMITS_ENABLED": False,
        }
        app = create_app({**config.app.settings, **arm.environment(), **special})
        app.config["PROPAGATE_EXCEPTIONS"] = False
        return cls(app, arm, ids)

    def begin(self) -> None:
        """Let chance start anew."""
        self.ids.seed(SEED)
        self.app.extensions["chance"].seed(SEED)

    def ask(self, environ: dict[str, Any], body: bytes) -> Response:
        """Return the answer to a request."""
        return Response.from_app(self.app, {**environ, "wsgi.input": BytesIO(body)}, buffered=True)

    def close(self) -> None:
        close_pools(self.app)


class Twins:
    """The application on the two engines, in lockstep.

    `unlike` holds the operations whose answers differed and may.
    """

    def __init__(self, *sides: Side) -> None:
        self._sides = sides
        self.unlike: set[str] = set()
        self.begin()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        answers = [side.ask(environ, body) for side in self._sides]
        told = [(answer.status_code, answer.content_type) for answer in answers]
        words = [answer.get_data() for answer in answers]
        operation = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        if words[0] != words[1] and operation in UNLIKE:
            self.unlike.add(operation)
        else:
            told = list(zip(told, words, strict=True))
        if told[0] != told[1]:
            raise Disagreement(f"The engines answer differently.\n{self._shown(told)}")
        return answers[0](environ, start_response)

    def settle(self) -> None:
        """Compare what was written since the last time, and bring both back to the template."""
        dumps = [side.arm.dump() for side in self._sides]
        written = [
            changes(side.arm.template, dump) for side, dump in zip(self._sides, dumps, strict=True)
        ]
        for side, dump in zip(self._sides, dumps, strict=True):
            side.arm.reset(dirty(side.arm.template, dump))
        self.begin()
        if written[0] != written[1]:
            raise Disagreement(f"The engines stored different rows.\n{self._shown(written)}")

    def forget(self) -> None:
        """Bring both back to the template, whatever was written."""
        for side in self._sides:
            side.arm.reset(dirty(side.arm.template, side.arm.dump()))
        self.begin()

    def prove_clean(self) -> None:
        """Raise IsolationBroken unless both are as their template."""
        for side in self._sides:
            side.arm.prove_clean()

    def begin(self) -> None:
        for side in self._sides:
            side.begin()

    def close(self) -> None:
        for side in self._sides:
            side.close()

    def _shown(self, values: Iterable[object]) -> str:
        pairs = zip(self._sides, values, strict=True)
        return "\n".join(f"    {side.arm.engine:9}{value}" for side, value in pairs)
