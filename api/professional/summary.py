"""A summary of a patient, written by the assistant or, where it does not answer, by a template.

What it is made of is in `material.py`: nothing of the profile, but the patient's own words.
"""

from flask import Blueprint, current_app
from pydantic import Field

from api.access import Caller, own_name
from api.disclosure import disclose_patient
from api.integrations.assistant import AssistantUnavailable, Message, Style, assistant
from api.professional.material import Material, gather
from api.web import Body, Reply, Text, endpoint, roles

bp = Blueprint("summary", __name__)

STYLE = Style(temperature=0.4, max_tokens=2000)
INSTRUCTIONS = """\
You write summaries of patients for their clinician, from the record given by the user. Use only
what the record says. Write in plain, professional English under these six headings: Overview;
Mood and wellbeing; Risk; Engagement; Themes; Suggestions for the next session."""
MANY_ALERTS = 3
ENGAGEMENT = ((20, "excellent"), (5, "moderate"), (-1, "limited"))
LOW_MOOD = 5


class SummaryRequest(Body):
    username: Text = Field(min_length=1)
    clinician_username: Text | None = None


@bp.post("/api/professional/ai-summary")
@endpoint(auth=roles("clinician"), body=SummaryRequest)
def summarise(caller: Caller, body: SummaryRequest) -> Reply:
    """Summarise a patient of the caller's; `fallback` tells that the model was not used."""
    own_name(caller, body.clinician_username)
    material = gather(disclose_patient(caller, body.username, "ai_summary"))
    prompt = [Message("system", INSTRUCTIONS), Message("user", _record(material))]
    try:
        return {"success": True, "summary": assistant(STYLE).reply(prompt)}
    except AssistantUnavailable as error:
        current_app.logger.warning("summary without the model: %s", error)
        return {"success": True, "summary": _template(material), "fallback": True}


def _record(material: Material) -> str:
    """Write out the material for the model."""
    return "\n\n".join(
        (
            f"Days since the first mood: {material.days_joined}. Therapy sessions in all:"
            f" {material.sessions}.",
            f"Of the last {material.days} days: moods logged {material.mood_count}, average"
            f" {material.mean_mood}/10 ({material.trend}); average sleep"
            f" {material.mean_sleep} hours, exercise {material.mean_exercise} minutes; safety"
            f" alerts {material.alert_count}.",
            _listed("Assessments, newest first", material.assessments),
            _listed("From the therapy chat", material.words),
            _listed("Gratitude", material.gratitude),
            _listed("Thought records (situation / thought / evidence)", material.thoughts),
            _listed("Clinicians' notes", material.notes),
        )
    )


def _listed(title: str, items: tuple[str, ...]) -> str:
    lines = [f"- {item}" for item in items if item.strip()]
    return "\n".join((f"{title}:", *(lines or ["- none"])))


def _template(material: Material) -> str:
    """Write the summary without the model."""
    latest = material.assessments[0] if material.assessments else "none yet"
    lines = [
        f"Summary of the last {material.days} days (written without the assistant)",
        f"Moods logged: {material.mood_count}, average {material.mean_mood}/10 ({material.trend}).",
        f"Average sleep: {material.mean_sleep} hours. Average exercise:"
        f" {material.mean_exercise} minutes.",
        f"Latest assessment: {latest}.",
        f"Safety alerts: {material.alert_count}. {_risk(material.alert_count)}",
        f"Therapy sessions: {material.sessions}. Engagement is {_engagement(material.sessions)}.",
    ]
    if material.mood_count and material.mean_mood < LOW_MOOD:
        lines.append("The average mood is low: continued monitoring is advised.")
    return "\n".join(lines)


def _risk(alerts: int) -> str:
    if alerts > MANY_ALERTS:
        return "URGENT: review this patient's safety now."
    return "Monitoring is advised." if alerts else "Stable: no alert in this time."


def _engagement(sessions: int) -> str:
    return next(word for fewer, word in ENGAGEMENT if sessions > fewer)
