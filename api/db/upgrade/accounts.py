"""What is special to accounts: fields to protect, secrets to hash.

Protected by the application's own means (`api/security/`) with the settings of the present
application context, so that it can read them.
"""

import hashlib
import re

from api.db.upgrade import rules
from api.db.upgrade.draft import Draft, Surroundings
from api.db.upgrade.errors import KeyMissing
from api.security import old_passwords, passwords
from api.security.encryption import DecryptionFailed, decrypt, encrypt, lookup_hash

PROTECTED = ("full_name", "dob", "conditions", "email", "phone")
LOOKED_UP = {"email": "email_hash", "phone": "phone_hash"}
TOKEN = re.compile(r"gAAAAA[\w=-]{94,}", re.ASCII)  # Fernet, of a time between 1970 and 2106


def protect_account(draft: Draft, around: Surroundings) -> None:
    """Encrypt the profile, hash what is secret, fill in the hashes for look-up."""
    for column in PROTECTED:
        _protect(draft, column, around)
    for column, hashed in LOOKED_UP.items():
        _look_up(draft, column, hashed, around)
    _hash_secrets(draft)


def hash_code(draft: Draft, _around: Surroundings) -> None:
    """Hash a verification code, and the address or number that it was sent to."""
    for column in ("identifier", "code"):
        if value := draft.text(column):
            draft.change(column, lookup_hash(value), rules.CODE_HASHED)


def _protect(draft: Draft, column: str, around: Surroundings) -> None:
    plain = draft.text(column)
    if not plain:
        return
    try:
        if TOKEN.fullmatch(plain):
            decrypt(plain)
        else:
            draft.change(column, encrypt(plain), rules.FIELD_ENCRYPTED)
    except DecryptionFailed:
        if not around.clear_unreadable:
            raise _key_missing(column) from None
        draft.change(column, None, rules.FIELD_CLEARED)


def _key_missing(column: str) -> KeyMissing:
    return KeyMissing(
        "encrypt the profiles",
        f"a field is encrypted already ({column}), with a key that is not in ENCRYPTION_KEY",
        "add that key behind the present one, after a comma; if it is lost, --clear-unreadable"
        " empties such fields and keeps what they held in upgrade_rejects.db",
    )


def _look_up(draft: Draft, column: str, hashed: str, around: Surroundings) -> None:
    plain = decrypt(draft.text(column)).strip()
    if not plain:
        return
    key = lookup_hash(plain)
    if around.new.has("users", **{hashed: key}):
        draft.change(hashed, None, rules.LOOKUP_TAKEN)
    else:
        draft.change(hashed, key, rules.LOOKUP_FILLED)


def _hash_secrets(draft: Draft) -> None:
    if (pin := draft.text("pin")) and not old_passwords.is_hash(pin):
        draft.change("pin", passwords.hash_password(pin), rules.PIN_HASHED)
    if not old_passwords.is_hash(draft.text("password")):
        draft.change("password", "", rules.PASSWORD_EMPTIED)
    if token := draft.text("reset_token"):
        digest = hashlib.sha256(token.encode()).hexdigest()
        draft.change("reset_token", digest, rules.TOKEN_HASHED)
