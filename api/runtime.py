"""What the application takes from the world: time, chance, ids; and what it tells about effects.

Each has a source in the settings (`CLOCK`, `IDS`, `RANDOM_SEED`, `EFFECTS`), so that a run can
be repeated exactly; without one it is the machine's own. No part of the application asks
for the time or for random bytes in any other way.
"""

import base64
import random
import secrets
import time
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, current_app

from api import settings


def init_app(app: Flask) -> None:
    """Give `app` its own generator of chance."""
    app.extensions["chance"] = random.Random(app.config["SETTINGS"].random_seed)


def now() -> datetime:
    """Return the present moment in UTC, in whole seconds."""
    clock = settings.current().clock
    moment = clock() if clock else datetime.now(UTC)
    return moment.astimezone(UTC).replace(microsecond=0)


def today() -> date:
    """Return the users' present day: the one in the configured zone."""
    return now().astimezone(settings.current().timezone).date()


def stopwatch() -> float:
    """Return seconds since some fixed moment: two readings tell how long something took."""
    clock = settings.current().clock
    return clock().timestamp() if clock else time.perf_counter()


def random_bytes(count: int) -> bytes:
    """Return bytes that nobody can guess."""
    ids = settings.current().ids
    return ids(count) if ids else secrets.token_bytes(count)


def token_hex(count: int) -> str:
    """Return `count` random bytes as hex digits, two for each."""
    return random_bytes(count).hex()


def token_urlsafe(count: int) -> str:
    """Return `count` random bytes as text that may stand in a URL."""
    return base64.urlsafe_b64encode(random_bytes(count)).rstrip(b"=").decode()


def chance() -> random.Random:
    """Return the generator for what is left to chance but is no secret."""
    generator: random.Random = current_app.extensions["chance"]
    return generator


def emit(record: dict[str, Any]) -> None:
    """Report an effect outside the databases, such as a mail, to whoever listens."""
    effects = settings.current().effects
    if effects:
        effects(record)
