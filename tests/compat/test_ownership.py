"""Nobody reads another person's data: every route about people shows it by its cases.

Which routes those are follows from the schema and from what the routes send (`ownership.py`): a
route is about people when one of its cases reads or changes a table about people, beyond the check
of the session that every request makes. Such a route has cases with no session, with another
patient and with an unrelated clinician:

- Where a request says whose data it is about (a name, or an object by its id), the patient and the
  clinician ask for somebody else's and are refused, 403 or 404. So they are, as the wrong role,
  where a route is not theirs.
- Where it cannot say so, the route is about the caller; and what an object holds may be meant for
  everybody, if `left_out` gives the reason under `other-person`. Then another patient and a
  clinician have cases of their own, whose goldens show what they were given. They may be missing
  where every statement that the route sends is bound to the caller's name.

On a public route no session says who is asking; there a reason under `left_out` stands for it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from declared import NAMES_A_PERSON, Declared, declared_routes
from flask import Flask
from ownership import Owners, owners_of, strays, tables_of

from api.training_data import user_hash
from migration.config import Config
from migration.config_file import load
from migration.db import open_sqlite
from migration.db.trace import Statement
from migration.replay import app as application
from migration.replay.arms import Arm
from migration.replay.cases import Case, RouteCases, Step, load_routes
from migration.replay.play import Player
from migration.source import catalogue
from migration.testing.databases import Templates

PATIENT, CLINICIAN = "user", "clinician"
NEEDED = {PATIENT: "another patient", CLINICIAN: "an unrelated clinician"}
REFUSED = (403, 404)
# Validation refuses it, after the session was checked and before the view runs.
REFUSED_EARLY = Step(
    method="GET", path="/api/account/audit", user="ada", query={"limit": "0"}, expect=400
)


@dataclass(frozen=True)
class People:
    """The users of the seed: the role of each, and which clinician treats whom."""

    roles: Mapping[str, str]
    relations: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A request to a route, and the kind of case that it belongs to."""

    kind: str
    step: Step


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask for each route by its name, so that a run can be filtered by it."""
    if "entry" in metafunc.fixturenames:
        path = metafunc.config.getoption("migration_config")
        project = load(path or metafunc.config.rootpath / "migration.toml")
        entries = load_routes(project.replay.cases)
        metafunc.parametrize("entry", entries, ids=[entry.route for entry in entries])


@pytest.fixture(scope="module")
def app(migration_config: Config) -> Flask:
    return application.build(migration_config, ids_seed="ownership")


@pytest.fixture(scope="module")
def people(sqlite_arm: Arm) -> People:
    users = sqlite_arm.template.tables["therapist_app.users"].rows
    approvals = sqlite_arm.template.tables["therapist_app.patient_approvals"].rows
    return People(
        {str(row["username"]): str(row["role"]) for row in users},
        frozenset(
            (str(row["clinician_username"]), str(row["patient_username"]))
            for row in approvals
            if row["status"] == "approved"
        ),
    )


@pytest.fixture(scope="module")
def owners(migration_config: Config, templates: Templates) -> Owners:
    found = []
    for database in migration_config.databases:
        with closing(open_sqlite(templates.folder / f"{database.name}.db")) as connection:
            found.append(catalogue.read(connection))
    return owners_of(found)


@dataclass(frozen=True)
class Judge:
    """Says what a route lacks."""

    app: Flask
    player: Player
    people: People
    owners: Owners
    routes: Mapping[str, Declared]
    every_request: frozenset[str]
    """What is sent with every request, to check the session."""

    def complaint(self, entry: RouteCases) -> str | None:
        """Return what a route about people lacks, None where it lacks nothing."""
        route = self.routes[entry.route]
        lacking = list(self._lacking(route, entry))
        tables = self._about_people(route, entry) if lacking else set()
        if not tables:
            return None
        what = "is about" if _says_whose(route, entry) else "may meet"
        return (
            f"{route.name} {what} people's rows in {', '.join(sorted(tables))},"
            f" but has no case with {', no case with '.join(lacking)}"
        )

    def _lacking(self, route: Declared, entry: RouteCases) -> Iterator[str]:
        if not route.info.auth.login:
            if "other-person" not in {*entry.left_out, *(case.kind for case in entry.cases)}:
                yield "somebody else, nor a reason why not"
            return
        if not any(case.kind == "no-session" for case in entry.cases):
            yield "no session"
        asked = list(self._asked(entry))
        for role, name in NEEDED.items():
            is_theirs = role in (route.info.auth.roles or NEEDED)
            if is_theirs and not _says_whose(route, entry):
                found = any(self._is_another(each.step, role, entry) for each in asked)
            else:
                found = any(self._is_refused(each, role, entry) for each in asked)
            if not found:
                yield name

    def _asked(self, entry: RouteCases) -> Iterator[Asked]:
        """Yield the requests of a route's cases that the route itself answers."""
        for case in entry.cases:
            for step in case.steps:
                path = re.sub(r"\{[^}]*\}", "1", step.path)
                if application.rule_of(self.app, step.method, path) == entry.route:
                    yield Asked(case.kind, step)

    def _is_another(self, step: Step, role: str, entry: RouteCases) -> bool:
        """Say whether somebody of a role asks who is not the one of the first case."""
        first = entry.cases[0].steps[-1].user
        return step.user != first and self.people.roles.get(step.user or "") == role

    def _is_refused(self, asked: Asked, role: str, entry: RouteCases) -> bool:
        """Say whether somebody of a role is refused: the route as such, or what is not theirs."""
        step, user = asked.step, asked.step.user or ""
        if step.expect not in REFUSED or self.people.roles.get(user) != role:
            return False
        about = _named(step) or {entry.cases[0].steps[-1].user or ""}
        related = any((user, person) in self.people.relations for person in about)
        is_theirs = related or about == {user}
        return asked.kind == "wrong-role" or (asked.kind == "other-person" and not is_theirs)

    def _about_people(self, route: Declared, entry: RouteCases) -> set[str]:
        """Return the tables about people that a route meets, its callers' own rows apart.

        Where a request says whose data it is about, their own rows count as well.
        """
        found: set[str] = set()
        for case in entry.cases:
            if case.kind not in ("success", "branch") or case.steps[-1].expect >= 400:
                continue
            played = self.player.play(case).exchanges
            for step, exchange in zip(case.steps, played, strict=True):
                if exchange.rule != route.name or exchange.status >= 400:
                    continue
                for statement in exchange.statements:
                    if statement.sql in self.every_request:
                        continue
                    if step.user is None or _says_whose(route, entry):
                        found |= tables_of(statement.sql, self.owners)
                    else:
                        found |= self._strays(statement, step.user)
        return found

    def _strays(self, statement: Statement, user: str) -> set[str]:
        with self.app.app_context():
            mine = frozenset({user, user_hash(user)})
        return strays(statement.sql, statement.params, mine=mine, owners=self.owners)


