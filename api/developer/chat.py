"""The assistant as a technical adviser: conversations that a developer has with it."""

from flask import Blueprint
from pydantic import Field

from api import runtime
from api.access import DEVELOPER, Caller, own_name
from api.db import MAIN, commit, get_db, release
from api.errors import Unavailable
from api.integrations.assistant import AssistantUnavailable, Message, assistant
from api.web import Body, Reply, Text, endpoint, roles

bp = Blueprint("developer_chat", __name__)

INSTRUCTIONS = (
    "You advise the developers of a web application for mental health: Python, Flask, SQL on"
    " SQLite and PostgreSQL. Answer briefly and precisely, with code where it helps. You see no"
    " patient's data and ask for none."
)
REMEMBERED = 10


class Question(Body):
    username: Text | None = None
    message: Text = Field(min_length=1, max_length=4000)
    session_id: Text = Field(default="default", min_length=1, max_length=100)


@bp.post("/api/developer/ai/chat")
@endpoint(auth=roles(DEVELOPER), body=Question)
def chat(caller: Caller, body: Question) -> Reply:
    """Ask the assistant, which is told the latest turns; keep question and answer."""
    username = own_name(caller, body.username)
    turns = _latest_turns(username, body.session_id)
    # The answer may take half a minute: nobody should wait for this connection meanwhile.
    release()
    asked = Message("user", body.message)
    try:
        answer = assistant().reply([Message("system", INSTRUCTIONS), *turns, asked])
    except AssistantUnavailable as error:
        raise Unavailable("The assistant does not answer. Try again shortly.") from error
    for turn in (asked, Message("assistant", answer)):
        get_db().run(
            "INSERT INTO dev_ai_chats (username, session_id, role, message, created_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            username,
            body.session_id,
            turn.role,
            turn.content,
            runtime.now(),
        )
    commit(MAIN)
    return {"response": answer, "session_id": body.session_id}


def _latest_turns(username: str, session_id: str) -> list[Message]:
    """Return the latest turns of a conversation, the oldest of them first."""
    rows = get_db().all(
        "SELECT role, message FROM dev_ai_chats WHERE username = $1 AND session_id = $2"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $3",
        username,
        session_id,
        REMEMBERED,
    )
    return [
        Message("assistant" if row["role"] == "assistant" else "user", row["message"])
        for row in reversed(rows)
    ]
