"""What the model is told of a person, and asking it.

Used by the therapy routes and by the insights (`api.insights`). The provider is chosen in
`api.integrations.assistant`; the memory is written by `api.memory`.
"""

import logging
from collections.abc import Iterable, Sequence

from api.db import Row, get_db, release
from api.integrations.assistant import AssistantUnavailable, Message, assistant
from api.therapy.threads import MODEL

log = logging.getLogger(__name__)

PERSONA = """\
You are a warm and experienced therapist in conversation with a client. Speak naturally and \
briefly, in two to four sentences, and ask one question at most. No lists and no jargon unless \
you are asked for them; a gentle challenge is welcome. Where somebody may be in danger, say \
plainly whom to call for help."""
NOTES_READ, NOTES_LENGTH = 3, 300

APOLOGY = "I am sorry, I cannot answer at the moment. Please try again in a few minutes."


def instructions(username: str) -> Message:
    """Return the model's instructions: how to speak, and what is known of this person."""
    parts = [PERSONA]
    if memory := _memory(username):
        parts.append(f"What you remember of the client: {memory}")
    if notes := _clinicians_notes(username):
        parts.append(f"The clinician's latest notes: {notes}")
    return Message("system", "\n\n".join(parts))


def turns(lines: Iterable[Row]) -> list[Message]:
    """Return lines of a thread as turns of the conversation."""
    return [
        Message("assistant" if line["sender"] == MODEL else "user", line["message"])
        for line in lines
    ]


def ask(messages: Sequence[Message]) -> str | None:
    """Return the model's answer, None when none is to be had.

    Commit before: the connections are given back first, so that however long the model takes,
    no lock is held and nobody waits for a connection. What is not committed is lost.
    """
    release()
    try:
        return assistant().reply(messages)
    except AssistantUnavailable as error:
        log.warning("no answer from the assistant: %s", error)
        return None


def _memory(username: str) -> str | None:
    memory: str | None = get_db().value(
        "SELECT memory_summary FROM ai_memory WHERE username = $1", username
    )
    return memory


def _clinicians_notes(username: str) -> str:
    rows = get_db().all(
        "SELECT note_text FROM clinician_notes"
        " WHERE patient_username = $1 AND deleted_at IS NULL"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $2",
        username,
        NOTES_READ,
    )
    return "; ".join(row["note_text"] for row in rows)[:NOTES_LENGTH]
