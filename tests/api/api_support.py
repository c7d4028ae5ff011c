"""What the tests of the application share: a small app on fresh databases, and its clock."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Blueprint, Flask
from flask.testing import FlaskClient

from api import create_app
from api.db import get_db
from api.security import passwords

NOW = datetime(2026, 2, 4, 10, 30, tzinfo=UTC)
PASSWORD = "Correct-Horse-9!"


class Clock:
    """A clock that stands still until told."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **parts: int) -> None:
        self.moment += timedelta(**parts)


def make_app(folder: Path, blueprints: Iterable[Blueprint] = (), **settings: object) -> Flask:
    """Build the application on three new SQLite files in `folder`."""
    return create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "ARGON2_COST": "minimum",
            "DATABASE_URL": str(folder / "therapist_app.db"),
            "CLOCK": Clock(),
            "DEFAULT_LIMIT": "1000 per hour",
        }
        | settings,
        blueprints=blueprints,
    )


def add_user(app: Flask, username: str, role: str = "user") -> None:
    """Open an account whose password is PASSWORD."""
    with app.app_context():
        get_db().run(
            "INSERT INTO users (username, password, role) VALUES ($1, $2, $3)",
            username,
            passwords.hash_password(PASSWORD),
            role,
        )
        get_db().commit()


def visit(client: FlaskClient) -> dict[str, str]:
    """Get the visitor a session; return the header with its CSRF token."""
    return {"X-CSRF-Token": client.get("/api/csrf-token").json["csrf_token"]}


def audit_trail(app: Flask) -> list[tuple[str, str, str]]:
    """Return username, actor and action of every audit row, oldest first."""
    with app.app_context():
        rows = get_db().all("SELECT username, actor, action FROM audit_logs ORDER BY id")
    return [tuple(row.values()) for row in rows]
