"""JSON documents as they are stored and as they are read."""

import pytest

from api.db.types import json
from api.db.types.json import Json


@pytest.mark.parametrize("value", [{}, [], {"b": [1, 2.5, None]}, "text", "7", 7, True, None, "é"])
def test_a_document_comes_back_as_it_went_in(value: object) -> None:
    assert json.parsed(json.stored(Json(value))) == value


def test_a_document_is_stored_as_compact_text_with_sorted_keys() -> None:
    assert json.stored(Json({"b": 1, "a": "é"})) == '{"a":"é","b":1}'


def test_a_number_that_sqlite_made_of_a_document_is_read() -> None:
    assert json.parsed(7) == 7


def test_no_document_is_none() -> None:
    assert json.parsed(None) is None


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json.stored(Json(float("nan")))


def test_other_text_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        json.parsed("{")
