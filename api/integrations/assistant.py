"""The model behind the assistant: an OpenAI-compatible chat endpoint where a key is configured,
else an offline stand-in that always says the same about the same words.

Every prompt is reported through `runtime.emit`, by both. What goes into a prompt is the business
of the domains that ask (`api.therapy`, `api.insights`, `api.professional`, `api.developer`).
"""

import json
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from http.client import HTTPException
from typing import Any, Literal, Protocol

from api import runtime, settings

TIMEOUT = 30.0
LONGEST_ANSWER = 1 << 20
ECHOED = 80


class AssistantUnavailable(Exception):
    """The model gave no answer; the text is for the log, not for a client."""


@dataclass(frozen=True)
class Message:
    """One turn of a conversation; the instructions come first, as `system`."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Style:
    """How freely the model chooses its words, and how many tokens it may use."""

    temperature: float
    max_tokens: int


CONVERSATION = Style(temperature=0.8, max_tokens=300)


class Assistant(Protocol):
    """Whatever answers conversations."""

    def reply(self, messages: Sequence[Message]) -> str:
        """Return the answer to the last message. Raises AssistantUnavailable."""


@dataclass(frozen=True)
class ChatEndpoint:
    """Asks a model over HTTP."""

    url: str
    model: str
    key: str = field(repr=False)
    style: Style = CONVERSATION

    def reply(self, messages: Sequence[Message]) -> str:
        """Return the answer to the last message. Raises AssistantUnavailable."""
        _report(messages)
        request = urllib.request.Request(
            self.url,
            data=json.dumps(
                {
                    "model": self.model,
                    "messages": [asdict(message) for message in messages],
                    **asdict(self.style),
                }
            ).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return _content(json.loads(response.read(LONGEST_ANSWER)))
        except (OSError, HTTPException, ValueError) as error:
            raise AssistantUnavailable(
                f"Asking the model at {self.url} failed: {error}. Check API_URL and GROQ_API_KEY."
            ) from error


@dataclass(frozen=True)
class OfflineAssistant:
    """Asks nobody: the answer echoes how the last message begins."""

    def reply(self, messages: Sequence[Message]) -> str:
        """Return the answer to the last message."""
        _report(messages)
        words = " ".join(messages[-1].content.split())[:ECHOED]
        return f"Thank you for telling me: “{words}”. What would help you most right now?"


def assistant(style: Style = CONVERSATION) -> Assistant:
    """Return the assistant that the settings ask for."""
    given = settings.current()
    if not given.model_key:
        return OfflineAssistant()
    return ChatEndpoint(given.model_url, given.model_name, given.model_key, style)


def _content(answer: Any) -> str:
    """Return the text in a model's answer; raises ValueError when there is none."""
    try:
        content = answer["choices"][0]["message"]["content"]
    except (LookupError, TypeError):
        content = None
    if not isinstance(content, str) or not content.strip():
        raise ValueError("the answer holds no text")
    # What neither engine can store would be lost with the whole exchange.
    return content.replace("\0", "").encode("utf-8", "replace").decode().strip()


def _report(messages: Sequence[Message]) -> None:
    runtime.emit({"kind": "prompt", "messages": [asdict(message) for message in messages]})