def _says_whose(route: Declared, entry: RouteCases) -> bool:
    """Say whether requests to a route are about somebody's own, whom they name in some way."""
    is_public = not route.info.auth.login
    return is_public or (route.takes_somebody and "other-person" not in entry.left_out)


def _named(step: Step) -> set[str]:
    """Return the people whom a request names."""
    body = step.json if isinstance(step.json, dict) else {}
    return {str(given[name]) for given in (step.query, body) for name in NAMES_A_PERSON & {*given}}


@pytest.fixture(scope="module")
def judge(app: Flask, reference: Player, people: People, owners: Owners) -> Judge:
    early = Case("", REFUSED_EARLY.path, "refused early", "invalid", (REFUSED_EARLY,), Path())
    (exchange,) = reference.play(early).exchanges
    assert exchange.status == REFUSED_EARLY.expect
    sent = frozenset(statement.sql for statement in exchange.statements)
    routes = {route.name: route for route in declared_routes(app)}
    return Judge(app, reference, people, owners, routes, sent)


def test_a_route_about_people_keeps_them_apart(entry: RouteCases, judge: Judge) -> None:
    if complaint := judge.complaint(entry):
        pytest.fail(complaint, pytrace=False)


# That the test above can fail


@pytest.mark.parametrize(
    ("route", "kinds", "lacks"),
    [
        ("GET /api/mood/history", {"other-person"}, "another patient, no case with an unrelated"),
        ("GET /api/mood/history", {"no-session"}, "no session"),
        ("GET /api/mood/<int:log_id>", {"other-person"}, "another patient"),
        ("PUT /api/mood/<int:log_id>", {"other-person"}, "an unrelated clinician"),
    ],
)
def test_without_its_cases_a_route_is_complained_of(
    judge: Judge, migration_config: Config, route: str, kinds: set[str], lacks: str
) -> None:
    entries = {entry.route: entry for entry in load_routes(migration_config.replay.cases)}
    left = tuple(case for case in entries[route].cases if case.kind not in kinds)
    complaint = judge.complaint(replace(entries[route], cases=left))
    assert complaint is not None
    assert lacks in complaint
    assert "mood_logs" in complaint


