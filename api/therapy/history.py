"""Lines of a conversation: reading them, and taking them away as a file."""

import csv
import io
import json
from datetime import UTC, datetime, time
from typing import Any, Literal

from flask import Blueprint, Response
from pydantic import Field

from api import audit
from api.access import Caller, patient_for
from api.db import MAIN, Row, commit, get_db
from api.db.types import timestamp
from api.disclosure import disclose
from api.therapy import threads
from api.web import ANY_ROLE, Body, Day, Query, QueryInt, Reply, Text, endpoint

bp = Blueprint("history", __name__)

RULE = "=" * 80
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Line = dict[str, Any]


class HistoryQuery(Query):
    """Which lines; `limit` counts from the newest, `offset` leaves so many of them out."""

    username: Text | None = None
    chat_session_id: QueryInt | None = None
    limit: QueryInt = Field(default=1000, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)


class ExportOrder(Body):
    """Days are those of the timestamps, in UTC; both are included."""

    username: Text | None = None
    from_date: Day
    to_date: Day
    format: Literal["txt", "csv", "json"] = "txt"
    chat_session_id: int | None = None


@bp.get("/api/therapy/history")
@endpoint(auth=ANY_ROLE, query=HistoryQuery, answers=(200, 403, 404))
def history(caller: Caller, query: HistoryQuery) -> Reply:
    """List the lines of a thread, oldest first; a clinician may ask for an approved patient's.

    Without a thread it is the active one, and without that every line of the person's.
    """
    person = disclose(caller, query.username, "chat_history")
    if query.chat_session_id is None:
        thread = threads.active(person)
    else:
        thread = threads.owned(person, query.chat_session_id)
    if thread is None:
        rows = _lines_of(person, query)
    else:
        rows = threads.newest_lines(thread, limit=query.limit, offset=query.offset)
    return {"success": True, "history": [_shown(row) for row in rows]}


@bp.post("/api/therapy/export")
@endpoint(
    auth=ANY_ROLE,
    body=ExportOrder,
    answers=(200, 404),
    media=("application/json", "text/plain", "text/csv"),
)
def export(caller: Caller, body: ExportOrder) -> Reply:
    """Write lines to a file, oldest first; a clinician may take an approved patient's."""
    person = patient_for(caller, body.username)
    lines = [_shown(row) for row in _lines_within(person, body)]
    audit.record(person, caller.role, "chat_exported", f"by {caller.username}")
    commit(MAIN)
    match body.format:
        case "json":
            text, kind = json.dumps(lines, ensure_ascii=False, indent=2), "application/json"
        case "csv":
            text, kind = _csv(lines), "text/csv"
        case _:
            text, kind = _text(person, body, lines), "text/plain"
    name = f"chat_export_{body.from_date}_to_{body.to_date}.{body.format}"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text, mimetype=kind, headers=headers)


def _lines_of(person: str, query: HistoryQuery) -> list[Row]:
    rows = get_db().all(
        "SELECT id, sender, message, timestamp FROM chat_history WHERE session_id = $1"
        " ORDER BY timestamp DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3",
        threads.session_id(person),
        query.limit,
        query.offset,
    )
    return rows[::-1]


def _lines_within(person: str, order: ExportOrder) -> list[Row]:
    """Return the lines of the days ordered, of one thread or of all."""
    first = datetime.combine(order.from_date, time.min, UTC)
    last = datetime.combine(order.to_date, time.max, UTC)
    if order.chat_session_id is None:
        return get_db().all(
            "SELECT id, sender, message, timestamp FROM chat_history"
            " WHERE session_id = $1 AND timestamp BETWEEN $2 AND $3 ORDER BY timestamp, id",
            threads.session_id(person),
            first,
            last,
        )
    return get_db().all(
        "SELECT id, sender, message, timestamp FROM chat_history"
        " WHERE chat_session_id = $1 AND timestamp BETWEEN $2 AND $3 ORDER BY timestamp, id",
        threads.owned(person, order.chat_session_id),
        first,
        last,
    )


def _shown(row: Row) -> Line:
    return {
        "sender": row["sender"],
        "message": row["message"],
        "timestamp": timestamp.text(row["timestamp"]),
    }


def _csv(lines: list[Line]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("Sender", "Message", "Timestamp"))
    writer.writerows([_cell(value) for value in line.values()] for line in lines)
    return text.getvalue()


def _cell(value: str | None) -> str | None:
    """Keep a spreadsheet from taking somebody's words for a formula."""
    return f"'{value}" if value and value.startswith(FORMULA) else value


def _text(person: str, order: ExportOrder, lines: list[Line]) -> str:
    parts = [
        f"Chat history of {person}",
        f"From {order.from_date} to {order.to_date}",
        RULE,
        *(_paragraph(line) for line in lines),
        RULE,
        f"Total messages: {len(lines)}",
    ]
    return "\n".join(parts) + "\n"


def _paragraph(line: Line) -> str:
    written = datetime.fromisoformat(line["timestamp"])
    return f"[{written:%Y-%m-%d %I:%M %p}] {line['sender'].upper()}:\n{line['message']}\n"
