"""Rules whose URL builders are compiled late match and build like any others."""

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from api.routing import LateRule


@pytest.mark.parametrize("kind", [Rule, LateRule])
def test_urls_are_matched_and_built(kind: type[Rule]) -> None:
    app = Flask(__name__)
    app.url_rule_class = kind
    app.add_url_rule("/mood/<int:mood_id>/é", "mood", lambda mood_id: str(mood_id + 1))
    assert app.test_client().get("/mood/41/é").text == "42"
    assert app.test_client().get("/mood/x/é").status_code == 404
    with app.test_request_context():
        assert url_for("mood", mood_id=41) == "/mood/41/%C3%A9"
        assert url_for("mood", mood_id=41, page="a b") == "/mood/41/%C3%A9?page=a+b"
