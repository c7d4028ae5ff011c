"""Training data: what users let the assistant learn from, masked and under a pseudonym.

They live in a database of their own, where a user is known only by a keyed hash of the name;
whoever has the key can compute it again, so this is a pseudonym and no more. Text is masked by
`api.anonymiser`; the routes are in `api.training`. Nothing here commits.
"""

import hashlib
from collections.abc import Iterable, Sequence

from api import runtime, settings
from api.anonymiser import anonymise
from api.db import TRAINING, Json, Row, get_db
from api.db.types.timestamp import moment
from api.security.encryption import decrypt

SCALES = (("PHQ-9", "phq9"), ("GAD-7", "gad7"))
TABLES = ("training_chats", "training_patterns", "training_outcomes")
COLLECTED = "chat_collected"


def user_hash(username: str) -> str:
    """Return the pseudonym of a user."""
    salt = settings.current().anonymization_salt
    return hashlib.sha256(f"{username}{salt}".encode()).hexdigest()[:16]


def consents(username: str) -> bool:
    """Tell whether the user's consent is in force."""
    row = get_db(TRAINING).one(
        "SELECT user_hash FROM data_consent"
        " WHERE user_hash = $1 AND consent_given = TRUE AND consent_withdrawn = FALSE",
        user_hash(username),
    )
    return row is not None


def give_consent(username: str) -> None:
    """Put the user's consent in force; one that is in force keeps its date."""
    changed = get_db(TRAINING).run(
        "INSERT INTO data_consent (user_hash, consent_given, consent_date, consent_withdrawn)"
        " VALUES ($1, TRUE, $2, FALSE) ON CONFLICT (user_hash) DO UPDATE SET"
        " consent_given = TRUE, consent_date = excluded.consent_date, consent_withdrawn = FALSE,"
        " withdrawal_date = NULL"
        " WHERE data_consent.consent_given = FALSE OR data_consent.consent_withdrawn = TRUE",
        user_hash(username),
        runtime.now(),
    )
    if changed:
        _record(username, "consent_given")


def withdraw_consent(username: str) -> None:
    """End the user's consent if it is in force; what was collected under it stays."""
    changed = get_db(TRAINING).run(
        "UPDATE data_consent SET consent_withdrawn = TRUE, withdrawal_date = $2"
        " WHERE user_hash = $1 AND consent_withdrawn = FALSE",
        user_hash(username),
        runtime.now(),
    )
    if changed:
        _record(username, "consent_withdrawn")


def hold_consent(username: str) -> bool:
    """Tell whether consent is in force, and keep it and other exports waiting until the commit."""
    held = get_db(TRAINING).run(
        "UPDATE data_consent SET consent_given = TRUE"
        " WHERE user_hash = $1 AND consent_given = TRUE AND consent_withdrawn = FALSE",
        user_hash(username),
    )
    return held == 1


def delete(username: str) -> int:
    """Delete what was collected of the user and return the number of rows; consent stays."""
    db, who = get_db(TRAINING), user_hash(username)
    deleted = sum(db.run(f"DELETE FROM {table} WHERE user_hash = $1", who) for table in TABLES)
    if deleted:
        _record(username, "data_deleted", f"{deleted} rows")
    return deleted


def export_chats(username: str) -> int:
    """Replace the user's exported chat lines by the present ones; return their number."""
    lines = get_db().all(
        "SELECT chat_session_id, sender, message, timestamp FROM chat_history"
        " WHERE session_id = $1 ORDER BY timestamp NULLS LAST, id",
        f"{username}_session",
    )
    get_db(TRAINING).run("DELETE FROM training_chats WHERE user_hash = $1", user_hash(username))
    _copy_lines(username, lines)
    _record(username, "data_exported", f"{len(lines)} chat messages")
    return len(lines)


def collect_exchange(username: str, lines: Sequence[Row], *, position: int) -> None:
    """Add an exchange, lines of `chat_history`, if consent is in force and it is not there yet.

    `position` is the place of its first line in the thread, by which a request that is repeated
    is recognised.
    """
    if not hold_consent(username):
        return
    exchange = f"{_session_hash(user_hash(username), lines[0]['chat_session_id'])} line {position}"
    known = get_db(TRAINING).one(
        "SELECT id FROM training_audit WHERE user_hash = $1 AND action = $2 AND details = $3"
        " ORDER BY id LIMIT 1",
        user_hash(username),
        COLLECTED,
        exchange,
    )
    if known is None:
        _copy_lines(username, lines)
        _record(username, COLLECTED, exchange)