def test_the_tables_about_people_follow_from_the_schema(owners: Owners) -> None:
    assert owners["mood_logs"] == {"username"}
    assert owners["messages"] == {"sender_username", "recipient_username"}
    assert owners["audit_logs"] == {"username"}, "a name without a foreign key"
    assert owners["pet"] == {"username"}, "another database"
    assert owners["training_chats"] == {"user_hash"}
    assert owners["chat_history"] == frozenset(), "a child of its session"
    assert "settings" not in owners


KEPT = [
    "SELECT id FROM mood_logs WHERE username = $1 AND deleted_at IS NULL",
    "SELECT id FROM messages WHERE sender_username = $1 OR recipient_username = $1",
    "SELECT a.id FROM patient_approvals p JOIN appointments a"
    " ON a.patient_username = p.patient_username WHERE p.clinician_username = $1",
    "SELECT id FROM chat_history WHERE chat_session_id IN"
    " (SELECT id FROM chat_sessions WHERE username = $1)",
    "SELECT s.id, (SELECT COUNT(*) FROM chat_history h WHERE h.chat_session_id = s.id)"
    " FROM chat_sessions s WHERE s.username = $1",
    "UPDATE mood_logs SET notes = $2 WHERE id = $3 AND username = $1",
    "DELETE FROM pet WHERE username = $1",
    "INSERT INTO notifications (recipient_username, message) VALUES ($2, $3)",
    "SELECT value FROM settings",
]
STRAYING = {
    "SELECT id FROM mood_logs WHERE id = $1": {"mood_logs"},
    "SELECT id FROM mood_logs WHERE username = $2": {"mood_logs"},
    "SELECT id FROM mood_logs WHERE username <> $1": {"mood_logs"},
    "SELECT id FROM mood_logs WHERE username = $1 OR mood_val > $3": {"mood_logs"},
    "SELECT id FROM mood_logs WHERE NOT (username = $1)": {"mood_logs"},
    "SELECT m.id FROM mood_logs m JOIN users u ON TRUE WHERE u.username = $1": {"mood_logs"},
    "SELECT id FROM chat_history WHERE chat_session_id IN (SELECT id FROM chat_sessions)": {
        "chat_history",
        "chat_sessions",
    },
    "SELECT id FROM mood_logs WHERE username = $1 UNION SELECT id FROM pet": {"pet"},
    "UPDATE mood_logs SET username = $1 WHERE id = $3": {"mood_logs"},
    "DELETE FROM pet": {"pet"},
    "INSERT INTO notifications (recipient_username) SELECT username FROM users": {"users"},
}
PARAMS = {"1": "ada", "2": "ben", "3": 7}


@pytest.mark.parametrize("sql", KEPT)
def test_a_statement_that_keeps_to_one_person(sql: str, owners: Owners) -> None:
    assert strays(sql, PARAMS, mine=frozenset({"ada"}), owners=owners) == set()


@pytest.mark.parametrize("sql", STRAYING)
def test_a_statement_that_may_meet_other_people(sql: str, owners: Owners) -> None:
    assert strays(sql, PARAMS, mine=frozenset({"ada"}), owners=owners) == STRAYING[sql]
