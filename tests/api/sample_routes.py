"""Routes that show what the request pipeline does, each of them as small as can be."""

from datetime import date
from pathlib import Path

from api_support import add_user, make_app
from flask import Blueprint, Flask, abort
from flask.testing import FlaskClient
from pydantic import Field

from api.access import Caller, patient_for
from api.db import get_db
from api.db.errors import Unavailable as DatabaseUnavailable
from api.errors import Conflict, NotFound
from api.notifications import notify
from api.security import sessions
from api.web import (
    ANY_ROLE,
    PUBLIC,
    Body,
    Day,
    Query,
    QueryFlag,
    QueryInt,
    RawText,
    Reply,
    Text,
    endpoint,
    roles,
)


class Entry(Body):
    mood: int = Field(ge=1, le=10)
    sleep: float = 0
    note: Text = Field(default="", max_length=5)
    tags: list[Text] = Field(default=[], max_length=2)
    data: dict[str, object] = Field(default_factory=dict)
    day: Day | None = None


class Named(Body):
    username: Text = Field(min_length=1)


class Page(Query):
    limit: QueryInt = Field(default=10, ge=1, le=50)
    all: QueryFlag = False
    username: RawText | None = None


routes = Blueprint("sample", __name__)


@routes.post("/login/<username>")
@endpoint(auth=PUBLIC, csrf=False)
def login(username: str) -> Reply:
    user = get_db().one("SELECT * FROM users WHERE username = $1", username)
    assert user
    return {"csrf_token": sessions.login(user)}


@routes.post("/entries/<int:number>")
@endpoint(auth=roles("user"), body=Entry, query=Page, limit="5 per minute")
def add_entry(caller: Caller, body: Entry, query: Page, number: int) -> Reply:
    if number == 404:
        raise NotFound
    if number == 409:
        raise Conflict("There is one already.")
    return {"who": caller.username, "mood": body.mood, "limit": query.limit}, 201


@routes.post("/echo")
@endpoint(auth=PUBLIC, body=Entry)
def echo(body: Entry) -> Reply:
    return body.model_dump(exclude={"day"}) | {"day": str(body.day)}


@routes.post("/open")
@endpoint(auth=PUBLIC, csrf=False)
def open_to_all(caller: Caller | None) -> Reply:
    return {"who": caller and caller.username}


@routes.post("/try")
@endpoint(auth=PUBLIC, body=Named, csrf=False, limit="2 per minute")
def try_often() -> Reply:
    return {}


@routes.get("/list")
@endpoint(auth=PUBLIC, query=Page)
def show_list(query: Page) -> Reply:
    return {"limit": query.limit, "all": query.all, "username": query.username}


@routes.get("/items/<name>")
@endpoint(auth=ANY_ROLE)
def show_item(name: str) -> Reply:
    return {"name": name}


@routes.get("/patients/<username>")
@endpoint(auth=ANY_ROLE)
def show_patient(caller: Caller, username: str) -> Reply:
    return {"patient": patient_for(caller, username)}


@routes.post("/broken")
@endpoint(auth=PUBLIC, csrf=False)
def broken() -> Reply:
    get_db().run("INSERT INTO settings (key, value) VALUES ($1, $2)", "half", "done")
    raise RuntimeError("the password is swordfish")


@routes.get("/day")
@endpoint(auth=PUBLIC)
def answer_date() -> Reply:
    return {"day": date(2026, 2, 4)}


@routes.get("/down")
@endpoint(auth=PUBLIC)
def down() -> Reply:
    raise DatabaseUnavailable("postgresql://app:secret@db")


@routes.post("/settings")
@endpoint(auth=PUBLIC, csrf=False)
def add_setting() -> Reply:
    get_db().run("INSERT INTO settings (key) VALUES ($1)", "once")
    get_db().commit()
    return {}, 201


@routes.post("/notes/<recipient>")
@endpoint(auth=PUBLIC, csrf=False)
def add_note(recipient: str) -> Reply:
    notify(recipient, "Hello")
    return {}, 201


@routes.post("/moods/<int:value>")
@endpoint(auth=PUBLIC, csrf=False)
def add_mood(value: int) -> Reply:
    get_db().run(
        "INSERT INTO mood_logs (username, mood_val, log_date) VALUES ($1, $2, $3)",
        *("ada", value, date(2026, 2, 4)),
    )
    return {}, 201


@routes.get("/teapot")
@endpoint(auth=PUBLIC)
def teapot() -> Reply:
    abort(418)


def sample_app(folder: Path, **settings: object) -> Flask:
    """Build the application with these routes, for ada, a patient, and grace, a clinician."""
    app = make_app(folder, blueprints=[routes], **settings)
    add_user(app, "ada")
    add_user(app, "grace", "clinician")
    return app


def log_in(client: FlaskClient, username: str) -> dict[str, str]:
    """Log a user in without a password; return the header with the session's token."""
    return {"X-CSRF-Token": client.post(f"/login/{username}").json["csrf_token"]}
