"""The application under replay: built afresh for every case, read for its routes.

Everything known of it is in `migration.toml`. What surrounds it while it runs (environment,
clock, chance, mail) is `surroundings.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from migration.config import Config
from migration.errors import AppError
from migration.loading import load_function
from migration.replay.rows import ReadProtected

_ANSWERED_FOR_ALL = frozenset({"HEAD", "OPTIONS"})


def build(
    config: Config,
    *,
    ids_seed: str,
    effects: Callable[[dict[str, Any]], None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Flask:
    """Build the application by its factory; raise `AppError` when that fails.

    `ids_seed` decides what its id source hands out; `effects` is given one record for each mail or
    prompt. Both reach only a factory that takes them. `settings` go before those of migration.toml.
    """
    given = {**config.app.settings, **(settings or {})}
    if config.app.clock:
        given[config.app.clock] = _clock
    if config.app.ids:
        given[config.app.ids] = random.Random(ids_seed).randbytes
    if config.app.effects and effects:
        given[config.app.effects] = effects
    try:
        app = load_function(config.root, config.app.factory)(given)
    except AppError:
        raise
    except Exception as error:
        raise AppError(
            f"building the application with {config.app.factory}",
            f"{type(error).__name__}: {error}",
            "run the factory with the settings of migration.toml and mend what it refuses",
        ) from error
    # An exception must become the answer that a client would get, also under TESTING.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    checked: Flask = app
    return checked


def close(app: Flask) -> None:
    """Let go of what the application holds open: extensions that can be closed."""
    for extension in app.extensions.values():
        end = getattr(extension, "close", None)
        if callable(end):
            end()


def reader_of(config: Config) -> ReadProtected | None:
    """Return the application's reader of protected columns, None where it has none."""
    if config.app.read_protected is None:
        return None
    reader: ReadProtected = load_function(config.root, config.app.read_protected)(
        config.app.settings
    )
    return reader


def url_map(app: Flask) -> set[tuple[str, str]]:
    """Return every (method, rule) that the application answers, files and HEAD apart."""
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - _ANSWERED_FOR_ALL
    }


def rule_of(app: Flask, method: str, path: str) -> str | None:
    """Return `METHOD /rule` that answers this request, None when none does."""
    adapter = app.url_map.bind("localhost")
    try:
        rule, _ = adapter.match(path.partition("?")[0], method, return_rule=True)
    except (HTTPException, RequestRedirect):
        return None
    return f"{method} {rule.rule}"


def _clock() -> datetime:
    # The clock is stopped by `surroundings.py`, for those who ask Python and for those given this.
    return datetime.now(UTC)
