"""Alerts for clinicians: signs of risk in their approved patients, and that somebody saw them.

`api.risk` raises them. An alert is open until a clinician acknowledges it; that it was seen does
not end the risk, so only a resolved one stops counting in the analytics (`api.professional`).
Reports about posts are kept in the same table but are for the moderators (`api.community`).
"""

from typing import Any, Literal

from flask import Blueprint
from pydantic import Field

from api import audit, runtime
from api.access import Caller
from api.db import MAIN, Row, commit, get_db
from api.db.types import timestamp
from api.disclosure import record_reading
from api.errors import Conflict, NotFound
from api.web import Query, QueryInt, Reply, endpoint, roles

bp = Blueprint("alerts", __name__)

COLUMNS = "id, username, alert_type, details, status, created_at, acknowledged_by, acknowledged_at"
# $1 is the clinician.
CONCERNING = (
    "alerts.deleted_at IS NULL AND alerts.alert_type <> 'post_report' AND EXISTS"
    " (SELECT 1 FROM patient_approvals WHERE patient_username = alerts.username"
    " AND clinician_username = $1 AND patient_approvals.status = 'approved')"
)


class AlertsQuery(Query):
    status: Literal["open", "acknowledged", "resolved"] | None = None
    limit: QueryInt = Field(default=100, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


@bp.get("/api/clinician/alerts")
@endpoint(auth=roles("clinician"), query=AlertsQuery)
def list_alerts(caller: Caller, query: AlertsQuery) -> Reply:
    """List the alerts about the caller's patients, newest first."""
    rows = get_db().all(
        f"SELECT {COLUMNS} FROM alerts WHERE {CONCERNING} AND ($2 = '' OR status = $2)"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $3 OFFSET $4",
        caller.username,
        query.status or "",
        query.limit,
        query.offset,
    )
    record_reading(caller, sorted({row["username"] for row in rows}), "alerts")
    return {"success": True, "alerts": [_shown(row) for row in rows], "count": len(rows)}


@bp.post("/api/clinician/alerts/<int:alert_id>/acknowledge")
@endpoint(auth=roles("clinician"), answers=(200, 404, 409))
def acknowledge_alert(caller: Caller, alert_id: int) -> Reply:
    """Note that the caller has seen an open alert; the first clinician to do so counts."""
    changed = get_db().run(
        "UPDATE alerts SET status = 'acknowledged', acknowledged_by = $1, acknowledged_at = $2"
        f" WHERE id = $3 AND status = 'open' AND {CONCERNING}",
        caller.username,
        runtime.now(),
        alert_id,
    )
    alert = get_db().one(
        f"SELECT {COLUMNS} FROM alerts WHERE id = $2 AND {CONCERNING}", caller.username, alert_id
    )
    if alert is None:
        raise NotFound
    if not changed:
        raise Conflict("This alert is not open any more.", "NOT_OPEN")
    audit.record(
        alert["username"], "clinician", "alert_acknowledged", f"{alert_id} by {caller.username}"
    )
    commit(MAIN)
    return {"success": True, "message": "Alert acknowledged.", "alert": _shown(alert)}


def _shown(row: Row) -> dict[str, Any]:
    """Format one row for an answer."""
    return {
        "id": row["id"],
        "username": row["username"],
        "type": row["alert_type"],
        "message": row["details"] or "",
        "status": row["status"],
        "created_at": timestamp.text(row["created_at"]),
        "acknowledged_by": row["acknowledged_by"],
        "acknowledged_at": timestamp.text(row["acknowledged_at"]),
    }
