"""One patient's chart: what they have logged and what was written about them, newest first.

Nothing that is marked as deleted, and no reports about posts, which are no sign of risk. Who may
look is decided by the views.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from api.db import Row, get_db
from api.security.encryption import decrypt

EVERYTHING = 100_000
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """From a moment up to, not including, another; without bounds, entries without a time too."""

    start: datetime = FIRST
    end: datetime = LAST

    @property
    def values(self) -> tuple[datetime, datetime, bool]:
        """Return what queries bind: start, end, and whether there is neither."""
        return self.start, self.end, (self.start, self.end) == (FIRST, LAST)


EVER = Span()


@dataclass(frozen=True)
class Person:
    """A patient's profile in plain text."""

    username: str
    full_name: str | None
    dob: str | None
    conditions: str | None
    email: str | None
    phone: str | None

    @property
    def called(self) -> str:
        return self.full_name or self.username


def person(patient: str) -> Person:
    """Return the patient's profile."""
    row = get_db().one(
        "SELECT full_name, dob, conditions, email, phone FROM users WHERE username = $1", patient
    )
    return Person(patient, **{name: decrypt(token) for name, token in (row or {}).items()})


def moods(patient: str, span: Span = EVER, limit: int = EVERYTHING) -> list[Row]:
    """Return moods with what was logged beside them."""
    return get_db().all(
        "SELECT mood_val, sleep_val, exercise_mins, outside_mins, water_pints, meds, notes,"
        " entrestamp, log_date FROM mood_logs WHERE username = $1 AND deleted_at IS NULL"
        " AND (entrestamp >= $2 AND entrestamp < $3 OR entrestamp IS NULL AND $4)"
        " ORDER BY entrestamp DESC NULLS LAST, id DESC LIMIT $5",
        patient,
        *span.values,
        limit,
    )


def assessments(patient: str, span: Span = EVER, limit: int = EVERYTHING) -> list[Row]:
    """Return results of the questionnaires."""
    return get_db().all(
        "SELECT scale_name, score, severity, entry_timestamp FROM clinical_scales"
        " WHERE username = $1"
        " AND (entry_timestamp >= $2 AND entry_timestamp < $3 OR entry_timestamp IS NULL AND $4)"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT $5",
        patient,
        *span.values,
        limit,
    )


def alerts(patient: str, span: Span = EVER, limit: int = EVERYTHING) -> list[Row]:
    """Return alerts of any status."""
    return get_db().all(
        "SELECT alert_type, details, status, created_at FROM alerts WHERE username = $1"
        " AND deleted_at IS NULL AND alert_type <> 'post_report'"
        " AND (created_at >= $2 AND created_at < $3 OR created_at IS NULL AND $4)"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $5",
        patient,
        *span.values,
        limit,
    )


def notes(patient: str, limit: int) -> list[Row]:
    """Return notes of all clinicians."""
    return get_db().all(
        "SELECT id, note_text, is_highlighted, created_at FROM clinician_notes"
        " WHERE patient_username = $1 AND deleted_at IS NULL"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $2",
        patient,
        limit,
    )


def notes_by(clinician: str, patient: str, limit: int = EVERYTHING, offset: int = 0) -> list[Row]:
    """Return one clinician's notes."""
    return get_db().all(
        "SELECT id, note_text, is_highlighted, created_at FROM clinician_notes"
        " WHERE clinician_username = $1 AND patient_username = $2 AND deleted_at IS NULL"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $3 OFFSET $4",
        clinician,
        patient,
        limit,
        offset,
    )


def chat(patient: str, limit: int) -> list[Row]:
    """Return lines of the therapy chat, of both sides."""
    return get_db().all(
        "SELECT sender, message, timestamp FROM chat_history WHERE session_id = $1"
        " ORDER BY timestamp DESC NULLS LAST, id DESC LIMIT $2",
        f"{patient}_session",
        limit,
    )


def gratitude(patient: str, limit: int) -> list[Row]:
    """Return entries of the gratitude journal."""
    return get_db().all(
        "SELECT entry, entry_timestamp FROM gratitude_logs WHERE username = $1"
        " AND deleted_at IS NULL ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT $2",
        patient,
        limit,
    )


def thought_records(patient: str, limit: int) -> list[Row]:
    """Return thought records."""
    return get_db().all(
        "SELECT situation, thought, evidence, entry_timestamp FROM cbt_records"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT $2",
        patient,
        limit,
    )
