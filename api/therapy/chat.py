"""The chat: a message to the assistant, its answer, and what follows from both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint
from pydantic import Field

from api import audit, daily, memory, pets, risk, runtime, training_data
from api.access import Caller, own_name
from api.db import MAIN, PET, TRAINING, Row, commit
from api.db.types import timestamp
from api.therapy import prompt, threads
from api.web import ANY_ROLE, Body, Reply, Text, endpoint

bp = Blueprint("chat", __name__)

LINES_TOLD = 10
REPEAT_WITHIN = timedelta(minutes=5)


class ChatMessage(Body):
    username: Text | None = None
    message: Text = Field(min_length=1, max_length=10_000)


@dataclass(frozen=True)
class Turn:
    """The caller's line, its place in its thread (from 1), and the lines before that one."""

    line: Row
    position: int
    before: Sequence[Row]


@bp.post("/api/therapy/chat")
@endpoint(auth=ANY_ROLE, body=ChatMessage, limit="30 per minute")
def chat(caller: Caller, body: ChatMessage) -> Reply:
    """Answer a message of the caller's, in their active thread.

    No transaction is open while the model is asked, so there are two. The first, in the main
    database alone, keeps the message and raises the alert that it calls for; neither waits for
    the model. The second commits the training database, the pet's and the main one, in this
    order: what was collected is known by its place in the thread and the reward by its day, so
    that repeating the request after a failure adds nothing twice, and the line that ends the
    repeating comes last. A repeat is the same message while it is unanswered and not older than
    REPEAT_WITHIN.

    When the model does not answer, `response` is an apology of ours, which is kept nowhere.
    """
    username = own_name(caller, body.username)
    turn = _take_down(username, body.message)
    talk = [prompt.instructions(username), *prompt.turns([*turn.before, turn.line])]
    commit(MAIN)
    reply = prompt.ask(talk)
    if reply is not None:
        _keep_reply(username, turn, reply)
    daily.complete_task(username, "therapy_session")
    pets.reward(username, "therapy", key=f"therapy:{runtime.today()}")
    audit.record(username, "api", "therapy_chat")
    commit(TRAINING, PET, MAIN)
    return _answer(turn, reply)


def _take_down(username: str, message: str) -> Turn:
    """Keep a message and raise the alert it calls for, unless it repeats an unanswered one."""
    threads.hold(username)
    thread = threads.ensure_active(username)
    lines = threads.newest_lines(thread, limit=LINES_TOLD + 1)
    position = threads.length(thread)
    if not (lines and _repeats(lines[-1], message)):
        lines.append(threads.add_line(username, thread, threads.PERSON, message))
        position += 1
        if risk.is_high_risk(message):
            risk.raise_alert(username, "therapy chat")
    memory.refresh(username)
    *before, line = lines
    return Turn(line, position, before[-LINES_TOLD:])


def _repeats(last: Row, message: str) -> bool:
    """Tell whether a message is the thread's last line once more, too soon to be a new one."""
    written = timestamp.moment(last["timestamp"])
    return (
        (last["sender"], last["message"]) == (threads.PERSON, message)
        and written is not None
        and runtime.now() - written < REPEAT_WITHIN
    )


def _keep_reply(username: str, turn: Turn, reply: str) -> None:
    """Add the model's line, and the exchange to the training data of who consents.

    The training database is written first, as its own routes do, and the account is held before
    its thread, as when a message is taken down, so that no two requests ever wait for each other.
    """
    said = {"sender": threads.MODEL, "message": reply, "timestamp": runtime.now()}
    exchange = [turn.line, turn.line | said]
    training_data.collect_exchange(username, exchange, position=turn.position)
    threads.hold(username)
    threads.add_line(username, turn.line["chat_session_id"], threads.MODEL, reply)


def _answer(turn: Turn, reply: str | None) -> dict[str, object]:
    at_risk = risk.is_high_risk(turn.line["message"])
    return {
        "success": True,
        "response": prompt.APOLOGY if reply is None else reply,
        "ai_available": reply is not None,
        "timestamp": timestamp.text(runtime.now()),
        "chat_session_id": turn.line["chat_session_id"],
        "is_high_risk": at_risk,
        "crisis_resources": risk.CRISIS_RESOURCES if at_risk else None,
    }
