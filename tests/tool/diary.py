"""A diary of forty lines, written into a folder: something small to record, break and accept."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from migration.config import Config
from migration.config_file import load
from migration.replay.arms import SqliteArm
from migration.replay.cases import Case
from migration.replay.cases import load as load_cases
from migration.replay.play import Player
from migration.replay.seeding import seed_files

APP = """
import os, secrets, sqlite3, time
from datetime import UTC, datetime
from flask import Flask, abort, g, request, session

def connect():
    if "db" not in g:
        g.db = sqlite3.connect(os.environ["DIARY_DB"])
    return g.db

def build(config):
    app = Flask("diary", static_folder=None)
    app.config.update(SECRET_KEY="k", **config)
    app.teardown_appcontext(lambda _: g.pop("db").close() if "db" in g else None)

    @app.before_request
    def who():
        if "name" not in session and request.path != "/login":
            abort(401)

    @app.post("/login")
    def login():
        session["name"] = request.get_json()["name"]
        return {"csrf": "c" * 8}

    @app.post("/entries")
    def add():
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        text = request.get_json()["text"]
        row = connect().execute(
            "INSERT INTO entry (author, text, made) VALUES (?, ?, ?)", (session["name"], text, now)
        )
        key = secrets.token_hex(16)
        connect().execute("INSERT INTO share (entry, key) VALUES (?, ?)", (row.lastrowid, key))
        connect().commit()
        app.config["EFFECTS"]({"kind": "mail", "text": f"Entry {row.lastrowid}: /share/{key}"})
        return {"id": row.lastrowid, "made": now}, 201

    @app.get("/entries")
    def entries():
        rows = connect().execute("SELECT id, text, made FROM entry ORDER BY id").fetchall()
        return {"entries": [dict(zip(("id", "text", "made"), row)) for row in rows]}

    @app.get("/entries/<int:entry>")
    def entry(entry):
        row = connect().execute("SELECT text FROM entry WHERE id = ?", (entry,)).fetchone()
        if row is None:
            abort(404)
        return {"text": row[0], "greeting": app.config.get("GREETING", "hello")}

    @app.get("/odd/<what>")
    def odd(what):
        if what == "number":
            return {"n": int.from_bytes(os.urandom(4))}
        if what == "order":
            return {"words": list({"ash", "birch", "cedar", "oak", "pine", "rowan"})}
        if what == "token":
            return {"token": secrets.token_urlsafe(32)}
        if what == "took":
            return {"ms": time.perf_counter()}
        if what == "error":
            raise RuntimeError("out of ink")
        if what == "none":
            return {"entries": []}
        if what == "end":
            os._exit(3)
        abort(404)

    return app
"""

SEED = '''
import sqlite3
from datetime import timedelta

def seed(folder, now):
    db = sqlite3.connect(folder / "diary.db")
    db.executescript("""
        CREATE TABLE entry (id INTEGER PRIMARY KEY AUTOINCREMENT, author TEXT, text TEXT,
                            made DATETIME);
        CREATE TABLE share (id INTEGER PRIMARY KEY AUTOINCREMENT, entry INTEGER, key TEXT);
    """)
    for days, text in enumerate(["first", "second"]):
        made = (now - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
        db.execute("INSERT INTO entry (author, text, made) VALUES ('ann', ?, ?)", (text, made))
    db.commit()
    db.close()
'''

SETTINGS = """
[app]
name = "diary"
factory = "{module}:build"
sources = ["{module}.py"]
effects = "EFFECTS"

[databases.diary]
sqlite = "diary.db"
url_env = "DIARY_DB"

[replay]
cases = "cases"
goldens = "goldens"
routes = "routes.yaml"
known_differences = "known_differences.toml"
seed = "{module}_seed:seed"
now = "2026-02-04T10:30:00+00:00"

[replay.login]
request = {{ method = "POST", path = "/login", json = {{ name = "{{user}}" }} }}
csrf = {{ header = "X-Token", from = "csrf" }}

[replay.users.ann]
password = "-"
"""

ROUTES = """
POST /entries: {domain: diary, auth: any, status: 201, keys: [id, made],
                writes: [diary.entry, diary.share]}
GET /entries: {domain: diary, auth: any, status: 200, keys: [entries]}
GET /entries/<int:entry>: {domain: diary, auth: any, status: 200, keys: [text]}
GET /odd/<what>: {domain: odd, auth: any, status: 200}
"""

CASES = """
POST /entries:
  request: {as: ann, json: {text: "third"}}
  expect: 201
  left_out: {no-csrf: "tokens are not checked"}
  cases:
    - name: written, then read
      kind: success
      steps:
        - {as: ann, POST: /entries, json: {text: "third"}, expect: 201, capture: {id: id}}
        - {as: ann, GET: "/entries/{id}", expect: 200}
GET /entries:
  request: {as: ann}
  expect: 200
"""


@dataclass(frozen=True)
class Diary:
    """The project in a folder, and ways to change it."""

    root: Path
    module: str

    @property
    def config(self) -> Config:
        return load(self.root / "migration.toml")

    @property
    def app(self) -> Path:
        return self.root / f"{self.module}.py"

    @property
    def cases(self) -> list[Case]:
        return load_cases(self.root / "cases")

    def case(self, id: str) -> Case:
        return next(case for case in self.cases if case.id == id)

    def write_cases(self, text: str, *, domain: str = "diary") -> None:
        (self.root / "cases" / f"{domain}.yaml").write_text(text, "utf-8")

    def edit(self, file: Path, old: str, new: str) -> None:
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def goldens(self) -> dict[str, bytes]:
        """Return every file below the folder of goldens."""
        folder = self.root / "goldens"
        files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def write_diary(root: Path) -> Diary:
    """Write the project; its modules have names of their own, since imports last."""
    diary = Diary(root, f"diary_{secrets.token_hex(4)}")
    (root / "cases").mkdir(parents=True)
    diary.app.write_text(APP, "utf-8")
    (root / f"{diary.module}_seed.py").write_text(SEED, "utf-8")
    (root / "migration.toml").write_text(SETTINGS.format(module=diary.module), "utf-8")
    (root / "routes.yaml").write_text(ROUTES, "utf-8")
    diary.write_cases(CASES)
    return diary


@contextmanager
def second_sqlite(config: Config) -> Iterator[Player]:
    """Stand in for the candidate: the same engine once more, which needs no server."""
    # An application that was edited is another one; Python would go on with what it imported.
    sys.modules.pop(config.app.factory.partition(":")[0], None)
    folder = config.root / f"candidate_{secrets.token_hex(4)}"
    (folder / "seed").mkdir(parents=True)
    seed_files(config, folder / "seed", config.replay.now)
    with (
        closing(SqliteArm(folder / "seed", folder / "work", config)) as arm,
        closing(Player(config, arm, ids_seed="candidate")) as player,
    ):
        yield player


@contextmanager
def other_greeting(config: Config) -> Iterator[Player]:
    """Stand in for a candidate that answers otherwise."""
    settings = {**config.app.settings, "GREETING": "goodbye"}
    with second_sqlite(replace(config, app=replace(config.app, settings=settings))) as player:
        yield player