def _copy_lines(username: str, lines: Iterable[Row]) -> None:
    """Copy lines of `chat_history`, masked, with the user's newest mood and severity."""
    who, names = user_hash(username), names_of(username)
    mood, severity = _newest_mood(username), _newest_severity(username)
    for line in lines:
        get_db(TRAINING).run(
            "INSERT INTO training_chats (session_hash, user_hash, message_role, message_content,"
            " timestamp, mood_context, assessment_severity) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            _session_hash(who, line["chat_session_id"]),
            who,
            line["sender"],
            anonymise(line["message"], names=names),
            moment(line["timestamp"]),
            mood,
            severity,
        )


def export_patterns(username: str) -> int:
    """Replace the user's exported thought records and gratitude entries; return their number."""
    db, who, names = get_db(TRAINING), user_hash(username), names_of(username)
    records = get_db().all(
        "SELECT situation, thought, evidence, entry_timestamp FROM cbt_records"
        " WHERE username = $1 AND deleted_at IS NULL ORDER BY entry_timestamp NULLS LAST, id",
        username,
    )
    entries = get_db().all(
        "SELECT entry, entry_timestamp FROM gratitude_logs"
        " WHERE username = $1 AND deleted_at IS NULL ORDER BY entry_timestamp NULLS LAST, id",
        username,
    )
    db.run("DELETE FROM training_patterns WHERE user_hash = $1 AND pattern_type <> 'dialogue'", who)
    for kind, rows in (("cbt", records), ("gratitude", entries)):
        for row in rows:
            time = moment(row.pop("entry_timestamp"))
            masked = {key: anonymise(text or "", names=names) for key, text in row.items()}
            db.run(
                "INSERT INTO training_patterns (user_hash, pattern_type, pattern_data, timestamp)"
                " VALUES ($1, $2, $3, $4)",
                who,
                kind,
                Json(masked),
                time,
            )
    return len(records) + len(entries)


def export_outcomes(username: str) -> int:
    """Replace the user's exported outcomes, one per scale with two results; return their number.

    An outcome bears the time of the later result.
    """
    db, who = get_db(TRAINING), user_hash(username)
    db.run("DELETE FROM training_outcomes WHERE user_hash = $1", who)
    pairs = [(column, _first_and_last(username, scale)) for scale, column in SCALES]
    for column, pair in pairs:
        if pair is not None:
            _add_outcome(who, column, *pair)
    return sum(pair is not None for _, pair in pairs)


def _add_outcome(who: str, column: str, first: Row, last: Row) -> None:
    begun, ended = moment(first["entry_timestamp"]), moment(last["entry_timestamp"])
    get_db(TRAINING).run(
        f"INSERT INTO training_outcomes (user_hash, baseline_{column}, followup_{column},"
        " days_between, improvement_score, timestamp) VALUES ($1, $2, $3, $4, $5, $6)",
        who,
        first["score"],
        last["score"],
        (ended - begun).days if begun and ended else None,
        float(first["score"] - last["score"]),
        ended,
    )


def _first_and_last(username: str, scale: str) -> tuple[Row, Row] | None:
    rows = get_db().all(
        "SELECT score, entry_timestamp FROM clinical_scales"
        " WHERE username = $1 AND scale_name = $2 ORDER BY entry_timestamp NULLS LAST, id",
        username,
        scale,
    )
    return (rows[0], rows[-1]) if len(rows) > 1 else None


def _newest_mood(username: str) -> int | None:
    mood: int | None = get_db().value(
        "SELECT mood_val FROM mood_logs WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entrestamp DESC NULLS LAST, id DESC LIMIT 1",
        username,
    )
    return mood


def _newest_severity(username: str) -> str | None:
    severity: str | None = get_db().value(
        "SELECT severity FROM clinical_scales WHERE username = $1"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT 1",
        username,
    )
    return severity


def names_of(username: str) -> Sequence[str]:
    """Return the names by which the user and their clinicians may be called in a text."""
    people = get_db().all(
        "SELECT username, full_name FROM users WHERE username = $1 OR username IN"
        " (SELECT clinician_username FROM patient_approvals WHERE patient_username = $1)"
        " ORDER BY username",
        username,
    )
    names = (name for row in people for name in (row["username"], decrypt(row["full_name"])))
    return [name for name in names if name]


def _session_hash(who: str, thread: int | None) -> str:
    """Return the pseudonym of a chat thread, the same at every export."""
    return hashlib.sha256(f"{who}:{thread}".encode()).hexdigest()[:12]


def _record(username: str, action: str, details: str = "") -> None:
    get_db(TRAINING).run(
        "INSERT INTO training_audit (user_hash, action, details, timestamp)"
        " VALUES ($1, $2, $3, $4)",
        user_hash(username),
        action,
        details,
        runtime.now(),
    )
