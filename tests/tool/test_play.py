"""Playing: what surrounds the application, and what is taken of each answer."""

from __future__ import annotations

import io
import os
import random
import secrets
import smtplib
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from diary import Diary, second_sqlite, write_diary
from flask import Flask, Response
from reportlab.pdfgen import canvas

from migration.errors import AppError
from migration.replay.answers import answer_of
from migration.replay.app import rule_of, url_map
from migration.replay.canonical import write_line
from migration.replay.cases import Case, Step
from migration.replay.errors import PlayError
from migration.replay.mailbox import Mailbox
from migration.replay.match import match
from migration.replay.observation import pack, unpack
from migration.replay.play import Player
from migration.replay.surroundings import surroundings

NOW = datetime(2026, 2, 4, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory) -> Diary:
    return write_diary(tmp_path_factory.mktemp("play") / "diary")


@pytest.fixture(scope="module")
def player(diary: Diary) -> Iterator[Player]:
    with second_sqlite(diary.config) as player:
        yield player


def case(*steps: Step) -> Case:
    return Case("diary", "GET /entries", "of this test", "branch", steps, Path("diary.yaml"))


READ = Step("GET", "/entries", 200, user="ann")
WRITE = Step("POST", "/entries", 201, user="ann", json={"text": "third"}, capture={"id": "id"})


def test_every_request_shows_what_it_alone_caused(player: Player) -> None:
    first, second, third = player.play(case(WRITE, READ, WRITE)).exchanges
    assert [len(one.effects) for one in (first, second, third)] == [1, 0, 1]
    assert [sorted(one.rows) for one in (first, second)] == [["diary.entry", "diary.share"], []]
    assert [one.rule for one in (first, second)] == ["POST /entries", "GET /entries"]
    assert [statement.sql.split()[0] for statement in second.statements] == ["SELECT"]


def test_a_case_starts_where_the_one_before_it_started(player: Player) -> None:
    one, other = player.play(case(WRITE, READ)), player.play(case(WRITE, READ))
    assert one.exchanges[0].answer == other.exchanges[0].answer
    assert one.exchanges[1].answer == other.exchanges[1].answer


def test_captured_values_reach_later_requests(player: Player) -> None:
    read = Step("GET", "/entries/{id}", 200, user="ann")
    exchange = player.play(case(WRITE, read)).exchanges[1]
    assert exchange.answer["json"] == {"text": "third", "greeting": "hello"}


def test_time_passes_between_requests_when_the_case_says_so(player: Player) -> None:
    later = Step("POST", "/entries", 201, user="ann", json={"text": "x"}, clock_shift=86400)
    made = [exchange.answer["json"] for exchange in player.play(case(WRITE, later)).exchanges]
    assert [one["made"] for one in made] == ["2026-02-04 10:30:00", "2026-02-05 10:30:00"]


def test_a_case_has_settings_of_its_own(player: Player) -> None:
    step = Step("GET", "/entries/1", 200, user="ann")
    plain = case(step)
    with_settings = replace(plain, settings={"GREETING": "good day"})
    greetings = [
        write_line(player.play(one).exchanges[0].answer["json"]) for one in (with_settings, plain)
    ]
    assert greetings == [
        '{"greeting": "good day", "text": "first"}',
        '{"greeting": "hello", "text": "first"}',
    ]


def test_who_is_not_logged_in_is_nobody(player: Player) -> None:
    nobody = Step("GET", "/entries", 401)
    assert [one.status for one in player.play(case(nobody, READ, nobody)).exchanges] == [
        401,
        200,
        401,
    ]


def test_an_exception_is_an_answer_with_its_traceback(player: Player) -> None:
    exchange = player.play(case(Step("GET", "/odd/error", 500, user="ann"))).exchanges[0]
    assert exchange.status == 500
    assert exchange.error is not None
    assert "RuntimeError: out of ink" in exchange.error


def test_an_observation_survives_being_sent(player: Player) -> None:
    seen = player.play(case(WRITE, READ))
    sent = unpack(pack(seen))
    assert sent.tree() == seen.tree()
    assert match(seen.tree(), sent) == []
    statements = [statement.sql for exchange in sent.exchanges for statement in exchange.statements]
    assert len(statements) == 3


def test_a_user_without_a_password_cannot_log_in(player: Player) -> None:
    with pytest.raises(PlayError, match=r"replay\.users\.bob"):
        player.play(case(Step("GET", "/entries", 200, user="bob")))


def test_an_application_that_cannot_be_built_is_told(tmp_path: Path) -> None:
    diary = write_diary(tmp_path / "diary")
    diary.edit(diary.app, "def build(config):", "def build(config):\n    1 / 0")
    with (
        second_sqlite(diary.config) as player,
        pytest.raises(AppError, match="ZeroDivisionError"),
    ):
        player.play(case(Step("GET", "/entries", 401)))


