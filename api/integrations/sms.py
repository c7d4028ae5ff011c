"""Text messages: an HTTP provider where an account is configured, else an offline stand-in.

The provider's interface is the widespread one: a form with To, From and Body, posted with the
account's credentials. Every message handed over is reported through `runtime.emit`, by both.
"""

import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlencode

from api import runtime, settings

TIMEOUT = 10.0
PROVIDER = "https://api.twilio.com"


class SmsFailed(Exception):
    """A message could not be handed over; the text is for the log, not for a client."""


class SmsSender(Protocol):
    """Whatever takes text messages away."""

    def send(self, to: str, text: str) -> None:
        """Hand over one message to a phone number. Raises SmsFailed."""


@dataclass(frozen=True)
class HttpSms:
    """Hands messages to the provider over HTTP."""

    account: str
    token: str = field(repr=False)
    sender: str
    provider: str = PROVIDER

    def send(self, to: str, text: str) -> None:
        """Hand over one message to a phone number. Raises SmsFailed."""
        credentials = b64encode(f"{self.account}:{self.token}".encode()).decode()
        request = urllib.request.Request(
            f"{self.provider}/2010-04-01/Accounts/{quote(self.account, safe='')}/Messages.json",
            data=urlencode({"To": to, "From": self.sender, "Body": text}).encode(),
            headers={"Authorization": f"Basic {credentials}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT):
                pass
        except OSError as error:
            raise SmsFailed(
                f"Sending a text message through {self.provider} failed: {error}."
                " Check the settings of the provider."
            ) from error
        _report(to, text)


@dataclass(frozen=True)
class OfflineSms:
    """Sends nothing; the report is all there is."""

    def send(self, to: str, text: str) -> None:
        """Report one message."""
        _report(to, text)


def sender() -> SmsSender:
    """Return the sender that the settings ask for."""
    given = settings.current()
    account, token = given.twilio_account_sid, given.twilio_auth_token
    number = given.twilio_phone_number
    return HttpSms(account, token, number) if account and token and number else OfflineSms()


def _report(to: str, text: str) -> None:
    runtime.emit({"kind": "sms", "to": to, "text": text})
