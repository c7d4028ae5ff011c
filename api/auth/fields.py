"""Field types of the account forms."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from api.personal_data import PSEUDONYM_PREFIX
from api.security import passwords
from api.validation import RawText, Text, described

USERNAME = r"[^\W\d_][\w.@+-]{2,99}"
EMAIL = r"[!-?A-~]+@[!-?A-~]+"
PHONE = r"[+(]?[0-9][0-9 ().-]{4,30}"


def _username(text: str) -> str:
    # A leading letter keeps names apart from the addresses that audit rows hold as well.
    if not re.fullmatch(USERNAME, text):
        raise ValueError("must be 3 to 100 letters, digits or . _ @ + -, beginning with a letter")
    if text.casefold() in RESERVED or text.casefold().startswith(PSEUDONYM_PREFIX):
        raise ValueError("is reserved")
    return text


def _pin(text: str) -> str:
    if not passwords.is_pin(text):
        raise ValueError("must be exactly 4 digits")
    return text


def is_email(text: str) -> bool:
    """Tell whether this may be an e-mail address; the proof is a mail that arrives.

    ASCII only: outside of it, two addresses can differ and yet be equal when case is folded.
    """
    return re.fullmatch(EMAIL, text) is not None


def is_phone(text: str) -> bool:
    """Tell whether this may be a phone number, with the usual punctuation."""
    return re.fullmatch(PHONE, text) is not None


def _email(text: str) -> str:
    if not is_email(text):
        raise ValueError("must be an e-mail address")
    return text


def _phone(text: str) -> str:
    if not is_phone(text):
        raise ValueError("must be a phone number")
    return text


RESERVED = frozenset({"system", "admin"})

Required = Annotated[Text, Field(min_length=1, max_length=1000)]
Secret = Annotated[RawText, Field(min_length=1, max_length=1000)]
NewPassword = Annotated[Secret, described(minLength=8, description=passwords.NEEDED)]
NewUsername = Annotated[Text, AfterValidator(_username), described(pattern=f"^{USERNAME}$")]
Pin = Annotated[RawText, AfterValidator(_pin), described(pattern="^[0-9]{4}$")]
Email = Annotated[
    Text, Field(max_length=255), AfterValidator(_email), described(pattern=f"^{EMAIL}$")
]
Phone = Annotated[Text, AfterValidator(_phone), described(pattern=f"^{PHONE}$")]
