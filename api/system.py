"""What operators and clients need before anything else: health, readiness, a CSRF token.

None of these is limited, and the first touches no database: it says that the process answers,
while readiness says that it can work.
"""

from flask import Blueprint

from api import runtime
from api.db import LOGICAL, get_db
from api.db.errors import DatabaseError, SchemaMismatch
from api.db.types import timestamp
from api.errors import Unavailable
from api.security import sessions
from api.web import PUBLIC, UNLIMITED, Reply, endpoint

SERVICE = "Healing Space API"
VERSION = "1.0.0"

bp = Blueprint("system", __name__)


@bp.get("/api/health")
@endpoint(auth=PUBLIC, limit=UNLIMITED)
def health() -> Reply:
    """Say that the process answers."""
    return {
        "status": "healthy",
        "service": SERVICE,
        "version": VERSION,
        "timestamp": timestamp.text(runtime.now()),
    }


@bp.get("/api/ready")
@endpoint(auth=PUBLIC, limit=UNLIMITED)
def ready() -> Reply:
    """Say whether every database answers and holds the schema this version needs."""
    if problems := database_problems():
        raise Unavailable("Not every database is ready.", "NOT_READY", problems)
    return {"status": "ready", "databases": dict.fromkeys(LOGICAL, "ok")}


@bp.get("/api/csrf-token")
@endpoint(auth=PUBLIC)
def csrf_token() -> Reply:
    """Return the CSRF token of the visitor's session, starting one where there is none."""
    return {"success": True, "csrf_token": sessions.csrf_token()}


def database_problems() -> dict[str, str]:
    """Return what keeps each logical database from being used; empty when all is well."""
    return {name: problem for name in LOGICAL if (problem := _problem(name))}


def _problem(name: str) -> str | None:
    try:
        get_db(name).check_schema()
    except SchemaMismatch:
        return "has another schema version"
    except DatabaseError:
        return "cannot be reached"
    return None
