"""The Healing Space API.

`create_app` puts it together: settings (`settings.py`), databases (`db/`), the request
pipeline (`web.py`) and one blueprint for each domain. `runtime.py` is its clock.
"""

import os
import shutil
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask

__all__ = ["create_app"]


def create_app(
    config: Mapping[str, Any] | None = None, *, blueprints: Iterable[Blueprint] = ()
) -> Flask:
    """Build the application; what `config` says goes before the environment.

    `blueprints` are routes to serve beside the API's; they cannot be added afterwards.
    Nothing is connected to yet. Whoever builds many applications ends each with
    `api.db.close_pools`. Raises SettingsError when it must not start with these settings.
    """
    # Here and not above, so that `api.db` can be used without loading all the rest.
    from api import db, metrics, routing, runtime, settings, web
    from api.blueprints import BLUEPRINTS

    read = settings.load(config or {}, os.environ)
    app = Flask(__name__, static_folder=None)
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
    routing.mount(app, [*BLUEPRINTS, *blueprints])
    return app


def _make_scratch(folder: Path, app: Flask) -> None:
    """Make a folder that lives as long as `app`."""
    folder.mkdir(mode=0o700)
    weakref.finalize(app, shutil.rmtree, folder, ignore_errors=True)
