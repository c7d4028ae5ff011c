"""What tests on populated data share: the application on the seed, on either engine."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from api_support import NOW, Clock
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import create_app
from api.db import LOGICAL, Row, get_db
from fixtures.seed import build, protection
from migration.copy import copy_database
from migration.db import open_postgres, open_sqlite
from migration.schema.apply import apply
from migration.schema.convert import convert
from migration.schema.ddl import render
from migration.source.catalogue import read

ENGINES = ("sqlite", "postgres")


def seeded_app(
    engine: str, request: pytest.FixtureRequest, folder: Path, **special: object
) -> Flask:
    """Build the application on the seed as of NOW: files in `folder`, or a scratch database.

    `special` settings come before the usual ones.
    """
    build(folder, NOW)
    if engine == "postgres":
        url: str = request.getfixturevalue("scratch_database")
        for logical in LOGICAL:
            _move(folder / f"{logical}.db", logical, url)
        databases = {"DATABASE_URL": url}
    else:
        databases = {"DATABASE_URL": str(folder / "therapist_app.db")}
    settings = {
        "TESTING": True,
        "SECRET_KEY": "a key for tests only",
        "ENCRYPTION_KEY": protection.ENCRYPTION_KEY,
        "ARGON2_COST": "minimum",
        "LIMITS_ENABLED": False,
        "CLOCK": Clock(),
        "RANDOM_SEED": 7,
    }
    return create_app(settings | databases | special)


def _move(file: Path, logical: str, url: str) -> None:
    with closing(open_sqlite(file)) as source, open_postgres(url) as target:
        schema = convert(read(source), schema=logical)
        apply(target, render(schema))
        copy_database(source, target, schema)


class Browser:
    """Somebody logged in, on one connection after the other or on several at once."""

    def __init__(self, app: Flask, username: str) -> None:
        self._app = app
        self._client = app.test_client()
        login = {
            "username": username,
            "password": protection.PASSWORD,
            "pin": protection.PIN,
        }
        answer = self._client.post("/api/auth/login", json=login)
        assert answer.status_code == 200, answer.text
        self._headers = {"X-CSRF-Token": answer.json["csrf_token"]}

    def post(self, path: str, json: object = None) -> TestResponse:
        """Send one request."""
        return self._send(self._client, path, json)

    def send(self, method: str, path: str, json: object = None) -> TestResponse:
        """Send one request of any method."""
        return self._client.open(path, method=method, json=json, headers=self._headers)

    def at_once(self, times: int, path: str, json: object = None) -> list[TestResponse]:
        """Send the same request several times in parallel."""
        cookie = self._client.get_cookie("session")
        assert cookie is not None

        def send(_: int) -> TestResponse:
            client = self._app.test_client()
            client.set_cookie("session", cookie.value)
            return self._send(client, path, json)

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(send, range(times)))

    def _send(self, client: FlaskClient, path: str, json: object) -> TestResponse:
        return client.post(path, json={} if json is None else json, headers=self._headers)


def rows(app: Flask, logical: str, sql: str, *params: object) -> list[Row]:
    """Return the rows that a query finds."""
    with app.app_context():
        return get_db(logical).all(sql, *params)
