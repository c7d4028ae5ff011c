"""The audit trail: what happened to whom, in the table `audit_logs` of the main database.

`record` writes inside the transaction of its caller, so that an event and the change it tells
of stand or fall together. `incident` is for requests that were refused or failed: they have
no transaction left to join.
"""

import logging

from api import runtime
from api.db import get_db
from api.db.errors import DatabaseError

log = logging.getLogger(__name__)


def record(username: str, actor: str, action: str, details: str = "") -> None:
    """Add an event; `username` is the person concerned, `actor` the kind of part that acted.

    Joins the caller's transaction of the main database and does not commit.
    """
    get_db().run(
        "INSERT INTO audit_logs (username, actor, action, details, timestamp)"
        " VALUES ($1, $2, $3, $4, $5)",
        username,
        actor,
        action,
        details,
        runtime.now(),
    )


def incident(actor: str, action: str, details: str = "") -> None:
    """Add an event about a refused or failed request, in a transaction of its own.

    Whatever the request had written to the main database is rolled back first. Never raises
    for a database that does not answer: the client is owed the answer about the first error.
    """
    try:
        database = get_db()
        database.rollback()
        record("system", actor, action, details)
        database.commit()
    except DatabaseError:
        log.exception("audit event %s by %s is lost: %s", action, actor, details)
