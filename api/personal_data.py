"""Everything the databases hold about one account: collected for an export, or erased.

Which rows these are follows from the schema (`api.db.catalogue`): those that refer to the
account by a foreign key, and the few of LINKS that refer to it in another way. A new table is
covered as soon as its key is declared. The routes are in `api.account`.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api import audit, settings, training_data
from api.access import CLINICIAN, Caller
from api.db import LOGICAL, PET, TRAINING, Row, catalogue, get_db
from api.db.catalogue import Table
from api.db.types import boolean, date, json, number, timestamp
from api.notifications import notify
from api.security.encryption import decrypt

Document = list[dict[str, Any]]

PSEUDONYM_PREFIX = "erased-"
ERASED = "erased"  # the role of an account that only stands for one that is gone

SECRET = frozenset({"password", "pin", "reset_token", "reset_token_expiry", "code"})
LOOKUPS = frozenset({"email_hash", "phone_hash"})
PROTECTED = frozenset({"full_name", "dob", "conditions", "email", "phone"})

LINKS = {
    "users": "username = $1",
    "audit_logs": "username = $1",
    "chat_history": "session_id = $1 || '_session' OR chat_session_id IN"
    " (SELECT id FROM chat_sessions WHERE username = $1)",
    "verification_codes": "identifier IN (SELECT email_hash FROM users WHERE username = $1"
    " UNION SELECT phone_hash FROM users WHERE username = $1)",
    "pet": "username = $1",
}
# A report about somebody's post names who made it.
WITHHELD = {"alerts": "alert_type <> 'post_report'"}

FORMATS: Mapping[str, Callable[[Any], Any]] = {
    "BOOLEAN": boolean.flag,
    "DATE": date.text,
    "DATETIME": timestamp.text,
    "JSON": json.parsed,
    "REAL": number.real,
    "TIMESTAMP": timestamp.text,
}


@dataclass(frozen=True)
class Holding:
    """A table that holds something about accounts: how its rows are read and shown."""

    name: str
    logical: str
    select: str
    formats: Mapping[str, Callable[[Any], Any]]


def collect(username: str) -> dict[str, Document]:
    """Return `database/table` -> rows for every table that holds something about the account.

    Rows come by primary key and are formatted as in every answer, secrets left out.
    """
    found: dict[str, Document] = {}
    for holding in HOLDINGS:
        training = holding.logical == TRAINING
        name = training_data.user_hash(username) if training else username
        if rows := get_db(holding.logical).all(holding.select, name):
            found[holding.name] = [_shown(row, holding) for row in rows]
    return found


def _shown(row: Row, holding: Holding) -> dict[str, Any]:
    return {key: holding.formats[key](value) for key, value in row.items()}


def link(logical: str, table: Table) -> str | None:
    """Return the condition that picks an account's rows of a table; None if it holds nobody's.

    Its `$1` is the username, in the training database the hash that stands for it.
    """
    if logical == TRAINING:
        return "user_hash = $1"
    keys = [column.name for column in table.columns if column.refers_to == "users.username"]
    return " OR ".join(f"{key} = $1" for key in keys) or LINKS.get(table.name)


def _holding(logical: str, table: Table, condition: str) -> Holding:
    shown = [column for column in table.columns if column.name not in SECRET | LOOKUPS]
    formats = {column.name: FORMATS.get(column.declared, _unchanged) for column in shown}
    if table.name == "users":
        formats |= dict.fromkeys(PROTECTED, decrypt)
    select = (
        f"SELECT {', '.join(column.name for column in shown)} FROM {table.name}"
        f" WHERE ({condition}) AND {WITHHELD.get(table.name, 'TRUE')}"
        f" ORDER BY {', '.join(table.key)}"
    )
    return Holding(f"{logical}/{table.name}", logical, select, formats)


def _unchanged(value: Any) -> Any:
    return value


HOLDINGS: Final = tuple(
    _holding(logical, table, condition)
    for logical in LOGICAL
    for table in catalogue.tables(logical)
    if (condition := link(logical, table)) is not None
)


def erase(person: Caller, *, by: str = "user") -> str:
    """Remove everything held about an account; the audit trail keeps a pseudonym, returned.

    What a clinician wrote about patients stays with the patients, under the pseudonym. `by` is
    the part that acted. Joins the transactions of all three databases and does not commit.
    Once the row of `users` is gone for good nothing is left to do; until then it can be
    repeated.
    """
    username, pseudonym = person.username, pseudonym_of(person.username)
    training_data.delete(username)
    get_db(TRAINING).run(
        "DELETE FROM data_consent WHERE user_hash = $1", training_data.user_hash(username)
    )
    get_db(PET).run("DELETE FROM pet WHERE username = $1", username)
    if person.role == CLINICIAN:
        _leave_to_patients(username, pseudonym)
    database = get_db()
    database.run(f"DELETE FROM chat_history WHERE {LINKS['chat_history']}", username)
    database.run(f"DELETE FROM verification_codes WHERE {LINKS['verification_codes']}", username)
    _take_back_reactions(username)
    database.run("DELETE FROM users WHERE username = $1", username)
    hide_in_trail(username)
    _forget_mentions(username, pseudonym)
    audit.record(pseudonym, by, "account_erased")
    return pseudonym


def hide_in_trail(username: str) -> None:
    """Keep an account's rows of the audit trail under its pseudonym, without their details."""
    get_db().run(
        "UPDATE audit_logs SET username = $1, details = $2 WHERE username = $3",
        pseudonym_of(username),
        "",
        username,
    )


