"""What a visitor of the seed would know: names, ids and secrets that lead to an answer.

Drawn at random they would hardly ever be hit. `KNOWN` says where in a request they stand, by the
operations whose label matches; what comes later goes before. Most requests hold one of them, the
others whatever the description admits. Who asks is in `people.py`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from api.developer.diagnostics import DIAGNOSTICS
from fixtures.seed import protection

PROBABILITY = 0.9

Values = Mapping[str, Iterable[int | str]]

PATIENTS = ("ada", "zoë", "eve")  # of drgrace
MINE = ("username", "from_username", "requesting_user", "clinician", "clinician_username")
TO_COME = tuple(f"2026-03-{day:02}T09:15:00Z" for day in range(2, 10))
DAYS = ("2026-01-05", "2026-01-20", "2026-02-01")
NEW_PASSWORDS = ("Another-Horse-8!", "Größere Pläne 7#")
FILES = ("index.html", "app.css", "app.js", "api.js", "icon.svg", "diagnostic.html")
FRAGMENTS = ("SleepHygieneChecklist.html", "sub/folder/UrgeSurfingTimer.html")


def own(name: str) -> Values:
    """Let whoever asks give their own name wherever it may be given."""
    return {f"{place}.{field}": (name,) for place in ("query", "body") for field in MINE}


KNOWN: tuple[tuple[str, Values], ...] = (
    # Ada's entries in most tables begin with these.
    (r" /", own("ada") | {"path.entry_id": (1, 2), "path.card_id": (1, 2, 3)}),
    (r" /api/(developer|admin|ai)/", own("dev")),
    (r" /api/developer/messages", own("ada")),
    (r" /api/(analytics|approvals|patients|professional|reports)", own("drgrace")),
    (r" /api/(analytics|professional)", {"path.username": PATIENTS}),
    (r" /api/appointments", {"query.patient": ("ada",), "body.patient_username": ("ada",)}),
    (r"POST /api/appointments", {"body.clinician_username": ("drgrace",)}),
    (r"POST /api/appointments$", {"body.appointment_date": (*TO_COME, "2026-01-02T09:15:00Z")}),
    (r" /api/appointments/", {"path.appointment_id": (1, 2)}),
    (r"DELETE /api/appointments/", {"path.appointment_id": (2, 3, 7)}),
    (r" /api/approvals/", {"path.approval_id": (6,)}),
    (r" /api/account$", {"body.password": (protection.PASSWORD,)}),
    (r" /api/auth/login", {"body.password": (protection.PASSWORD,), "body.pin": ("4821",)}),
    (r" /api/auth/change-password", {"body.current_password": (protection.PASSWORD,)}),
    (r" /api/auth/(change|confirm)", {"body.new_password": NEW_PASSWORDS}),
    (r" /api/auth/confirm", {"body.username": ("fay",), "body.token": ("reset-token-of-fay",)}),
    (r" /api/auth/.*register", {"body.password": NEW_PASSWORDS, "body.username": ("gil", "hal")}),
    (r" /api/auth/register", {"body.clinician_id": ("drgrace", "drhope")}),
    (r" /api/auth/(send|verify)", {"body.identifier": ("gil@example.org",)}),
    (r" /api/auth/send", {"body.method": ("email",)}),
    (r" /api/auth/verify", {"body.code": ("482913",)}),
    (r" /api/cbt-tools/load", {"query.tool_type": ("belief-tracker", "cognitive-distortions")}),
    (r" /api/cbt/exposure/", {"path.exposure_id": (1, 2, 3, 4)}),
    (r" /api/cbt/goals", {"path.goal_id": (1,), "path.milestone_id": (1, 2)}),
    (r" /api/cbt/goals", {"body.related_value_id": (1, 2, 3)}),
    (r" /api/clinician/alerts/", {"path.alert_id": (2,)}),
    (r" /api/community/", {"path.post_id": (1, 2, 3), "path.reply_id": (1,)}),
    (r"DELETE /api/community/", {"path.post_id": (2, 5)}),
    (r" /api/community/.*/pin", own("drgrace")),
    (r" /api/community/.*/report", {"path.post_id": (1, 2, 3, 4)}),
    (r" /api/developer/messages/reply", {"body.parent_message_id": (7, 11, 12)}),
    (r" /api/developer/messages/send", {"body.to_username": ("dev",)}),
    (r" /api/developer/terminal", {"body.command": tuple(DIAGNOSTICS)}),
    (r" /api/developer/users/delete", {"body.target_username": ("ben", "drnone", "ada")}),
    (r" /api/feedback/", {"path.feedback_id": (1, 2, 3, 4)}),
    (r" /api/gratitude/", {"path.log_id": (1, 2, 3, 4, 5)}),
    (r" /api/messages/", {"path.message_id": (1, 7, 12), "body.recipient": ("drgrace",)}),
    (r" /api/messages/", {"path.recipient_username": ("drgrace", "dev")}),
    (r" /api/mood/", {"path.log_id": range(1, 39)}),
    (r" /api/notifications/", {"path.notification_id": (2, 3, 10)}),
    (r" /api/pet/adventure", own("eve")),
    (r" /api/pet/buy", {"body.item_id": ("apple", "cupcake", "tophat")}),
    (r" /api/professional/", {"body.patient_username": PATIENTS, "path.note_id": (1, 2, 3, 5, 7)}),
    (r" /api/professional/", {"path.patient_username": PATIENTS}),
    (r" /api/professional/export", {"body.start_date": DAYS, "body.end_date": DAYS}),
    (r" /api/(professional/ai|reports)", {"body.username": PATIENTS}),
    (r" /api/therapy/", {"path.session_id": (1, 2)}),
    (r" /api/therapy/", {"query.chat_session_id": (1, 2), "body.chat_session_id": (1, 2)}),
    (r" /api/validate-session", {"body.role": ("user",)}),
    (r" /cbt_tools/", {"path.filename": FRAGMENTS}),
    (r" /static/", {"path.filename": FILES}),
)


TOOLS = (
    "breathing",
    "coping-card",
    "core-belief",
    "exposure",
    "goals",
    "problem-solving",
    "relaxation",
    "self-compassion",
    "sleep",
    "values",
)
# What an operation makes: its address, and the key of the answer that holds its id.
LIVES = {
    **{f"POST /api/cbt/{tool}": (f"/api/cbt/{tool}/{{entry_id}}", "id") for tool in TOOLS},
    "POST /api/mood/log": ("/api/mood/{log_id}", "log_id"),
    "POST /api/appointments": ("/api/appointments/{appointment_id}", "appointment_id"),
}


def bindings(label: str) -> dict[str, Any]:
    """Return what is known of an operation's values, as part of schemathesis' configuration."""
    known = _known(label)
    return {
        "dictionaries": {place: {"values": list(values)} for place, values in known.items()},
        "parameters": {place: {"dictionary": place, "probability": PROBABILITY} for place in known},
    }


def _known(label: str) -> Values:
    found: dict[str, Iterable[int | str]] = {}
    for pattern, known in KNOWN:
        if re.search(pattern, label):
            found.update(known)
    return found
