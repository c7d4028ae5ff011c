"""Fixtures of the fuzz: the application on both engines, and what is read off it once."""

from collections.abc import Iterator
from typing import Any

import pytest
from people import Sessions
from twins import Side, Twins
from werkzeug.test import Client

from migration.config import Config
from migration.replay.arms import PostgresArm, SqliteArm


@pytest.fixture(scope="session")
def twins(
    sqlite_arm: SqliteArm, postgres_arm: PostgresArm, migration_config: Config
) -> Iterator[Twins]:
    """The application on both engines, alike from the first request to the last."""
    both = Twins(*(Side.on(arm, migration_config) for arm in (sqlite_arm, postgres_arm)))
    yield both
    both.close()


@pytest.fixture(scope="session")
def sessions(twins: Twins) -> Sessions:
    """The sessions of everybody."""
    return Sessions(twins)


@pytest.fixture(scope="session")
def described(twins: Twins) -> dict[str, Any]:
    """The OpenAPI document, as both engines serve it."""
    return Client(twins).get("/api/openapi.json").json
