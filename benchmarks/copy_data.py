"""The data that copies are measured on: wide text, narrow numbers, blobs, all invented.

The same scale gives the same file. At scale 1 it holds 1,312,000 rows in about 450 MB; the shares
of the tables stay the same at every scale.
"""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from migration.db import open_sqlite

ROWS = {"users": 50_000, "messages": 250_000, "events": 1_000_000, "attachments": 12_000}
INDEXES = """
CREATE INDEX messages_by_sender ON messages (sender_id, sent_at);
CREATE INDEX messages_by_thread ON messages (thread_id);
CREATE INDEX events_by_user ON events (user_id, at);
CREATE INDEX events_by_kind ON events (kind);
CREATE INDEX attachments_by_message ON attachments (message_id);
"""
_TABLES = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, active BOOLEAN NOT NULL,
    verified BOOLEAN, born DATE, created_at DATETIME NOT NULL, score REAL, settings TEXT
);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, thread_id INTEGER NOT NULL, sender_id INTEGER NOT NULL,
    recipient_id INTEGER, subject TEXT, body TEXT NOT NULL, language TEXT, note TEXT,
    sent_at DATETIME NOT NULL, read_at DATETIME, starred BOOLEAN NOT NULL, size INTEGER,
    weight REAL, folder TEXT
);
CREATE TABLE events (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, counter BIGINT, value REAL, flag BOOLEAN,
    at DATETIME NOT NULL, day DATE, kind INTEGER NOT NULL, duration INTEGER
);
CREATE TABLE attachments (
    id INTEGER PRIMARY KEY, message_id INTEGER NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL
);
"""
_WORDS = (
    "the rain stayed longer than anyone had planned for, and nobody minded\n",
    "a\ttabbed\tline with a back\\slash and 'quotes' and \"more of them\"\n",
    "die Straße führte über den Hügel, näher an den Fluß heran — wie immer. ",
    "сегодня вечером мы снова говорили о море и о том, что будет дальше. ",
    "明日の朝、駅の前で会いましょう。雨が降っても大丈夫です。",
    "nothing to add 🙂 but 🚲🌧️ all the same, ",
    "plain words again, one after the other, as most messages are made of. ",
)
_BEGIN = datetime(2021, 3, 1, 6)


def build(file: Path, *, scale: float = 1.0) -> int:
    """Write the SQLite file, and return how many rows it holds."""
    chance = random.Random(20260204)
    with closing(open_sqlite(file, readonly=False)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        counts = {table: max(1, round(rows * scale)) for table, rows in ROWS.items()}
        for table, count in counts.items():
            rows = _MAKERS[table](chance, count)
            first = next(rows)
            marks = ", ".join("?" * len(first))
            connection.execute("BEGIN")
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", first)
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            connection.execute("COMMIT")
        connection.executescript(INDEXES)
    return sum(counts.values())


def _users(chance: random.Random, count: int) -> Iterator[tuple[Any, ...]]:
    for id in range(1, count + 1):
        yield (
            id, f"Person {id:x} Øster", f"person{id}@mail.example", chance.random() < 0.9,
            _maybe(chance, 0.7, id % 2), _day(chance), _moment(chance),
            _maybe(chance, 0.8, chance.uniform(-10, 100)),
            json.dumps({"theme": chance.choice(("dark", "light")), "size": chance.randrange(40)}),
        )  # fmt: skip


def _messages(chance: random.Random, count: int) -> Iterator[tuple[Any, ...]]:
    pool = "".join(chance.choice(_WORDS) for _ in range(4000))
    for id in range(1, count + 1):
        at, length = chance.randrange(len(pool) - 1200), chance.randrange(850)
        yield (
            id, chance.randrange(20_000), chance.randrange(50_000),
            _maybe(chance, 0.9, chance.randrange(50_000)), pool[at : at + 40],
            pool[at : at + length], chance.choice(("de", "en", "ja", "ru")),
            _maybe(chance, 0.2, pool[at : at + 60]), _moment(chance),
            _maybe(chance, 0.6, _moment(chance)), chance.random() < 0.1, length,
            chance.random(), chance.choice(("inbox", "archive", "later")),
        )  # fmt: skip


def _events(chance: random.Random, count: int) -> Iterator[tuple[Any, ...]]:
    for id in range(1, count + 1):
        yield (
            id, chance.randrange(50_000), chance.randrange(-(2**62), 2**62),
            _maybe(chance, 0.9, chance.gauss(0, 1e6)), _maybe(chance, 0.8, id % 2),
            _moment(chance), _maybe(chance, 0.7, _day(chance)), id % 17,
            _maybe(chance, 0.6, chance.randrange(10_000)),
        )  # fmt: skip


def _attachments(chance: random.Random, count: int) -> Iterator[tuple[Any, ...]]:
    for id in range(1, count + 1):
        yield (
            id,
            chance.randrange(250_000),
            f"file-{id}.bin",
            chance.randbytes(chance.randrange(200, 20_000)),
        )


_MAKERS = {
    "users": _users,
    "messages": _messages,
    "events": _events,
    "attachments": _attachments,
}


def _maybe(chance: random.Random, share: float, value: Any) -> Any:
    return value if chance.random() < share else None


def _moment(chance: random.Random) -> str:
    return str(_BEGIN + timedelta(microseconds=chance.randrange(1, 10**14)))


def _day(chance: random.Random) -> str:
    return str((_BEGIN + timedelta(days=chance.randrange(-20_000, 1_500))).date())
