"""The description of the API: valid by its own standard, and true."""

import re

import pytest
from api_support import make_app
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.openapi.document import describe


@pytest.fixture
def app(tmp_path) -> Flask:
    return make_app(tmp_path)


def test_it_is_valid_openapi(app: Flask) -> None:
    with app.app_context():
        OpenAPIV31SpecValidator(describe(app)).validate()


def test_every_route_is_described(app: Flask) -> None:
    with app.app_context():
        paths = describe(app)["paths"]
    described = {(method.upper(), path) for path, found in paths.items() for method in found}
    routed = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == routed


def test_every_operation_says_what_it_is_for(app: Flask) -> None:
    with app.app_context():
        paths = describe(app)["paths"]
    silent = [
        operation["operationId"]
        for found in paths.values()
        for operation in found.values()
        if not operation["summary"].endswith(".")
    ]
    assert silent == []


def test_what_a_mood_needs_is_what_is_checked(app: Flask) -> None:
    with app.app_context():
        api = describe(app)
    operation = api["paths"]["/api/mood/log"]["post"]
    assert operation["security"] == [{"session": [], "csrf": []}]
    model = api["components"]["schemas"]["MoodEntry"]
    assert model["required"] == ["mood_val"]
    assert model["properties"]["mood_val"] == {"type": "integer", "minimum": 1, "maximum": 10}


def test_the_page_shows_every_operation(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/api/docs")
    api = client.get("/api/openapi.json").get_json()
    assert page.mimetype == "text/html"
    for found in api["paths"].values():
        for operation in found.values():
            assert f'id="{operation["operationId"]}"' in page.text
