"""Administration: removing all accounts, or emptying the databases.

Only for developers, only after a confirmation typed out, and not in production unless
ALLOW_ADMIN_RESET is set. What goes and what stays is in `api.wiping`.
"""

from typing import Literal

from flask import Blueprint

from api import audit, pages, settings, wiping
from api.access import DEVELOPER, Caller
from api.db import MAIN, PET, TRAINING, commit, get_db
from api.errors import Forbidden
from api.personal_data import pseudonym_of
from api.security import sessions
from api.web import Body, Reply, endpoint, roles

bp = Blueprint("admin", __name__)


class Reset(Body):
    confirm: Literal["DELETE_ALL_USERS"]


class Wipe(Body):
    confirm: Literal["WIPE_DATABASE"]


@bp.post("/api/admin/reset-users")
@endpoint(auth=roles(DEVELOPER), body=Reset, limit="5 per minute")
def reset_users(caller: Caller) -> Reply:
    """Remove all accounts and all that is held about them, the caller's own included.

    The training and the pet database commit first, where a repeat finds nothing left to do; the
    main one, which holds the account that may ask again, is last.
    """
    _refuse_in_production()
    wiping.remove_accounts()
    audit.record(pseudonym_of(caller.username), DEVELOPER, "users_reset")
    left = {
        "users_remaining": get_db().value("SELECT COUNT(*) FROM users"),
        "approvals_remaining": get_db().value("SELECT COUNT(*) FROM patient_approvals"),
    }
    commit(TRAINING, PET, MAIN)
    sessions.logout()
    return {"success": True, "message": "All accounts are removed.", **left}


@bp.get("/api/admin/wipe")
@endpoint(auth=roles(DEVELOPER), media=("text/html",))
def wipe_page() -> Reply:
    """Serve the form that asks for the confirmation and sends it."""
    _refuse_in_production()
    return pages.serve("admin-wipe.html")


@bp.post("/api/admin/wipe-database")
@endpoint(auth=roles(DEVELOPER), body=Wipe, limit="5 per minute")
def wipe_database(caller: Caller) -> Reply:
    """Empty every table of all three databases but the audit trails; say how many rows went.

    The training and the pet database commit first, where a repeat finds nothing left to do; the
    main one, which holds the account that may ask again, is last.
    """
    _refuse_in_production()
    deleted = wiping.empty()
    audit.record(pseudonym_of(caller.username), DEVELOPER, "database_wiped")
    commit(TRAINING, PET, MAIN)
    sessions.logout()
    return {
        "success": True,
        "message": "The databases are empty. The audit trail is kept.",
        "results": {table: f"{count} rows deleted" for table, count in deleted.items()},
    }


def _refuse_in_production() -> None:
    given = settings.current()
    if given.production and not given.allow_admin_reset:
        raise Forbidden(
            "This is switched off in production. ALLOW_ADMIN_RESET would allow it.",
            "OFF_IN_PRODUCTION",
        )
