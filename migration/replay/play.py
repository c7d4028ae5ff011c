"""Playing a case on an arm: its requests in order, and after each one everything that it caused.

Users log in once per player, before the case and outside what is recorded (`clients.py`). After
each request all databases are dumped (`arms/`) and compared (`rows.py`); after the case they are
brought back to the template, which is then proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from traceback import format_exception
from types import MappingProxyType
from typing import Any

import time_machine
from flask import Flask, got_request_exception

from migration.config import Config
from migration.db import trace
from migration.replay import app as application
from migration.replay.answers import answer_of
from migration.replay.arms import Arm
from migration.replay.canonical import Tree, tree_of
from migration.replay.cases import Case, Step
from migration.replay.clients import Clients, Session, log_in, query_text
from migration.replay.mailbox import Mailbox
from migration.replay.observation import Exchange, Observation
from migration.replay.placeholders import pick
from migration.replay.rows import Dump, changes, dirty, sequence_faults
from migration.replay.surroundings import surroundings


class Player:
    """Plays cases on one arm, one after the other."""

    def __init__(
        self, config: Config, arm: Arm, *, ids_seed: str, now: datetime | None = None
    ) -> None:
        trace.install()
        self.config = config
        self.arm = arm
        self.now = now or config.replay.now
        self._ids_seed = ids_seed
        self._sessions: dict[str, Session] = {}
        self._mailbox = Mailbox(config.app.smtp_port_env)
        self._counters = _counters(arm.template)

    def play(self, case: Case) -> Observation:
        """Play a case and bring the arm back to its template.

        Raises `PlayError` when a user cannot log in, `AppError` when the application cannot be
        built, `IsolationBroken` when the case leaves traces.
        """
        for user in sorted({step.user for step in case.steps if step.user is not None}):
            if user not in self._sessions:
                with self._fresh_application() as (app, _, _):
                    self._sessions[user] = log_in(app, self.config, user, self.now)
        began = datetime.now(UTC)
        with self._fresh_application() as (app, clock, effects):
            stage = _Stage(app, clock, self._clients(app), self.arm, effects)
            exchanges = tuple(stage.exchange(step) for step in case.steps)
        return Observation(
            case=case.id,
            engine=self.arm.engine,
            exchanges=exchanges,
            now=self.now,
            began=began,
            ended=datetime.now(UTC),
            counters=self._counters,
        )

    def close(self) -> None:
        """Stop receiving mail; the arm belongs to whoever made it."""
        self._mailbox.close()

    def _clients(self, app: Flask) -> Clients:
        login = self.config.replay.login
        return Clients(app, self._sessions, login.csrf_header if login else None)

    @contextmanager
    def _fresh_application(self) -> Iterator[tuple[Flask, time_machine.Traveller, list[Tree]]]:
        """Offer an application on clean databases; clean up whatever became of it."""
        effects: list[Tree] = []
        environment = {**self.arm.environment(), **self._mailbox.environment()}
        self._mailbox.deliver_to(effects)
        try:
            with surroundings(environment, self.now) as clock:
                app = application.build(
                    self.config,
                    ids_seed=self._ids_seed,
                    effects=lambda record: effects.append(tree_of(record)),
                )
                try:
                    yield app, clock, effects
                finally:
                    application.close(app)
        finally:
            self.arm.reset(dirty(self.arm.template, self.arm.dump()))
            self.arm.prove_clean()


class _Stage:
    """One application in use: what was captured so far, and the rows before the next request."""

    def __init__(
        self,
        app: Flask,
        clock: time_machine.Traveller,
        clients: Clients,
        arm: Arm,
        effects: list[Tree],
    ) -> None:
        self.app = app
        self.clock = clock
        self.clients = clients
        self.arm = arm
        self.effects = effects
        self.captured: dict[str, Tree] = {}
        self.before: Dump = arm.dump()

    def exchange(self, step: Step) -> Exchange:
        """Send one request and gather what it caused."""
        self.clock.shift(step.clock_shift)
        now = datetime.now(UTC)
        path = query_text(step, self.captured, now)
        self.effects.clear()
        with trace.recording() as statements, _errors_of(self.app) as errors:
            response = self.clients.send(step, self.captured, now)
        after = self.arm.dump()
        answer = answer_of(response)
        exchange = Exchange(
            rule=application.rule_of(self.app, step.method, path),
            request={"as": step.user, "method": step.method, "path": path},
            answer=answer,
            rows=_rows(self.before, after),
            effects=[*self.effects],
            faults=[str(fault) for fault in sequence_faults(self.before, after)],
            statements=tuple(statements),
            error="".join(errors) or None,
            uncaptured=self._capture(step.capture, answer, dict(response.headers)),
        )
        self.before = after
        return exchange

    def _capture(
        self, wanted: Mapping[str, str], answer: Mapping[str, Tree], headers: Mapping[str, str]
    ) -> tuple[str, ...]:
        for name, source in wanted.items():
            value = pick(source, answer=answer.get("json"), headers=headers, effects=self.effects)
            if value is not None:
                self.captured[name] = value
        return tuple(name for name in wanted if name not in self.captured)


@contextmanager
def _errors_of(app: Flask) -> Iterator[list[str]]:
    """Collect the tracebacks of exceptions that the application does not handle."""
    errors: list[str] = []

    def keep(_: Flask, exception: BaseException, **__: Any) -> None:
        errors.append("".join(format_exception(exception)))

    with got_request_exception.connected_to(keep, app):
        yield errors


def _rows(before: Dump, after: Dump) -> dict[str, Tree]:
    return {table: tree_of(lists) for table, lists in changes(before, after).items()}


def _counters(template: Dump) -> Mapping[str, int]:
    return MappingProxyType(
        {
            name: table.next_id - 1
            for name, table in template.tables.items()
            if table.next_id is not None
        }
    )