def test_surroundings_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIARY_A", "before")
    monkeypatch.delenv("DIARY_B", raising=False)
    state, began = random.getstate(), time.time()
    with suppress(KeyError), surroundings({"DIARY_A": "during", "DIARY_B": "x"}, NOW) as clock:
        inside = (os.environ["DIARY_A"], datetime.now(UTC), random.random())
        clock.shift(60)
        assert datetime.now(UTC).minute == 31
        raise KeyError
    with surroundings({}, NOW):
        assert inside == ("during", NOW, random.random())
    assert (os.environ["DIARY_A"], "DIARY_B" in os.environ) == ("before", False)
    assert random.getstate() == state
    assert time.time() >= began


def test_a_mail_sent_by_smtp_is_an_effect() -> None:
    with closing(Mailbox("DIARY_SMTP_PORT")) as mailbox:
        records: list[object] = []
        mailbox.deliver_to(records)
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@x.org", "b@x.org", "Grüße"
        message.set_content("Schöne Grüße\n")
        message.add_alternative("<p>Schöne Grüße</p>", subtype="html")
        port = int(mailbox.environment()["DIARY_SMTP_PORT"])
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(message)
    (record,) = records
    assert record == {
        "kind": "mail",
        "from": "a@x.org",
        "to": ["b@x.org"],
        "subject": "Grüße",
        "text": "Schöne Grüße\n",
        "html": "<p>Schöne Grüße</p>\n",
    }


def test_without_a_port_there_is_no_mail_server() -> None:
    with closing(Mailbox(None)) as mailbox:
        assert mailbox.environment() == {}


@pytest.fixture
def shop() -> Flask:
    app = Flask("shop", static_folder=None)

    @app.get("/cookie")
    def cookie() -> Response:
        response = Response("", 302, {"Location": "/next", "X-Other": "1"})
        response.set_cookie("basket", secrets.token_hex(4), httponly=True, samesite="Lax")
        response.delete_cookie("old")
        return response

    @app.get("/<any(json,text,page,binary,archive,pdf,torn,broken):what>")
    def body(what: str) -> Response:
        files = io.BytesIO()
        with zipfile.ZipFile(files, "w") as archive:
            archive.writestr("a.json", '{"n": 1.50}')
            archive.writestr("b/c.txt", "text")
        bodies = {
            "json": (b'{"n": 7.0, "big": 9007199254740993}', "application/json"),
            "broken": (b"{", "application/json"),
            "text": ("é".encode(), "text/plain"),
            "page": (b"<p>\n</p>", "text/html"),
            "binary": (b"\x00\xff", "image/png"),
            "archive": (files.getvalue(), "application/zip"),
            "pdf": (bill(), "application/pdf"),
            "torn": (b"%PDF-1.4 torn\xff", "application/pdf"),
        }
        data, kind = bodies[what]
        return Response(data, mimetype=kind)

    return app


def bill() -> bytes:
    file = io.BytesIO()
    drawing = canvas.Canvas(file, invariant=True)
    drawing.setTitle("A bill")
    drawing.drawString(72, 720, "Price: 7.00")
    drawing.drawString(72, 700, "Thank you")
    drawing.showPage()
    drawing.drawString(72, 720, "Page 2")
    drawing.save()
    return file.getvalue()


def test_of_headers_and_cookies_is_kept_what_matters(shop: Flask) -> None:
    answer = answer_of(shop.test_client().get("/cookie"))
    assert answer["status"] == 302
    assert answer["headers"] == {"Content-Type": "text/html; charset=utf-8", "Location": "/next"}
    assert answer["cookies"] == [
        "basket; HttpOnly; Path=/; SameSite=Lax",
        "old; (emptied); Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/",
    ]


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("json", ("json", '{"big": 9007199254740993, "n": 7.0}')),
        ("broken", ("text", '"{"')),
        ("text", ("text", '"é"')),
        ("page", ("lines", '["<p>", "</p>"]')),
        ("binary", ("length", "2")),
        ("archive", ("archive", '{"a.json": {"json": {"n": 1.50}}, "b/c.txt": {"text": "text"}}')),
        ("torn", ("length", "14")),
    ],
)
def test_a_body_is_kept_as_what_it_is(what: str, body: tuple[str, str], shop: Flask) -> None:
    answer = answer_of(shop.test_client().get(f"/{what}"))
    assert write_line(answer[body[0]]) == body[1]


def test_of_a_pdf_is_kept_what_it_says(shop: Flask) -> None:
    answer = answer_of(shop.test_client().get("/pdf"))
    assert answer["pdf"]["about"]["/Title"] == "A bill"
    assert answer["pdf"]["pages"] == [["Price: 7.00", "Thank you"], ["Page 2"]]
    assert "sha256" not in answer


def test_the_url_map_says_what_answers(shop: Flask) -> None:
    assert ("GET", "/cookie") in url_map(shop)
    assert len(url_map(shop)) == 2
    assert rule_of(shop, "GET", "/cookie?x=1") == "GET /cookie"
    assert rule_of(shop, "POST", "/cookie") is None
    assert rule_of(shop, "GET", "/nowhere") is None
