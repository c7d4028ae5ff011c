"""Hashes as the application made them before: still accepted once, then replaced at that login.

    $2…             bcrypt
    pbkdf2$<hex>    PBKDF2-HMAC-SHA256; the salt follows from the password, or from PIN_SALT
    64 hex digits   SHA-256 without a salt

Of PINs there were also some in plain text; those are hashed when an old file is upgraded, and
never accepted here. New hashes are made by `passwords.py` alone.
"""

import hashlib
import hmac
import re

import bcrypt

PASSWORD_ROUNDS, PIN_ROUNDS = 200_000, 100_000
SALT_DIGITS = 16
# What bcrypt always looked at, before it began to refuse longer ones.
BCRYPT_BYTES = 72
PBKDF2 = "pbkdf2$"
HASH = (
    r"\$argon2(i|d|id)\$\S+|\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}"
    r"|pbkdf2\$[0-9a-f]{64}|[0-9a-f]{64}"
)


def is_hash(stored: str) -> bool:
    """Tell whether this is a hash as any version of the application made them, and no plain text.

    A bare SHA-256 was made of passwords only; a PIN has fewer characters than that.
    """
    return re.fullmatch(HASH, stored) is not None


def password_fits(stored: str, text: str) -> bool:
    """Tell whether `text` is the password behind an old hash."""
    if re.fullmatch(r"[0-9a-f]{64}", stored):
        return _same(stored, hashlib.sha256(text.encode()).hexdigest())
    return _bcrypt_fits(stored, text) or _pbkdf2_fits(stored, text, text, PASSWORD_ROUNDS)


def pin_fits(stored: str, text: str, pin_salt: str | None) -> bool:
    """Tell whether `text` is the PIN behind an old hash; `pin_salt` is the setting PIN_SALT."""
    if _bcrypt_fits(stored, text):
        return True
    return pin_salt is not None and _pbkdf2_fits(stored, text, pin_salt, PIN_ROUNDS)


def _bcrypt_fits(stored: str, text: str) -> bool:
    if not stored.startswith("$2"):
        return False
    try:
        return bcrypt.checkpw(text.encode()[:BCRYPT_BYTES], stored.encode())
    except ValueError:  # it only looks like one
        return False


def _pbkdf2_fits(stored: str, text: str, salted_by: str, rounds: int) -> bool:
    if not stored.startswith(PBKDF2):
        return False
    salt = hashlib.sha256(salted_by.encode()).hexdigest()[:SALT_DIGITS]
    digest = hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), rounds)
    return _same(stored, PBKDF2 + digest.hex())


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
