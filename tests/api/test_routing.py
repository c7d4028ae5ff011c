"""Applications share the routes of their blueprints, and nothing but these."""

from pathlib import Path

import pytest
from api_support import make_app
from flask import Blueprint

HOOKS = (
    "after_request_funcs",
    "before_request_funcs",
    "error_handler_spec",
    "teardown_request_funcs",
    "url_default_functions",
    "url_value_preprocessors",
)


def test_further_routes_belong_to_the_application_that_was_given_them(tmp_path: Path) -> None:
    more = Blueprint("more", __name__)
    more.add_url_rule("/more", view_func=lambda: "more")
    with_more, without = make_app(tmp_path, blueprints=[more]), make_app(tmp_path)
    assert with_more.test_client().get("/more").text == "more"
    assert with_more.test_client().get("/api/health").status_code == 200
    assert without.test_client().get("/more").status_code == 404
    assert without.url_map is make_app(tmp_path).url_map


def test_a_route_that_comes_too_late_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="give it to create_app"):
        make_app(tmp_path).add_url_rule("/late", view_func=lambda: "late")


def test_no_blueprint_brings_hooks_which_would_not_be_taken_over(tmp_path: Path) -> None:
    for name, blueprint in make_app(tmp_path).blueprints.items():
        assert {kind: vars(blueprint)[kind] for kind in HOOKS} == {kind: {} for kind in HOOKS}, name
