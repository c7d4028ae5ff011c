"""Risk: phrases that call for help, and the alert that brings it.

Used by the safety check and the questionnaires (`api.wellbeing`) and by the therapy chat.
"""

import re
import unicodedata

from api import audit, runtime
from api.access import clinicians_of
from api.db import get_db
from api.notifications import notify

APOSTROPHES = re.compile("['’‘ʼ`´＇]")
HYPHENS_AND_BLANKS = re.compile(r"[\s\-‐‑‒–—_]+")

PHRASES = (
    "kill myself",
    "suicide",
    "end my life",
    "want to die",
    "hurt myself",
    "self harm",
    "don't want to live",
    "better off dead",
    "swallow pills",
    "overdose",
    "hanging myself",
    "hurt someone else",
    "violent thoughts",
    "feeling hopeless",
    "no reason to live",
)

CRISIS_RESOURCES = """\
If you are in danger or thinking of harming yourself, please reach out now.
UK: call 999 in an emergency, NHS 111 for urgent help, or text SHOUT to 85258.
USA and Canada: call or text 988.
Elsewhere: https://findahelpline.com"""


def is_high_risk(text: str) -> bool:
    """Tell whether a text holds one of the phrases, however it is spelled and punctuated."""
    spoken = _plain(text)
    return any(_plain(phrase) in spoken for phrase in PHRASES)


def raise_alert(username: str, source: str) -> int:
    """Open a crisis alert about this person, tell their clinicians, and return its id.

    `source` says where the risk showed, never what was written. Joins the caller's
    transaction of the main database and does not commit.
    """
    alert_id = get_db().insert(
        "INSERT INTO alerts (username, alert_type, details, status, created_at)"
        " VALUES ($1, $2, $3, $4, $5) RETURNING id",
        username,
        "crisis",
        source,
        "open",
        runtime.now(),
    )
    for clinician in clinicians_of(username):
        notify(clinician, f"⚠️ Crisis alert for {username} ({source})", "crisis_alert")
    audit.record(username, "system", "crisis_alert_sent", source)
    return alert_id


def _plain(text: str) -> str:
    """Fold case and width, drop apostrophes, turn hyphens and runs of blanks into one blank."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return HYPHENS_AND_BLANKS.sub(" ", APOSTROPHES.sub("", folded))