def _take_back_reactions(username: str) -> None:
    """Delete the account's reactions, and count those that are left under each post."""
    get_db().run(
        "UPDATE community_posts SET likes = (SELECT COUNT(*) FROM community_likes"
        " WHERE post_id = community_posts.id AND username <> $1)"
        " WHERE id IN (SELECT post_id FROM community_likes WHERE username = $1)",
        username,
    )
    get_db().run("DELETE FROM community_likes WHERE username = $1", username)


def pseudonym_of(username: str) -> str:
    """Return the name under which the audit trail remembers an erased account."""
    key = f"pseudonym:{settings.current().lookup_key}".encode()
    digest = hmac.new(key, username.encode(), hashlib.sha256).hexdigest()
    return f"{PSEUDONYM_PREFIX}{digest[:16]}"


def _leave_to_patients(clinician: str, pseudonym: str) -> None:
    """Move a clinician's notes and appointments to an account nobody can log in to."""
    database = get_db()
    patients = database.all(
        "SELECT DISTINCT patient_username FROM patient_approvals"
        " WHERE clinician_username = $1 AND status = $2 ORDER BY patient_username",
        clinician,
        "approved",
    )
    for row in patients:
        notify(row["patient_username"], "Your clinician has closed their account.", "info")
    database.run(
        "INSERT INTO users (username, password, role, disclaimer_accepted)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (username) DO NOTHING",
        pseudonym,
        "",
        ERASED,
        False,
    )
    for statement in (
        "UPDATE clinician_notes SET clinician_username = $1 WHERE clinician_username = $2",
        "UPDATE appointments SET clinician_username = $1 WHERE clinician_username = $2",
        "UPDATE appointments SET attendance_confirmed_by = $1 WHERE attendance_confirmed_by = $2",
        "UPDATE alerts SET acknowledged_by = $1 WHERE acknowledged_by = $2",
    ):
        database.run(statement, pseudonym, clinician)
    database.run("UPDATE users SET clinician_id = NULL WHERE clinician_id = $1", clinician)


def _forget_mentions(username: str, pseudonym: str) -> None:
    """Take the name out of what is kept about others: notifications, audit details, reports."""
    mention = re.compile(rf"(?<!\w){re.escape(username)}(?!\w)")
    database = get_db()
    for row in _mentioning("notifications", "message", username):
        if mention.search(row["text"]):
            database.run("DELETE FROM notifications WHERE id = $1", row["id"])
    for table in ("audit_logs", "alerts"):
        for row in _mentioning(table, "details", username):
            text = mention.sub(pseudonym, row["text"])
            if text != row["text"]:
                database.run(f"UPDATE {table} SET details = $1 WHERE id = $2", text, row["id"])


def _mentioning(table: str, column: str, username: str) -> list[Row]:
    """Return id and text of the rows that may mention the name, whatever its case."""
    literal = re.sub(r"([\\%_])", r"\\\1", username)
    return get_db().all(
        f"SELECT id, {column} AS text FROM {table}"
        f" WHERE LOWER({column}) LIKE LOWER($1) ESCAPE '\\' ORDER BY id",
        f"%{literal}%",
    )
