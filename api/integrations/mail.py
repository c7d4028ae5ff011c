"""Mail: SMTP with STARTTLS where an account is configured, else an offline stand-in.

Every message that was handed over is reported through `runtime.emit`, by both.
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Protocol

from api import runtime, settings

TIMEOUT = 10.0


class MailFailed(Exception):
    """A message could not be handed over; the text is for the log, not for a client."""


@dataclass(frozen=True)
class Mail:
    """One message; `html` is an alternative to the plain text."""

    to: str
    subject: str
    text: str
    html: str | None = None


class Mailer(Protocol):
    """Whatever takes messages away."""

    def send(self, mail: Mail) -> None:
        """Hand over one message. Raises MailFailed."""


@dataclass(frozen=True)
class SmtpMailer:
    """Hands messages to an SMTP server, encrypted and logged in."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def send(self, mail: Mail) -> None:
        """Hand over one message. Raises MailFailed."""
        try:
            message = _message(mail, self.sender)
            with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT) as server:
                server.starttls(context=self.tls)
                server.login(self.user, self.password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise MailFailed(
                f"Sending a mail through {self.host}:{self.port} failed: {error}."
                " Check the SMTP settings."
            ) from error
        _report(mail)


@dataclass(frozen=True)
class OfflineMailer:
    """Sends nothing; the report is all there is."""

    def send(self, mail: Mail) -> None:
        """Report one message."""
        _report(mail)


def mailer() -> Mailer:
    """Return the mailer that the settings ask for."""
    given = settings.current()
    if not given.smtp_user or not given.smtp_password:
        return OfflineMailer()
    return SmtpMailer(
        given.smtp_server,
        given.smtp_port,
        given.smtp_user,
        given.smtp_password,
        given.from_email or given.smtp_user,
    )


def _message(mail: Mail, sender: str) -> EmailMessage:
    """Compose the message; raises ValueError for a header that holds a line break."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = runtime.now()
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message


def _report(mail: Mail) -> None:
    runtime.emit(
        {
            "kind": "mail",
            "to": mail.to,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
        }
    )
