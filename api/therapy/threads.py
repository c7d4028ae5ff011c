"""Threads of conversation and their lines, as the other modules of this package need them.

A thread is a row of `chat_sessions`; one per person is active, the one that messages go to. The
lines of all of a person's threads bear one `session_id`, older ones that and no thread. Nothing
here commits.
"""

from datetime import datetime

from api import runtime
from api.db import Row, get_db
from api.errors import NotFound

MAIN_THREAD = "Main Chat"
PERSON, MODEL = "user", "ai"


def session_id(username: str) -> str:
    """Return what marks every line of a person's conversations."""
    return f"{username}_session"


def hold(username: str) -> None:
    """Let requests that would change this person's threads wait for each other until the commit."""
    # The row is touched and not changed; that makes them wait on both engines.
    get_db().run("UPDATE users SET last_login = last_login WHERE username = $1", username)


def active(username: str) -> int | None:
    """Return the id of the thread that messages go to; the last one used, were there several."""
    thread: int | None = get_db().value(
        "SELECT id FROM chat_sessions WHERE username = $1 AND is_active = TRUE"
        " ORDER BY last_active DESC NULLS LAST, id DESC LIMIT 1",
        username,
    )
    return thread


def ensure_active(username: str) -> int:
    """Return the id of the active thread, beginning one where there is none."""
    thread = active(username)
    return begin(username, MAIN_THREAD) if thread is None else thread


def begin(username: str, name: str) -> int:
    """Begin a thread, make it the active one, and return its id."""
    deactivate(username)
    return get_db().insert(
        "INSERT INTO chat_sessions (username, session_name, created_at, last_active, is_active)"
        " VALUES ($1, $2, $3, $4, $5) RETURNING id",
        username,
        name,
        runtime.now(),
        runtime.now(),
        True,
    )


def deactivate(username: str) -> None:
    """Leave this person without an active thread."""
    get_db().run(
        "UPDATE chat_sessions SET is_active = FALSE WHERE username = $1 AND is_active = TRUE",
        username,
    )


def owned(username: str, thread: int) -> int:
    """Return the id of a thread of this person's. Raises NotFound for anybody else's."""
    found = get_db().one(
        "SELECT id FROM chat_sessions WHERE id = $1 AND username = $2", thread, username
    )
    if found is None:
        raise NotFound
    return thread


def newest_lines(thread: int, *, limit: int, offset: int = 0) -> list[Row]:
    """Return the newest lines of a thread, oldest first."""
    rows = get_db().all(
        "SELECT id, chat_session_id, sender, message, timestamp FROM chat_history"
        " WHERE chat_session_id = $1 ORDER BY timestamp DESC NULLS LAST, id DESC"
        " LIMIT $2 OFFSET $3",
        thread,
        limit,
        offset,
    )
    return rows[::-1]


def length(thread: int) -> int:
    """Return how many lines a thread has."""
    return int(
        get_db().value("SELECT COUNT(*) FROM chat_history WHERE chat_session_id = $1", thread)
    )


def add_line(username: str, thread: int, sender: str, message: str) -> Row:
    """Add a line to a thread and return it as `newest_lines` would."""
    now: datetime = runtime.now()
    line_id = get_db().insert(
        "INSERT INTO chat_history (session_id, chat_session_id, sender, message, timestamp)"
        " VALUES ($1, $2, $3, $4, $5) RETURNING id",
        session_id(username),
        thread,
        sender,
        message,
        now,
    )
    get_db().run("UPDATE chat_sessions SET last_active = $1 WHERE id = $2", now, thread)
    return {
        "id": line_id,
        "chat_session_id": thread,
        "sender": sender,
        "message": message,
        "timestamp": now,
    }
