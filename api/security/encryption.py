"""Protected fields: profile data encrypted before it is stored.

A stored value is a Fernet token. The first key encrypts; every configured key decrypts, so a
key is changed by putting the new one in front. Empty text stays empty and NULL stays NULL;
anything else that is no token of ours is an error, never passed on as if it were plain text.
Equal values have different tokens, so e-mail addresses and phone numbers also have a keyed
hash in a column of its own, to look them up and keep them unique.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import overload

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from api import runtime, settings


class DecryptionFailed(Exception):
    """A stored value does not open with any of the configured keys."""

    def __init__(self) -> None:
        super().__init__(
            "A protected field does not open with any of the keys in ENCRYPTION_KEY: add the key"
            " it was written with behind the present one."
        )


@overload
def encrypt(text: str) -> str: ...
@overload
def encrypt(text: None) -> None: ...
def encrypt(text: str | None) -> str | None:
    """Return the text as it is stored."""
    if not text:
        return text
    seconds = int(runtime.now().timestamp())
    return _box(settings.current().encryption_keys).encrypt_at_time(text.encode(), seconds).decode()


@overload
def decrypt(token: str) -> str: ...
@overload
def decrypt(token: None) -> None: ...
def decrypt(token: str | None) -> str | None:
    """Return the text of a stored value. Raises DecryptionFailed."""
    return _open(_box(settings.current().encryption_keys), token) if token else token


def lookup_hash(identifier: str) -> str:
    """Return the keyed hash under which an e-mail address or a phone number is found again.

    Neither case nor blanks around an address make a difference, nor the punctuation of a number.
    """
    text = identifier.strip().casefold()
    digits = re.sub(r"[^0-9]", "", text)
    canonical = text if "@" in text or not digits else digits
    key = f"lookup:{settings.current().lookup_key}".encode()
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def reader(config: Mapping[str, object]) -> Callable[[str], str]:
    """Return a function that opens one stored value outside the application.

    `config` is what `create_app` would be given. The function raises DecryptionFailed.
    """
    box = _box(settings.load(config, os.environ).encryption_keys)
    return lambda token: _open(box, token) if token else token


def _box(keys: Iterable[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _open(box: MultiFernet, token: str) -> str:
    try:
        return box.decrypt(token.encode()).decode()
    except InvalidToken:
        raise DecryptionFailed from None
