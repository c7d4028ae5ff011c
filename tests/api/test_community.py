"""The board under parallel requests, at its limits, and in how many statements it is read."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.community.channels import CHANNELS, Category
from api.community.posts import FIRST_REPLIES
from api.db import MAIN, close_pools, get_db
from migration.db import trace

POST = "/api/community/post"


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_every_category_is_a_channel_and_in_its_order() -> None:
    assert tuple(CHANNELS) == get_args(Category)


def test_reactions_at_once_are_all_counted(app: Flask) -> None:
    answers = Browser(app, "ben").at_once(7, f"{POST}/4/react", {"reaction": "hug"})
    assert Counter(answer.json["action"] for answer in answers) == {"added": 4, "removed": 3}
    assert rows(app, MAIN, "SELECT likes FROM community_posts WHERE id = 4") == [{"likes": 1}]
    assert len(rows(app, MAIN, "SELECT id FROM community_likes WHERE post_id = 4")) == 1


def test_a_post_is_reported_once(app: Flask) -> None:
    answers = Browser(app, "ben").at_once(6, f"{POST}/4/report", {"reason": "spam"})
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    assert len(rows(app, MAIN, "SELECT id FROM alerts WHERE username = 'zoë'")) == 1


def test_a_report_of_another_post_or_by_another_name_is_no_repetition(app: Flask) -> None:
    with app.app_context():
        for details in ("post_id:44|reporter:ben|author:zoë|", "post_id:4|reporter:benny|author:"):
            get_db().run(
                "INSERT INTO alerts (username, alert_type, details) VALUES ($1, $2, $3)",
                "zoë",
                "post_report",
                details,
            )
        get_db().commit()
    assert Browser(app, "ben").post(f"{POST}/4/report").status_code == 200


def test_words_have_an_end(app: Flask) -> None:
    browser = Browser(app, "ada")
    longest = {"category": "general", "message": "ß" * 2000}
    assert browser.post(POST, longest).status_code == 201
    assert browser.post(POST, longest | {"message": "ß" * 2001}).status_code == 400
    assert browser.post(f"{POST}/1/reply", {"message": "🌱" * 2000}).status_code == 201
    assert browser.post(f"{POST}/1/reply", {"message": "🌱" * 2001}).status_code == 400
    assert browser.post(f"{POST}/1/report", {"reason": "?" * 501}).status_code == 400
    assert browser.post(f"{POST}/1/report", {"reason": "?" * 500}).status_code == 200


def test_a_post_comes_with_its_first_replies_only(app: Flask) -> None:
    with app.app_context():
        for number in range(FIRST_REPLIES + 1):
            get_db().run(
                "INSERT INTO community_replies (post_id, username, message) VALUES ($1, $2, $3)",
                4,
                "eve",
                f"reply {number}",
            )
        get_db().commit()
    answer = Browser(app, "ada").send("GET", "/api/community/posts?category=anxiety")
    (post,) = answer.json["posts"]
    assert (len(post["replies"]), post["reply_count"]) == (FIRST_REPLIES, FIRST_REPLIES + 1)
    assert post["replies"][-1]["message"] == f"reply {FIRST_REPLIES - 1}"


@pytest.mark.parametrize("path", ["/api/community/posts?limit={}", "/api/community/channels"])
def test_more_posts_take_no_more_statements(app: Flask, path: str) -> None:
    trace.install()
    browser = Browser(app, "ada")
    numbers = []
    for limit in (1, 100):
        with trace.recording() as statements:
            assert browser.send("GET", path.format(limit)).status_code == 200
        numbers.append(len(statements))
        with app.app_context():
            get_db().run(
                "INSERT INTO community_posts (username, message, category)"
                " SELECT username, message, 'trauma' FROM community_posts"
            )
            get_db().commit()
    assert 0 < numbers[0] == numbers[1] < 8
