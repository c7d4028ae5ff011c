"""A local mail server, for applications that cannot be given a recorder of their effects.

It exists where migration.toml names the environment variable of the mail server's port, accepts
every message on this machine's own address and hands it on as a record.
"""

from __future__ import annotations

import email.policy
import socket
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from migration.replay.canonical import Tree

_HOST = "127.0.0.1"


class Mailbox:
    """Receives mails while a case runs; without a `port_variable` there is no server."""

    def __init__(self, port_variable: str | None) -> None:
        self._port_variable = port_variable
        self._receiver = _Receiver()
        self._server: Controller | None = None
        if port_variable is not None:
            self._server = Controller(self._receiver, hostname=_HOST, port=_free_port())
            self._server.start()

    def environment(self) -> dict[str, str]:
        """Return the environment through which the application finds the server."""
        if self._server is None or self._port_variable is None:
            return {}
        return {self._port_variable: str(self._server.port)}

    def deliver_to(self, records: list[Tree]) -> None:
        """Append the record of every mail from now on to `records`."""
        self._receiver.records = records

    def close(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.stop()


class _Receiver:
    """What the mail server calls for each message."""

    def __init__(self) -> None:
        self.records: list[Tree] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.records.append(
            {
                "kind": "mail",
                "to": [*envelope.rcpt_tos],
                "from": str(envelope.mail_from),
                "subject": str(message["Subject"] or ""),
                "text": _part(message, "plain"),
                "html": _part(message, "html"),
            }
        )
        return "250 received"


def _part(message: EmailMessage, subtype: str) -> str | None:
    part = message.get_body(preferencelist=(subtype,))
    # The line ends are those of the protocol, not of the message.
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
