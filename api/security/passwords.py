"""Passwords and PINs: Argon2id hashes, and what a password must look like.

The cost of a hash is a setting (ARGON2_COST): the library's defaults in production, the least
the library takes where hashing must not slow everything else down.
"""

import re
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api import runtime, settings
from api.errors import ValidationFailed
from api.security import old_passwords

SALT_BYTES = 16
NEEDED = "At least 8 characters: a lower-case and an upper-case letter, a digit, and a sign."

RULES = (
    (r".{8,}", "must have at least 8 characters"),
    (r"[a-z]", "must contain a lower-case letter"),
    (r"[A-Z]", "must contain an upper-case letter"),
    (r"[0-9]", "must contain a digit"),
    (r"[!@#$%^&*()_+\-=\[\]{}|;:,.<>?]", "must contain one of !@#$%^&*()_+-=[]{}|;:,.<>?"),
)


def hash_password(text: str) -> str:
    """Return the hash of a password or PIN, with a salt of its own."""
    return _hasher().hash(text, salt=runtime.random_bytes(SALT_BYTES))


def verify(stored: str | None, text: str) -> bool:
    """Tell whether `text` is the password that was hashed, by whichever version.

    Without a stored hash the same work is done for nothing, so that the time taken does not
    tell whether an account exists.
    """
    return _fits(stored, text) or (stored is not None and old_passwords.password_fits(stored, text))


def verify_pin(stored: str | None, text: str) -> bool:
    """Tell whether `text` is the PIN that was hashed; else like `verify`."""
    salt = settings.current().pin_salt
    return _fits(stored, text) or (
        stored is not None and old_passwords.pin_fits(stored, text, salt)
    )


def is_outdated(stored: str) -> bool:
    """Tell whether a hash is of an earlier version, or of another cost than new ones have."""
    try:
        return _hasher().check_needs_rehash(stored)
    except InvalidHashError:
        return True


def check_rules(text: str, *, field: str = "password") -> None:
    """Raise ValidationFailed with the first rule that a new password breaks."""
    if not text:
        raise ValidationFailed({field: "is required"})
    for pattern, message in RULES:
        if not re.search(pattern, text, re.DOTALL):
            raise ValidationFailed({field: message})


def is_pin(text: str) -> bool:
    """Tell whether this is a PIN: exactly four digits."""
    return re.fullmatch(r"[0-9]{4}", text) is not None


def _fits(stored: str | None, text: str) -> bool:
    hasher = _hasher()
    try:
        return hasher.verify(stored or _nobody(hasher), text) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    """Return a hasher of the configured cost."""
    if settings.current().argon2_cost == "minimum":
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher()


def _nobody(hasher: PasswordHasher) -> str:
    """Return a well-formed hash of the same cost that no text has in practice."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (_unpadded(bytes(size)) for size in (SALT_BYTES, hasher.hash_len))
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _unpadded(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")
