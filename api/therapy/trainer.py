"""Learning from collected conversations: statistics of each person's, under their pseudonym.

Works without a neural network and without anything from outside: counts, means and words of the
newest lines, kept beside the other patterns of the training database. Only lines of people whose
consent is in force are read. Collecting them is `api.training_data`.
"""

import re
from collections import Counter
from collections.abc import Sequence

from flask import Blueprint

from api import audit, runtime
from api.access import Caller, own_name
from api.db import MAIN, TRAINING, Json, Row, commit, get_db
from api.db.types import json
from api.therapy.threads import MODEL, PERSON
from api.web import Body, Reply, Text, endpoint, roles

bp = Blueprint("trainer", __name__)

NEWEST_LINES = 1000
FREQUENT = 10
TAG = re.compile(r"\[[A-Z_]+\]")
WORD = re.compile(r"[^\W\d_]+")
SHORTEST_WORD = 4


class Mine(Body):
    username: Text | None = None


@bp.post("/api/ai/trigger-training")
@endpoint(auth=roles("developer"), body=Mine)
def trigger_training(caller: Caller, body: Mine) -> Reply:
    """Learn from the lines collected since the last run.

    Commits the training database, then the main one. A repeat finds nothing new to learn.
    """
    username = own_name(caller, body.username)
    learnt = learn()
    audit.record(username, "developer", "training_triggered")
    commit(TRAINING, MAIN)
    if not learnt:
        return {"success": True, "message": "There is nothing new to learn.", "trained": False}
    messages = sum(learnt.values())
    return {
        "success": True,
        "message": f"Learnt from {messages} messages.",
        "trained": True,
        "people": len(learnt),
        "messages": messages,
    }


def learn() -> dict[str, int]:
    """Renew the patterns of everybody with new lines; return how many lines each was made of.

    People are named by their pseudonyms. Joins the caller's transaction and does not commit.
    """
    _hold_consents()
    known = _newest_learnt()
    newest = get_db(TRAINING).all(
        "SELECT training_chats.user_hash, MAX(training_chats.id) AS line FROM training_chats"
        " JOIN data_consent ON data_consent.user_hash = training_chats.user_hash"
        " WHERE consent_given = TRUE AND consent_withdrawn = FALSE"
        " GROUP BY training_chats.user_hash ORDER BY training_chats.user_hash"
    )
    return {
        row["user_hash"]: _learn_from(row["user_hash"])
        for row in newest
        if row["line"] > known.get(row["user_hash"], 0)
    }


def _hold_consents() -> None:
    """Keep withdrawals, exports and other runs waiting until the commit."""
    get_db(TRAINING).run(
        "UPDATE data_consent SET consent_given = TRUE"
        " WHERE consent_given = TRUE AND consent_withdrawn = FALSE"
    )


def _newest_learnt() -> dict[str, int]:
    """Return the newest line that each person's pattern was made of."""
    rows = get_db(TRAINING).all(
        "SELECT user_hash, pattern_data FROM training_patterns WHERE pattern_type = 'dialogue'"
        " ORDER BY id"
    )
    return {row["user_hash"]: json.parsed(row["pattern_data"])["newest_line"] for row in rows}


def _learn_from(who: str) -> int:
    """Replace one person's pattern; return the number of lines it is made of."""
    db = get_db(TRAINING)
    lines = db.all(
        "SELECT id, session_hash, message_role, message_content FROM training_chats"
        " WHERE user_hash = $1 ORDER BY id DESC LIMIT $2",
        who,
        NEWEST_LINES,
    )[::-1]
    db.run("DELETE FROM training_patterns WHERE user_hash = $1 AND pattern_type = 'dialogue'", who)
    db.run(
        "INSERT INTO training_patterns (user_hash, pattern_type, pattern_data, timestamp)"
        " VALUES ($1, 'dialogue', $2, $3)",
        who,
        Json(pattern(lines)),
        runtime.now(),
    )
    db.run(
        "INSERT INTO training_audit (user_hash, action, details, timestamp)"
        " VALUES ($1, 'pattern_learnt', $2, $3)",
        who,
        f"{len(lines)} lines",
        runtime.now(),
    )
    return len(lines)


def pattern(lines: Sequence[Row]) -> dict[str, object]:
    """Return the statistics of somebody's lines, which come oldest first."""
    spoken: dict[str, list[list[str]]] = {PERSON: [], MODEL: []}
    last: dict[str, str] = {}
    exchanges = 0
    for line in lines:
        role = MODEL if line["message_role"] == MODEL else PERSON
        spoken[role].append(WORD.findall(TAG.sub(" ", line["message_content"]).casefold()))
        exchanges += role == MODEL and last.get(line["session_hash"]) == PERSON
        last[line["session_hash"]] = role
    return {
        "newest_line": lines[-1]["id"],
        "conversations": len(last),
        "exchanges": exchanges,
        "mean_words": {role: _mean(texts) for role, texts in spoken.items()},
        "frequent_words": _frequent(spoken[PERSON]),
    }


def _mean(texts: Sequence[Sequence[str]]) -> float:
    return round(sum(map(len, texts)) / len(texts), 1) if texts else 0.0


def _frequent(texts: Sequence[Sequence[str]]) -> list[str]:
    """Return the longer words used most, ties in the order of the alphabet."""
    counts = Counter(word for text in texts for word in text if len(word) >= SHORTEST_WORD)
    return sorted(counts, key=lambda word: (-counts[word], word))[:FREQUENT]
