"""Opening a conversation: the greeting of a visit, and the welcome that begins the first one."""

from flask import Blueprint

from api import audit, memory, runtime
from api.access import Caller, own_name
from api.anonymiser import anonymise
from api.db import MAIN, commit, get_db
from api.integrations.assistant import Message
from api.security.encryption import decrypt
from api.therapy import prompt, threads
from api.training_data import names_of
from api.web import ANY_ROLE, Body, Reply, Text, endpoint

bp = Blueprint("opening", __name__)

LIMIT = "10 per minute"
NAME = "[NAME]"


class Mine(Body):
    """A body in which older clients repeat the caller's own name."""

    username: Text | None = None


@bp.post("/api/therapy/greeting")
@endpoint(auth=ANY_ROLE, body=Mine, limit=LIMIT)
def greeting(caller: Caller, body: Mine) -> Reply:
    """Greet the caller; the greeting is no part of the conversation and is not kept.

    The memory is refreshed and committed before the model is asked.
    """
    username = own_name(caller, body.username)
    memory.refresh(username)
    request = f"Greet me as I come back, in two or three sentences. {_mood_of_today(username)}"
    messages = [prompt.instructions(username), Message("user", request)]
    commit(MAIN)
    said = prompt.ask(messages)
    return {
        "success": True,
        "greeting": prompt.APOLOGY if said is None else said,
        "ai_available": said is not None,
    }


@bp.post("/api/therapy/initialize")
@endpoint(auth=ANY_ROLE, body=Mine, limit=LIMIT, answers=(200, 201))
def initialize(caller: Caller, body: Mine) -> Reply:
    """Begin the caller's first conversation with a welcome; one that has begun stays as it is.

    The model is asked between reading and writing, with no transaction open. It is told neither
    the name, which is put in here, nor how to reach the person. Without an answer nothing is
    kept, so that the welcome can be asked for again.
    """
    username = own_name(caller, body.username)
    if _has_begun(username):
        return _begun_before()
    name, conditions = _profile(username)
    messages = [
        prompt.instructions(username),
        Message("user", _request_of_welcome(anonymise(conditions, names=names_of(username)))),
    ]
    said = prompt.ask(messages)
    if said is None:
        return _welcomed("The assistant is not available. Try again later.", None)
    welcome = said.replace(NAME, name)
    if not _keep_welcome(username, welcome):
        return _begun_before()
    commit(MAIN)
    return _welcomed("The conversation has begun.", welcome), 201


def _mood_of_today(username: str) -> str:
    mood = get_db().value(
        "SELECT mood_val FROM mood_logs"
        " WHERE username = $1 AND log_date = $2 AND deleted_at IS NULL",
        username,
        runtime.today(),
    )
    if mood is None:
        return "I have not logged my mood today."
    return f"My mood today is {mood} out of 10."


def _has_begun(username: str) -> bool:
    line = get_db().one(
        "SELECT id FROM chat_history WHERE session_id = $1 ORDER BY id LIMIT 1",
        threads.session_id(username),
    )
    return line is not None


def _profile(username: str) -> tuple[str, str]:
    """Return the name to call this person by, and their conditions."""
    user = get_db().one("SELECT full_name, conditions FROM users WHERE username = $1", username)
    full_name, conditions = (decrypt(value) for value in (user or {}).values())
    return full_name or username, conditions or "none that I named"


def _request_of_welcome(conditions: str) -> str:
    return (
        f"Welcome me to our first conversation, calling me {NAME} exactly like this. Use two or"
        f" three sentences, and show that you know of my conditions: {conditions}."
    )


def _keep_welcome(username: str, welcome: str) -> bool:
    """Write the welcome down unless the conversation has begun meanwhile; tell whether it was."""
    threads.hold(username)
    if _has_begun(username):
        return False
    threads.add_line(username, threads.ensure_active(username), threads.MODEL, welcome)
    memory.refresh(username)
    audit.record(username, "system", "chat_initialized")
    return True


def _begun_before() -> dict[str, object]:
    return {
        "success": True,
        "message": "The conversation has begun before.",
        "already_exists": True,
    }


def _welcomed(message: str, welcome: str | None) -> dict[str, object]:
    return {
        "success": True,
        "message": message,
        "welcome_message": prompt.APOLOGY if welcome is None else welcome,
        "ai_available": welcome is not None,
        "already_exists": False,
    }
