"""Forty clients at once, under gunicorn with threads, on PostgreSQL.

Nothing may be lost, leaked or answered with an error of the server. With FULL_SIZE=1 there are
5,000 requests, otherwise a tenth. Limits are off in the first run and on in the second.
"""

import os
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from crowd import Answer, Client, Request, Visitor, send_all, statuses, succeeded
from psycopg import sql
from serving import PRODUCTION, started

from fixtures.seed.protection import PASSWORD, PIN
from migration.db import open_postgres
from migration.db.clone import clone, drop, fresh_name
from migration.db.server import RunningServer
from migration.replay.template import Templates

AT_ONCE = 40
REQUESTS = 5_000 if os.environ.get("FULL_SIZE") else 500
PATIENTS = ("ada", "zoë", "dan", "eve", "fay")
ROOM = {"DATABASE_POOL_SIZE": "8", "WEB_THREADS": "16", "TRUSTED_PROXIES": "1"}
CARD = "/api/cbt/coping-cards/1/use"
READ = (
    "/api/mood/history",
    "/api/gratitude/history",
    "/api/clinical/history",
    "/api/notifications",
    "/api/messages/inbox",
    "/api/community/posts",
    "/api/community/channels",
    "/api/home/data",
    "/api/daily-tasks/streak",
    "/api/cbt/summary",
    "/api/cbt/goals",
    "/api/cbt/coping-cards",
    "/api/therapy/history",
    "/api/therapy/sessions",
    "/api/appointments",
    "/api/safety-plan",
    "/api/account/audit",
    "/api/patient/profile",
)


@dataclass(frozen=True)
class Site:
    """The served application, its database, and its visitors."""

    address: str
    url: str
    visitors: dict[str, Visitor]

    def value(self, query: sql.SQL, *values: object) -> int:
        """Look into the database, past the application."""
        with open_postgres(self.url) as connection:
            row = connection.execute(query, values).fetchone()
        assert row
        return int(row[0] or 0)


@pytest.fixture
def database(server: RunningServer, templates: Templates) -> Iterator[str]:
    """The seed in a database of its own."""
    name = fresh_name("crowd")
    clone(server, template=templates.database, name=name)
    yield server.url(name)
    drop(server, name)


@pytest.fixture
def site(tmp_path: Path, database: str) -> Iterator[Site]:
    """The application without limits."""
    with started(
        tmp_path, **PRODUCTION, **ROOM, DATABASE_URL=database, LIMITS_ENABLED="0"
    ) as served:
        assert served.ask("/api/ready")[0] == 200
        with closing(Client(served.address, "198.51.100.200")) as client:
            visitors = {name: client.log_in(name, PASSWORD, PIN) for name in PATIENTS}
        yield Site(served.address, database, visitors)


def mixed(visitors: dict[str, Visitor], count: int) -> list[Request]:
    """Mix reads and writes, in the same order every time."""
    chance = random.Random(40)
    return [_any(chance, visitors, number) for number in range(count)]


def _any(chance: random.Random, visitors: dict[str, Visitor], number: int) -> Request:
    visitor = visitors[chance.choice(PATIENTS)]
    kind = chance.random()
    if kind < 0.6:
        return Request(visitor, "GET", chance.choice(READ))
    if kind < 0.7:
        return Request(visitors["ada"], "POST", CARD, {})
    if kind < 0.8:
        return Request(visitor, "POST", "/api/gratitude/log", {"entry": f"number {number}"})
    if kind < 0.88:
        body = {"exercise_type": "box", "duration_seconds": 60, "notes": f"number {number}"}
        return Request(visitor, "POST", "/api/cbt/breathing", body)
    if kind < 0.94:
        body = {"message": f"number {number}"}
        return Request(visitor, "POST", "/api/community/post/1/reply", body)
    body = {"recipient": "drgrace", "subject": "hello", "content": f"number {number}"}
    return Request(visitors["ada"], "POST", "/api/messages/send", body)


def asked(method: str, path: str, answers: list[Answer], name: str | None = None) -> int:
    """Count the successes of one route, of one visitor or of all."""
    return succeeded(
        answers,
        lambda one: (one.method, one.path) == (method, path) and name in (None, one.visitor.name),
    )


TIMES_USED = sql.SQL("SELECT times_used FROM therapist_app.coping_cards WHERE id = 1")
XP = sql.SQL("SELECT xp FROM pet_game.pet WHERE username = %s")
STREAK_XP = sql.SQL("SELECT total_bonus_xp FROM therapist_app.daily_streaks WHERE username = %s")
COUNTS = {
    ("POST", "/api/gratitude/log"): sql.SQL("SELECT count(*) FROM therapist_app.gratitude_logs"),
    ("POST", "/api/cbt/breathing"): sql.SQL(
        "SELECT count(*) FROM therapist_app.breathing_exercises"
    ),
    ("POST", "/api/community/post/1/reply"): sql.SQL(
        "SELECT count(*) FROM therapist_app.community_replies"
    ),
    ("POST", "/api/messages/send"): sql.SQL("SELECT count(*) FROM therapist_app.messages"),
}
CONNECTIONS = sql.SQL(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid()"
)
IN_TRANSACTION = sql.SQL(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND state LIKE 'idle in%%'"
)


def test_nothing_is_lost_and_nothing_leaks(site: Site) -> None:
    rows = {route: site.value(query) for route, query in COUNTS.items()}
    used = site.value(TIMES_USED)
    xp = {name: site.value(XP, name) for name in PATIENTS if name != "fay"}
    answers = send_all(site.address, mixed(site.visitors, REQUESTS), at_once=AT_ONCE)

    counted = statuses(answers)
    print(f"{REQUESTS} requests, {AT_ONCE} at once: {dict(sorted(counted.items()))}")
    assert sum(counted.values()) == REQUESTS
    assert [one for one in answers if one.status >= 500] == []
    assert sum(one.is_success for one in answers) >= 0.95 * REQUESTS, counted

    for route, query in COUNTS.items():
        assert site.value(query) - rows[route] == asked(*route, answers), route
    assert site.value(TIMES_USED) - used == asked("POST", CARD, answers)
    for name, before in xp.items():
        earned = 15 * asked("POST", "/api/gratitude/log", answers, name)
        earned += 20 * asked("POST", "/api/cbt/breathing", answers, name)
        assert site.value(XP, name) - before == earned, name

    threads_and_pools = 3 * int(ROOM["DATABASE_POOL_SIZE"])
    assert site.value(CONNECTIONS) <= threads_and_pools
    assert site.value(IN_TRANSACTION) == 0


def test_with_limits_too_many_requests_are_429(tmp_path: Path, database: str) -> None:
    limits = {"DEFAULT_LIMIT": "20 per minute"}
    with started(tmp_path, **PRODUCTION, **ROOM, **limits, DATABASE_URL=database) as served:
        assert served.ask("/api/ready")[0] == 200
        with closing(Client(served.address, "198.51.100.200")) as client:
            visitor = client.log_in("ada", PASSWORD, PIN)
        again = [Request(visitor, "GET", "/api/mood/history")] * 60
        answers = send_all(served.address, again, at_once=2)
    counted = statuses(answers)
    print(f"60 requests by one person, 20 allowed a minute: {dict(sorted(counted.items()))}")
    assert set(counted) == {200, 429}
    assert counted[429] >= 20
