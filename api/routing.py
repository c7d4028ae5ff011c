"""Routes that are worked out once per process.

Parsing and registering some two hundred rules takes most of the time in which an application is
built, and tests build thousands. Applications of the same blueprints share one URL map, which
nobody may add to afterwards.
"""

from collections.abc import Iterable
from functools import lru_cache

from flask import Blueprint, Flask
from werkzeug.routing import Map, RuleFactory


class SharedMap(Map):
    """A URL map that takes no more rules once it is shared: every application would answer them."""

    shared = False

    def add(self, rulefactory: RuleFactory) -> None:
        """Add a rule. Raises RuntimeError when the map is shared."""
        if self.shared:
            raise RuntimeError(
                "routes cannot be added to this application, for others share its URL map:"
                " put them into a blueprint and give it to create_app"
            )
        super().add(rulefactory)


class _Registry(Flask):
    """An application that serves nobody and only holds what blueprints register."""

    url_map_class = SharedMap
    url_map: SharedMap


def mount(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    """Give `app` the routes of all blueprints; hooks and handlers of their own they have none."""
    registry = _registered(tuple(blueprints))
    app.url_map = registry.url_map
    app.view_functions.update(registry.view_functions)
    app.blueprints.update(registry.blueprints)


@lru_cache(maxsize=8)
def _registered(blueprints: tuple[Blueprint, ...]) -> _Registry:
    registry = _Registry(__name__, static_folder=None)
    for blueprint in blueprints:
        registry.register_blueprint(blueprint)
    registry.url_map.update()
    registry.url_map.shared = True
    return registry
