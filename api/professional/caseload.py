"""All patients of a clinician at once: what lists, search and figures are made of."""

from dataclasses import dataclass
from datetime import datetime

from api.db import Row, get_db
from api.db.types import number, timestamp
from api.errors import NotFound
from api.professional.figures import WEEK, before_now, ratio
from api.security.encryption import decrypt

# $1 is the clinician, $2 the beginning of the week, $3 the patient or '' for all of them.
PATIENTS = (
    "SELECT username, role, full_name, email, last_login,"
    " (SELECT MIN(COALESCE(approval_date, request_date)) FROM patient_approvals"
    " WHERE patient_username = users.username AND clinician_username = $1"
    " AND status = 'approved') AS since,"
    " (SELECT MAX(entrestamp) FROM mood_logs WHERE username = users.username"
    " AND deleted_at IS NULL) AS last_mood,"
    " (SELECT MAX(timestamp) FROM chat_history WHERE sender = 'user'"
    " AND session_id = users.username || '_session') AS last_chat,"
    " (SELECT MAX(created_at) FROM alerts WHERE username = users.username"
    " AND deleted_at IS NULL AND alert_type <> 'post_report' AND status <> 'resolved')"
    " AS last_active_alert,"
    " (SELECT COUNT(*) FROM mood_logs WHERE username = users.username"
    " AND deleted_at IS NULL AND entrestamp > $2) AS week_moods,"
    " (SELECT SUM(mood_val) FROM mood_logs WHERE username = users.username"
    " AND deleted_at IS NULL AND entrestamp > $2) AS week_mood_total,"
    " (SELECT COUNT(*) FROM alerts WHERE username = users.username"
    " AND deleted_at IS NULL AND alert_type <> 'post_report' AND created_at > $2)"
    " AS week_alerts,"
    " (SELECT COUNT(*) FROM alerts WHERE username = users.username"
    " AND deleted_at IS NULL AND alert_type <> 'post_report' AND status <> 'resolved')"
    " AS active_alerts"
    " FROM users WHERE EXISTS (SELECT 1 FROM patient_approvals"
    " WHERE patient_username = users.username AND clinician_username = $1"
    " AND status = 'approved') AND ($3 = '' OR username = $3) ORDER BY username"
)


@dataclass(frozen=True)
class Assessment:
    """The latest result of one questionnaire."""

    scale: str
    score: int
    severity: str | None
    date: datetime | None


@dataclass(frozen=True)
class Patient:
    """One patient; the week is the last seven times 24 hours. `assessments` come newest first."""

    username: str
    role: str
    full_name: str | None
    email: str | None
    since: datetime | None
    last_login: datetime | None
    last_mood: datetime | None
    last_chat: datetime | None
    last_active_alert: datetime | None
    week_moods: int
    week_mood_total: int
    week_alerts: int
    active_alerts: int
    assessments: tuple[Assessment, ...]

    @property
    def week_mean(self) -> float:
        return ratio(self.week_mood_total, self.week_moods)

    @property
    def last_activity(self) -> tuple[datetime, str] | None:
        """When the patient was last seen and doing what; of equal times the login counts first."""
        times = ((self.last_login, "login"), (self.last_mood, "mood_log"), (self.last_chat, "chat"))
        return max(
            ((moment, kind) for moment, kind in times if moment),
            key=lambda found: found[0],
            default=None,
        )

    @property
    def active(self) -> bool:
        """Whether the patient was seen within the week."""
        return self.last_activity is not None and self.last_activity[0] > before_now(WEEK)

    def latest(self, scale: str) -> Assessment | None:
        """Return the newest result of a questionnaire."""
        return next((each for each in self.assessments if each.scale == scale), None)


def caseload(clinician: str) -> list[Patient]:
    """Return the patients whom an approved relation joins with this clinician, by username."""
    return _read(clinician, "")


def case(clinician: str, patient: str) -> Patient:
    """Return one of them. Raises NotFound."""
    for found in _read(clinician, patient):
        return found
    raise NotFound


def _read(clinician: str, patient: str) -> list[Patient]:
    """Return all patients, or only the one named."""
    results = _latest_assessments(clinician)
    rows = get_db().all(
        PATIENTS,
        clinician,
        before_now(WEEK),
        patient,
    )
    return [_patient(row, results.get(row["username"], ())) for row in rows]


def _latest_assessments(clinician: str) -> dict[str, tuple[Assessment, ...]]:
    """Return patient -> the newest result of each questionnaire."""
    rows = get_db().all(
        "SELECT username, scale_name, score, severity, entry_timestamp FROM clinical_scales"
        " WHERE id = (SELECT newest.id FROM clinical_scales AS newest"
        " WHERE newest.username = clinical_scales.username"
        " AND newest.scale_name = clinical_scales.scale_name"
        " ORDER BY newest.entry_timestamp DESC NULLS LAST, newest.id DESC LIMIT 1)"
        " AND EXISTS (SELECT 1 FROM patient_approvals WHERE clinician_username = $1"
        " AND patient_username = clinical_scales.username AND status = 'approved')"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC",
        clinician,
    )
    found: dict[str, tuple[Assessment, ...]] = {}
    for row in rows:
        result = Assessment(
            row["scale_name"],
            row["score"],
            row["severity"],
            timestamp.moment(row["entry_timestamp"]),
        )
        found[row["username"]] = (*found.get(row["username"], ()), result)
    return found


def _patient(row: Row, assessments: tuple[Assessment, ...]) -> Patient:
    return Patient(
        username=row["username"],
        role=row["role"],
        full_name=decrypt(row["full_name"]),
        email=decrypt(row["email"]),
        since=timestamp.moment(row["since"]),
        last_login=timestamp.moment(row["last_login"]),
        last_mood=timestamp.moment(row["last_mood"]),
        last_chat=timestamp.moment(row["last_chat"]),
        last_active_alert=timestamp.moment(row["last_active_alert"]),
        week_moods=row["week_moods"],
        week_mood_total=number.whole(row["week_mood_total"] or 0),
        week_alerts=row["week_alerts"],
        active_alerts=row["active_alerts"],
        assessments=assessments,
    )
