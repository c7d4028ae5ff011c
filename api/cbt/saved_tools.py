"""The state of the interactive tools (`components.py`): one document per user and tool."""

import json
from typing import Annotated, Any

from flask import Blueprint
from pydantic import AfterValidator, Field

from api import audit, memory, runtime
from api.access import Caller, own_name
from api.cbt.fields import MAX_ROWS, FromOne, Notes, Owned, OwnersPage
from api.cbt.rewards import reward
from api.db import MAIN, PET, Json, Row, commit, get_db
from api.db.types import json as documents
from api.db.types import timestamp
from api.disclosure import disclose
from api.validation import INT64
from api.web import ANY_ROLE, Query, QueryInt, Reply, Text, endpoint

bp = Blueprint("saved_tools", __name__)

MAX_DOCUMENT = 100_000  # characters
COLUMNS = "id, tool_type, data, mood_rating, notes, created_at, updated_at"


def _storable(document: Any) -> Any:
    document = _portable(document)
    if len(json.dumps(document)) > MAX_DOCUMENT:
        raise ValueError(f"must have at most {MAX_DOCUMENT} characters as JSON")
    if isinstance(document, int) and document not in INT64:
        raise ValueError("is out of range")
    return document


def _portable(value: Any) -> Any:
    """Write whole numbers as such, since 1e22 and -0.0 do not come back so from PostgreSQL."""
    match value:
        case dict():
            return {name: _portable(part) for name, part in value.items()}
        case list():
            return [_portable(part) for part in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


ToolType = Annotated[Text, Field(min_length=1, max_length=100)]
Document = Annotated[Any, AfterValidator(_storable)]


class ToolState(Owned):
    tool_type: ToolType
    data: Document = Field(default_factory=dict)
    mood_rating: FromOne | None = None
    notes: Notes | None = ""


class WhichTool(Query):
    """`username` is the caller's own or, for a clinician, that of an approved patient."""

    username: Text | None = None
    tool_type: ToolType


class StatePage(OwnersPage):
    tool_type: ToolType | None = None
    limit: QueryInt = Field(default=20, ge=1, le=MAX_ROWS)


@bp.post("/api/cbt-tools/save")
@endpoint(auth=ANY_ROLE, body=ToolState)
def save_tool(caller: Caller, body: ToolState) -> Reply:
    """Keep the state of one of the caller's tools in place of what was kept before.

    The databases commit as for every new entry: the pet's, its reward keyed by the day and
    the state, then the main one.
    """
    person = own_name(caller, body.username)
    entry_id = get_db().insert(
        "INSERT INTO cbt_tool_entries"
        " (username, tool_type, data, mood_rating, notes, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (username, tool_type) DO UPDATE SET"
        " data = excluded.data, mood_rating = excluded.mood_rating, notes = excluded.notes,"
        " updated_at = excluded.updated_at, deleted_at = NULL,"
        " created_at = CASE WHEN cbt_tool_entries.deleted_at IS NULL"
        " THEN cbt_tool_entries.created_at ELSE excluded.created_at END RETURNING id",
        person,
        body.tool_type,
        Json(body.data),
        body.mood_rating,
        body.notes or "",
        runtime.now(),
    )
    memory.refresh(person)
    reward(person, "cbt-tool", body.model_dump(exclude={"username"}))
    audit.record(person, "cbt", "tool_saved")
    commit(PET, MAIN)
    return {"success": True, "message": "Tool saved.", "id": entry_id}


@bp.get("/api/cbt-tools/load")
@endpoint(auth=ANY_ROLE, query=WhichTool, answers=(200, 403))
def load_tool(caller: Caller, query: WhichTool) -> Reply:
    """Show the state of one tool; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, "cbt_tool")
    row = get_db().one(
        f"SELECT {COLUMNS} FROM cbt_tool_entries"
        " WHERE username = $1 AND tool_type = $2 AND deleted_at IS NULL",
        person,
        query.tool_type,
    )
    if row is None:
        return {"success": True, "data": None}
    return {"success": True, **_shown(row)}


@bp.get("/api/cbt-tools/history")
@endpoint(auth=ANY_ROLE, query=StatePage, answers=(200, 403))
def tool_history(caller: Caller, query: StatePage) -> Reply:
    """List the states of tools, newest first; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, "cbt_tool")
    rows = get_db().all(
        f"SELECT {COLUMNS} FROM cbt_tool_entries"
        " WHERE username = $1 AND ($2 = '' OR tool_type = $2) AND deleted_at IS NULL"
        " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT $3 OFFSET $4",
        person,
        query.tool_type or "",
        query.limit,
        query.offset,
    )
    return {"success": True, "entries": [_shown(row) for row in rows]}


def _shown(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "tool_type": row["tool_type"],
        "data": documents.parsed(row["data"]),
        "mood_rating": row["mood_rating"],
        "notes": row["notes"] or "",
        "created_at": timestamp.text(row["created_at"]),
        "updated_at": timestamp.text(row["updated_at"]),
    }
