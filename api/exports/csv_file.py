"""The record as one CSV file of five blocks: profile, moods, gratitude, thoughts, scales.

A block is its title, its columns (the profile has none), and its rows, newest first; an empty
row stands between blocks.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint

from api.access import Caller
from api.db import Row, get_db
from api.db.types import number, timestamp
from api.exports.release import ExportQuery, attachment, release
from api.security.encryption import decrypt
from api.spreadsheets import Cell, csv_text
from api.web import ANY_ROLE, Reply, endpoint

bp = Blueprint("csv_file", __name__)

MOODS = (
    "timestamp",
    "mood_val",
    "sleep_val",
    "meds",
    "notes",
    "sentiment",
    "exercise_mins",
    "outside_mins",
    "water_pints",
)
GRATITUDE = ("timestamp", "entry")
THOUGHTS = ("timestamp", "situation", "thought", "evidence")
SCALES = ("timestamp", "scale_name", "score", "severity")
FRACTIONS = {"sleep_val", "water_pints"}


@bp.get("/api/export/csv")
@endpoint(auth=ANY_ROLE, query=ExportQuery, answers=(200, 403), media=("text/csv",))
def export_csv(caller: Caller, query: ExportQuery) -> Reply:
    """Return the profile and everything logged as a CSV file."""
    person = release(caller, query.username, "csv_export")
    blocks = [
        _profile(person),
        _block("MOOD_LOGS", MOODS, _moods(person)),
        _block("GRATITUDE_LOGS", GRATITUDE, _gratitude(person)),
        _block("CBT_RECORDS", THOUGHTS, _thoughts(person)),
        _block("CLINICAL_SCALES", SCALES, _scales(person)),
    ]
    return attachment(csv_text(_joined(blocks)).encode(), "text/csv", f"{person}_data.csv")


def _joined(blocks: Sequence[Iterator[Sequence[Cell]]]) -> Iterator[Sequence[Cell]]:
    for place, block in enumerate(blocks):
        if place:
            yield []
        yield from block


def _block(title: str, columns: Sequence[str], rows: list[Row]) -> Iterator[Sequence[Cell]]:
    yield [title]
    yield columns
    for row in rows:
        yield [_cell(column, row[column]) for column in columns]


def _cell(column: str, value: Any) -> Cell:
    """Format one value alike on both engines."""
    if column == "timestamp":
        return timestamp.text(value)
    cell: Cell = number.real(value) if column in FRACTIONS else value
    return cell


def _profile(person: str) -> Iterator[Sequence[Cell]]:
    yield ["USER PROFILE"]
    yield ["username", person]
    for row in get_db().all(
        "SELECT full_name, dob, conditions FROM users WHERE username = $1", person
    ):
        yield from ([name, decrypt(value)] for name, value in row.items())


def _moods(person: str) -> list[Row]:
    return get_db().all(
        "SELECT entrestamp AS timestamp, mood_val, sleep_val, meds, notes, sentiment,"
        " exercise_mins, outside_mins, water_pints FROM mood_logs"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entrestamp DESC NULLS LAST, id DESC",
        person,
    )


def _gratitude(person: str) -> list[Row]:
    return get_db().all(
        "SELECT entry_timestamp AS timestamp, entry FROM gratitude_logs"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC",
        person,
    )


def _thoughts(person: str) -> list[Row]:
    return get_db().all(
        "SELECT entry_timestamp AS timestamp, situation, thought, evidence FROM cbt_records"
        " WHERE username = $1 AND deleted_at IS NULL"
        " ORDER BY entry_timestamp DESC NULLS LAST, id DESC",
        person,
    )


def _scales(person: str) -> list[Row]:
    return get_db().all(
        "SELECT entry_timestamp AS timestamp, scale_name, score, severity FROM clinical_scales"
        " WHERE username = $1 ORDER BY entry_timestamp DESC NULLS LAST, id DESC",
        person,
    )
