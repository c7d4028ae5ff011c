"""The Healing Space API.

`create_app` puts it together: settings (`settings.py`), databases (`db/`), the request
pipeline (`web.py`) and one blueprint for each domain. `runtime.py` is its clock.
"""

import os
import shutil
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask

__all__ = ["create_app"]


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Build the application; what `config` says goes before the environment.

    Nothing is connected to yet. Whoever builds many applications ends each with
    `api.db.close_pools`. Raises SettingsError when it must not start with these settings.
    """
    # Here and not above, so that `api.db` can be used without loading all the rest.
    from api import db, metrics, runtime, settings, web
    from api.routing import LateRule

    read = settings.load(config or {}, os.environ)
    app = Flask(__name__, static_folder=None)
    app.url_rule_class = LateRule
    app.config.update(
        SETTINGS=read,
        SECRET_KEY=read.secret_key,
        TESTING=read.testing,
        DEBUG=read.debug,
        MAX_CONTENT_LENGTH=read.max_content_length,
    )
    if read.scratch:
        _make_scratch(read.scratch, app)
    runtime.init_app(app)
    db.init_app(app, read.databases, read.database_capacity)
    metrics.init_app(app)
    web.init_app(app)
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)
    return app


def _blueprints() -> list[Blueprint]:
    from api import (
        account,
        admin,
        alerts,
        appointments,
        approvals,
        auth,
        cbt,
        community,
        developer,
        exports,
        home,
        insights,
        messages,
        metrics,
        notifications,
        openapi,
        pages,
        pet,
        professional,
        profile,
        safety_plan,
        system,
        therapy,
        training,
        wellbeing,
    )

    return [
        system.bp,
        auth.bp,
        account.bp,
        wellbeing.bp,
        pet.bp,
        training.bp,
        openapi.bp,
        community.bp,
        messages.bp,
        notifications.bp,
        approvals.bp,
        therapy.bp,
        insights.bp,
        safety_plan.bp,
        exports.bp,
        home.bp,
        profile.bp,
        appointments.bp,
        professional.bp,
        alerts.bp,
        metrics.bp,
        pages.bp,
        developer.bp,
        admin.bp,
        cbt.bp,
    ]


def _make_scratch(folder: Path, app: Flask) -> None:
    """Make a folder that lives as long as `app`."""
    folder.mkdir(mode=0o700)
    weakref.finalize(app, shutil.rmtree, folder, ignore_errors=True)
