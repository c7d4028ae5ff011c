"""Playing a case on an arm: its requests in order, and after each one everything that it caused.

Users log in once per player, before the case and outside what is recorded (`clients.py`). After
each request all databases are dumped (`arms/`) and compared (`rows.py`); after the case they are
brought back to the template, which is then proved.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from traceback import format_exception
from types import MappingProxyType
from typing import Any

import time_machine
from flask import Flask, got_request_exception

from migration.config import Config
from migration.db import trace
from migration.db.parking import Parking, parking
from migration.replay import app as application
from migration.replay.answers import answer_of
from migration.replay.arms import Arm
from migration.replay.canonical import Tree, tree_of
from migration.replay.cases import Case, Step
from migration.replay.clients import Clients, Session, log_in, query_text
from migration.replay.errors import PlayError
from migration.replay.mailbox import Mailbox
from migration.replay.observation import Exchange, Observation
from migration.replay.placeholders import pick
from migration.replay.rows import Dump, changes, dirty, sequence_faults
from migration.replay.surroundings import surroundings

OBJECTS_TO_COLLECT = 50_000


class Player:
    """Plays cases on one arm, one after the other."""

    def __init__(
        self, config: Config, arm: Arm, *, ids_seed: str, now: datetime | None = None
    ) -> None:
        trace.install()
        _spare_the_collector()
        self.config = config
        self.arm = arm
        self.now = now or config.replay.now
        self._ids_seed = ids_seed
        self._sessions: dict[str, Session] = {}
        self._mailbox = Mailbox(config.app.smtp_port_env)
        self._parking = Parking()
        self._counters = _counters(arm.template)

    def play(self, case: Case) -> Observation:
        """Play a case and bring the arm back to its template.

        Raises `PlayError` when a user cannot log in or the other engine was asked, `AppError` when
        the application cannot be built, `IsolationBroken` when the case leaves traces.
        """
        self.log_in(case)
        began = datetime.now(UTC)
        with self._stage(case.settings) as stage:
            exchanges = tuple(stage.exchange(step) for step in case.steps)
        self._assert_engine(case, exchanges)
        return Observation(
            case=case.id,
            engine=self.arm.engine,
            exchanges=exchanges,
            now=self.now,
            began=began,
            ended=datetime.now(UTC),
            counters=self._counters,
        )

    def log_in(self, case: Case) -> None:
        """Log in those users of a case that are not yet; raise `PlayError` when one cannot."""
        for user in sorted({step.user for step in case.steps if step.user is not None}):
            if user not in self._sessions:
                with self._stage() as stage:
                    self._sessions[user] = log_in(stage.app, self.config, user, self.now)
                    stage.look()

    def close(self) -> None:
        """Stop receiving mail and end the sessions kept; the arm belongs to whoever made it."""
        self._mailbox.close()
        self._parking.close()

    def _assert_engine(self, case: Case, exchanges: Sequence[Exchange]) -> None:
        """Refuse answers from the other engine: as long as nothing is written they look right."""
        variables = {
            name: logical.url_env
            for logical in self.config.databases
            for name in (logical.name, logical.schema, logical.sqlite.stem)
        }
        for statement in (s for exchange in exchanges for s in exchange.statements):
            if statement.engine != self.arm.engine and statement.database in variables:
                raise PlayError(
                    f"playing {case.id} on {self.arm.engine}",
                    f"the application asked its database {statement.database} on another engine,"
                    f" {statement.engine}",
                    f"let it read {variables[statement.database]}, its `url_env`, whenever its"
                    " factory is called, not once when a module is imported",
                )

    def _clients(self, app: Flask) -> Clients:
        login = self.config.replay.login
        return Clients(app, self._sessions, login.csrf_header if login else None)

    @contextmanager
    def _stage(self, settings: Mapping[str, Any] | None = None) -> Iterator[_Stage]:
        """Offer an application on clean databases; clean up whatever became of it."""
        effects: list[Tree] = []
        environment = {**self.arm.environment(), **self._mailbox.environment()}
        self._mailbox.deliver_to(effects)
        try:
            with parking(self._parking), surroundings(environment, self.now) as clock:
                app = application.build(
                    self.config,
                    ids_seed=self._ids_seed,
                    effects=lambda record: effects.append(tree_of(record)),
                    settings=settings,
                )
                stage = _Stage(app, clock, self._clients(app), self.arm, effects)
                try:
                    yield stage
                finally:
                    application.close(app)
        except BaseException:
            self._clean(self.arm.dump())
            raise
        self._clean(stage.seen)

    def _clean(self, seen: Dump) -> None:
        """Bring back what differs from the template; a write that nobody saw is found out here."""
        self.arm.reset(dirty(self.arm.template, seen))
        self.arm.prove_clean()


class _Stage:
    """One application in use: what was captured so far, and the rows that were last seen.

    The databases begin as the template, which the case before has proved; what the application
    writes while it starts is counted with the first request.
    """

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
        self.seen: Dump = arm.template

    def look(self) -> Dump:
        """Read all rows and return those that were seen before."""
        before, self.seen = self.seen, self.arm.dump()
        return before

    def exchange(self, step: Step) -> Exchange:
        """Send one request and gather what it caused."""
        self.clock.shift(step.clock_shift)
        now = datetime.now(UTC)
        path = query_text(step, self.captured, now)
        self.effects.clear()
        with trace.recording() as statements, _errors_of(self.app) as errors:
            response = self.clients.send(step, self.captured, now)
        before = self.look()
        answer = answer_of(response)
        return Exchange(
            rule=application.rule_of(self.app, step.method, path),
            request={"as": step.user, "method": step.method, "path": path},
            answer=answer,
            rows=_rows(before, self.seen),
            effects=[*self.effects],
            faults=[str(fault) for fault in sequence_faults(before, self.seen)],
            statements=tuple(statements),
            error=_traceback(errors, int(response.status_code)),
            uncaptured=self._capture(step.capture, answer, dict(response.headers)),
        )

    def _capture(
        self, wanted: Mapping[str, str], answer: Mapping[str, Tree], headers: Mapping[str, str]
    ) -> tuple[str, ...]:
        for name, source in wanted.items():
            value = pick(source, answer=answer.get("json"), headers=headers, effects=self.effects)
            if value is not None:
                self.captured[name] = value
        return tuple(name for name in wanted if name not in self.captured)


@contextmanager
def _errors_of(app: Flask) -> Iterator[list[BaseException]]:
    """Collect what the application raises, what it turns into an answer of its own too."""
    errors: list[BaseException] = []
    handle = app.handle_user_exception

    def keep(_: Flask, exception: BaseException, **__: Any) -> None:
        if exception not in errors:
            errors.append(exception)

    def handle_and_keep(error: Exception) -> Any:
        keep(app, error)
        return handle(error)

    vars(app)["handle_user_exception"] = handle_and_keep
    try:
        with got_request_exception.connected_to(keep, app):
            yield errors
    finally:
        del vars(app)["handle_user_exception"]


def _spare_the_collector() -> None:
    """Collect what a case leaves behind without looking at all the modules again and again.

    Every case builds an application, a heap of cycles; without this, finding them takes as long
    as building it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_TO_COLLECT, 20, 50)


def _traceback(errors: Sequence[BaseException], status: int) -> str | None:
    """Write out what led to a server error; other answers may be raised on purpose."""
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    return "".join(line for error in errors for line in format_exception(error)) or None


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
