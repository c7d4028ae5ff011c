"""The questionnaires PHQ-9 (depression) and GAD-7 (anxiety).

Each answer counts 0 to 3, the score is their sum; severity bands as published with the scales
(Kroenke, Spitzer and Williams 2001; Spitzer, Kroenke, Williams and Löwe 2006).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from flask import Blueprint
from pydantic import Field

from api import audit, memory, pets, risk, runtime
from api.access import Caller, clinicians_of, patient_for
from api.db import MAIN, PET, commit, get_db
from api.db.types import timestamp
from api.disclosure import disclose
from api.errors import BadRequest
from api.notifications import notify
from api.web import ANY_ROLE, Body, Reply, Text, endpoint
from api.wellbeing.history import HistoryQuery

bp = Blueprint("scales", __name__)

LOCK = timedelta(days=14)
SELF_HARM_ITEM = 8

Answer = Annotated[int, Field(ge=0, le=3)]


@dataclass(frozen=True)
class Scale:
    """A questionnaire; each band names the severity up to and including its score."""

    name: str
    bands: tuple[tuple[int, str], ...]

    def severity(self, score: int) -> str:
        return next(name for highest, name in self.bands if score <= highest)


PHQ9 = Scale(
    "PHQ-9",
    ((4, "Minimal"), (9, "Mild"), (14, "Moderate"), (19, "Moderately Severe"), (27, "Severe")),
)
GAD7 = Scale("GAD-7", ((4, "Minimal"), (9, "Mild"), (14, "Moderate"), (21, "Severe")))


class Phq9Answers(Body):
    username: Text | None = None
    scores: list[Answer] = Field(min_length=9, max_length=9)


class Gad7Answers(Body):
    username: Text | None = None
    scores: list[Answer] = Field(min_length=7, max_length=7)


@bp.post("/api/clinical/phq9")
@endpoint(auth=ANY_ROLE, body=Phq9Answers, answers=(201,))
def submit_phq9(caller: Caller, body: Phq9Answers) -> Reply:
    """Score a PHQ-9; an answer above 0 to its ninth item, self-harm, raises an alert.

    The pet's database commits first, its reward keyed by scale and day; the main one, whose
    row locks the scale for a fortnight, is last, so that a failed request can be repeated.
    """
    person = patient_for(caller, body.username)
    at_risk = body.scores[SELF_HARM_ITEM] > 0
    answer = _submit(PHQ9, person, body.scores, alarm="PHQ-9 item 9" if at_risk else None)
    audit.record(person, "api", "clinical_scale_submitted", f"PHQ-9 by {caller.username}")
    commit(PET, MAIN)
    return {**answer, "crisis_resources": risk.CRISIS_RESOURCES if at_risk else None}, 201


@bp.post("/api/clinical/gad7")
@endpoint(auth=ANY_ROLE, body=Gad7Answers, answers=(201,))
def submit_gad7(caller: Caller, body: Gad7Answers) -> Reply:
    """Score a GAD-7.

    The databases commit in the order that the PHQ-9 explains: the pet's, then the main one.
    """
    person = patient_for(caller, body.username)
    answer = _submit(GAD7, person, body.scores)
    audit.record(person, "api", "clinical_scale_submitted", f"GAD-7 by {caller.username}")
    commit(PET, MAIN)
    return answer, 201


@bp.get("/api/clinical/history")
@endpoint(auth=ANY_ROLE, query=HistoryQuery, answers=(200, 403))
def clinical_history(caller: Caller, query: HistoryQuery) -> Reply:
    """List results of all scales, newest first; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, "clinical_history")
    rows = get_db().all(
        "SELECT id, scale_name, score, severity, entry_timestamp FROM clinical_scales"
        " WHERE username = $1 ORDER BY entry_timestamp DESC NULLS LAST, id DESC"
        " LIMIT $2 OFFSET $3",
        person,
        query.limit,
        query.offset,
    )
    results = [
        {
            "id": row["id"],
            "scale_name": row["scale_name"],
            "score": row["score"],
            "severity": row["severity"],
            "timestamp": timestamp.text(row["entry_timestamp"]),
        }
        for row in rows
    ]
    return {"success": True, "assessments": results, "count": len(results)}


def _submit(
    scale: Scale, person: str, scores: list[int], *, alarm: str | None = None
) -> dict[str, object]:
    """Store a result with all that follows from it; return the answer's body.

    `alarm` is the source of an alert to raise, None where there is no cause for one.
    """
    _refuse_within_lock(scale, person)
    score = sum(scores)
    severity = scale.severity(score)
    get_db().run(
        "INSERT INTO clinical_scales (username, scale_name, score, severity, entry_timestamp)"
        " VALUES ($1, $2, $3, $4, $5)",
        person,
        scale.name,
        score,
        severity,
        runtime.now(),
    )
    _tell(person, f"{scale.name} score {score} ({severity})")
    if alarm:
        risk.raise_alert(person, alarm)
    memory.refresh(person)
    pets.reward(person, "therapy", key=f"{scale.name}:{runtime.today()}", kind="clinical")
    return {"success": True, "score": score, "severity": severity}


def _tell(person: str, result: str) -> None:
    notify(person, f"Your assessment is saved: {result}", "assessment")
    for clinician in clinicians_of(person):
        notify(clinician, f"{person} completed an assessment: {result}", "patient_assessment")


def _refuse_within_lock(scale: Scale, person: str) -> None:
    """Raise BadRequest when this person's last result of the scale is younger than the lock."""
    # Touching the user's row makes two submissions of one person wait for each other, on both
    # engines, so that the second one sees the first.
    get_db().run("UPDATE users SET last_login = last_login WHERE username = $1", person)
    last = timestamp.moment(
        get_db().value(
            "SELECT entry_timestamp FROM clinical_scales WHERE username = $1 AND scale_name = $2"
            " ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT 1",
            person,
            scale.name,
        )
    )
    elapsed = runtime.now() - last if last else LOCK
    if elapsed < LOCK:
        days = (LOCK - timedelta(days=elapsed.days)).days
        raise BadRequest(
            f"You can take the {scale.name} again in {days} days.", "ASSESSMENT_LOCKED"
        )
