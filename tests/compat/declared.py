"""What the application declares of its routes, for the tests that hold cases against it."""

from dataclasses import dataclass
from typing import Any

from flask import Flask

from migration.replay import app as application

NAMES_A_PERSON = {"username", "patient", "patient_username", "recipient"}


@dataclass(frozen=True)
class Declared:
    """What the application declares of one method of one rule."""

    method: str
    rule: str
    info: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def fields(self) -> set[str]:
        models = (self.info.body, self.info.query)
        return {field for model in models if model for field in model.model_fields}

    @property
    def has_variable(self) -> bool:
        return "<" in self.rule

    @property
    def takes_somebody(self) -> bool:
        """Whether a request says whose data it is about, by a name or by an object."""
        return self.has_variable or bool(self.fields & NAMES_A_PERSON)


def declared_routes(app: Flask) -> list[Declared]:
    """Return every route of the application, in the order of their names."""
    views = {
        (method, rule.rule): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    return [
        Declared(method, rule, getattr(views[method, rule], "endpoint_info", None))
        for method, rule in sorted(application.url_map(app))
    ]
