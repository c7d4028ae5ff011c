"""The description of the API: valid by its own standard, and true."""

import re

import pytest
from api_support import make_app
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import Field

from api.openapi.document import describe
from api.openapi.models import Bodies
from api.web import Body, Text


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


def test_the_roles_that_may_ask_are_named(app: Flask) -> None:
    with app.app_context():
        paths = describe(app)["paths"]
    assert paths["/api/appointments"]["post"]["security"] == [
        {"session": ["clinician"], "csrf": []}
    ]
    assert paths["/api/appointments"]["get"]["security"] == [{"session": ["clinician", "user"]}]
    assert paths["/api/health"]["get"]["security"] == []


def test_texts_and_numbers_are_bounded_by_what_can_be_stored(app: Flask) -> None:
    with app.app_context():
        models = describe(app)["components"]["schemas"]
    entry, answer = models["GratitudeEntry"], models["api__developer__messages__Answer"]
    assert re.search(entry["properties"]["entry"]["pattern"], " rain\n")
    assert not re.search(entry["properties"]["entry"]["pattern"], " \n")
    assert not re.search(entry["properties"]["entry"]["pattern"], "rain\0")
    assert answer["properties"]["parent_message_id"]["maximum"] == 2**63 - 1
    assert models["Worries"]["properties"]["worries"]["items"] == {
        "$ref": "#/components/schemas/Storable"
    }


@pytest.mark.parametrize(
    ("length", "fits"), [(0, ["", " "]), (1, [" a"]), (2, ["ab ", "a b"]), (4, ["abcd", "a  d"])]
)
def test_blanks_around_a_text_do_not_count(length: int, fits: list[str]) -> None:
    class Sample(Body):
        text: Text = Field(min_length=length)

    pattern = Bodies.of([Sample]).components["Sample"]["properties"]["text"]["pattern"]
    assert all(re.search(pattern, text) for text in fits)
    assert not re.search(pattern, "\0abcdef")
    if length:
        assert not re.search(pattern, "  " + "a" * (length - 1) + "      ")


def test_a_query_holds_digits_and_no_null(app: Flask) -> None:
    with app.app_context():
        api = describe(app)
    found = api["paths"]["/api/mood/history"]["get"]["parameters"]
    schemas = {parameter["name"]: parameter["schema"] for parameter in found}
    assert schemas["offset"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 1_000_000,
        "default": 0,
    }
    assert schemas["username"]["type"] == "string"
    assert "HistoryQuery" not in api["components"]["schemas"]


def test_a_body_is_required_unless_nothing_will_do(app: Flask) -> None:
    with app.app_context():
        paths = describe(app)["paths"]
    assert paths["/api/mood/log"]["post"]["requestBody"]["required"]
    assert paths["/api/cbt/goals/{entry_id}"]["put"]["requestBody"]["required"]
    assert not paths["/api/pet/adventure"]["post"]["requestBody"]["required"]


def test_a_path_that_does_not_fit_is_not_found(app: Flask) -> None:
    with app.app_context():
        paths = describe(app)["paths"]
    assert "404" in paths["/api/mood/{log_id}"]["put"]["responses"]
    assert "404" not in paths["/api/mood/log"]["post"]["responses"]
    # What is no number here is a name of the operation beside it, which only reads.
    assert "405" in paths["/api/professional/notes/{note_id}"]["delete"]["responses"]
    assert "405" not in paths["/api/professional/notes/{patient_username}"]["get"]["responses"]


def test_what_is_no_json_is_described_as_what_it_is(app: Flask) -> None:
    with app.app_context():
        paths = describe(app)["paths"]

    def forms(path: str, method: str = "get") -> list[str]:
        return list(paths[path][method]["responses"]["200"]["content"])

    assert forms("/") == ["text/html"]
    assert forms("/api/export/pdf") == ["application/pdf"]
    assert forms("/api/therapy/export", "post") == ["application/json", "text/plain", "text/csv"]
    assert "content" not in paths["/api/messages/{message_id}"]["delete"]["responses"]["204"]


def test_the_page_shows_every_operation(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/api/docs")
    api = client.get("/api/openapi.json").get_json()
    assert page.mimetype == "text/html"
    for found in api["paths"].values():
        for operation in found.values():
            assert f'id="{operation["operationId"]}"' in page.text
