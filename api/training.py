"""Training data: consenting, looking at one's consent, exporting and deleting.

Everybody decides for their own account only. Each of these routes writes two databases: the
training database commits first, since repeating the request finds there what is done already;
the main one, with the audit trail that names the user, commits last. The work itself is in
`api.training_data`.
"""

from flask import Blueprint

from api import audit, training_data
from api.access import own_name
from api.db import MAIN, TRAINING, commit, get_db
from api.errors import Forbidden
from api.web import ANY_ROLE, Body, Caller, Query, Reply, Text, endpoint, roles

bp = Blueprint("training", __name__)


class Whose(Query):
    username: Text | None = None


class Mine(Body):
    """A body in which older clients repeat the caller's own name."""

    username: Text | None = None


class Decision(Mine):
    consent: bool = True


@bp.post("/api/training/consent")
@endpoint(auth=ANY_ROLE, body=Decision)
def decide(caller: Caller, body: Decision) -> Reply:
    """Give or withdraw consent; deciding the same again changes nothing.

    Commits the training database, then the main one. A repeat finds the decision taken.
    """
    username = own_name(caller, body.username)
    if body.consent:
        training_data.give_consent(username)
    else:
        training_data.withdraw_consent(username)
    decision = "given" if body.consent else "withdrawn"
    audit.record(username, "api", f"training_consent_{decision}")
    commit(TRAINING, MAIN)
    return {"success": True, "message": f"Your consent is {decision}."}


@bp.get("/api/training/consent/status")
@endpoint(auth=ANY_ROLE, query=Whose, answers=(200, 403))
def consent_status(caller: Caller, query: Whose) -> Reply:
    """Tell whether the caller's consent is in force."""
    return {"consented": training_data.consents(own_name(caller, query.username))}


@bp.post("/api/training/export")
@endpoint(auth=ANY_ROLE, body=Mine)
def export(caller: Caller, body: Mine) -> Reply:
    """Copy the caller's words, masked, in the place of what an earlier export left.

    Commits the training database, then the main one. A repeat replaces, it adds nothing.
    """
    username = own_name(caller, body.username)
    if not training_data.hold_consent(username):
        raise Forbidden("You have not consented to the use of your data.", "NO_CONSENT")
    chats = training_data.export_chats(username)
    patterns = training_data.export_patterns(username)
    outcomes = training_data.export_outcomes(username)
    audit.record(username, "api", "training_data_exported")
    commit(TRAINING, MAIN)
    results = {
        "chats": _result(True, f"{chats} chat messages exported."),
        "patterns": _result(True, f"{patterns} entries exported."),
        "outcomes": _result(
            outcomes > 0,
            f"{outcomes} outcomes exported." if outcomes else "No scale has two results yet.",
        ),
    }
    return {"success": True, "results": results}


def _result(success: bool, message: str) -> dict[str, object]:
    return {"success": success, "message": message}


@bp.post("/api/training/delete")
@endpoint(auth=ANY_ROLE, body=Mine)
def delete(caller: Caller, body: Mine) -> Reply:
    """Delete what was collected of the caller; consent is a decision of its own and stays.

    Commits the training database, then the main one. A repeat finds nothing left.
    """
    username = own_name(caller, body.username)
    deleted = training_data.delete(username)
    audit.record(username, "api", "training_data_deleted")
    commit(TRAINING, MAIN)
    return {"success": True, "message": f"Your training data are deleted ({deleted} rows)."}


@bp.get("/api/training/stats")
@endpoint(auth=roles("developer"))
def stats() -> Reply:
    """Count what is held for training."""
    counts = get_db(TRAINING).one(
        "SELECT (SELECT COUNT(*) FROM data_consent WHERE consent_given = TRUE"
        " AND consent_withdrawn = FALSE) AS consented_users,"
        " (SELECT COUNT(*) FROM training_chats) AS total_chat_messages,"
        " (SELECT COUNT(*) FROM training_patterns) AS total_patterns,"
        " (SELECT COUNT(*) FROM training_outcomes) AS total_outcomes,"
        " (SELECT COUNT(*) FROM training_audit) AS audit_entries"
    )
    return {"success": True, "stats": counts}
