"""Known differences: where the candidate may differ from the golden, why, and until when.

    [[difference]]
    name = "rank_of_search_results"
    case = "GET /api/search: success"
    field = "answer.json.results[].rank"
    reason = "the engines rank full-text matches differently; the order of results is the same"
    until = 2026-06-30

An entry excuses one field of one case on the candidate, never on the reference. It fails when its
day is past, and when what it excuses is no longer true.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from migration.replay.cases import Case
from migration.replay.compare import Difference
from migration.replay.errors import CaseFileError
from migration.replay.paths import field_of

_KEYS = frozenset({"name", "case", "field", "reason", "until"})


@dataclass(frozen=True)
class KnownDifference:
    """One excused field of one case, up to and including a day."""

    name: str
    case: str
    field: str
    reason: str
    until: date


def load_known(file: Path) -> list[KnownDifference]:
    """Read the file, nothing where there is none; `CaseFileError` for an incomplete entry."""
    if not file.exists():
        return []
    try:
        entries = tomllib.loads(file.read_text("utf-8")).get("difference", [])
    except tomllib.TOMLDecodeError as error:
        raise CaseFileError.at(file, "the file", str(error)) from error
    return [_entry(file, entry) for entry in entries]


def unexcused(
    case: Case, differences: Sequence[Difference], known: Sequence[KnownDifference]
) -> list[Difference]:
    """Return the differences that no entry for this case excuses."""
    excused = {entry.field for entry in known if entry.case == case.id}
    return [found for found in differences if field_of(found.path) not in excused]


def _entry(file: Path, written: dict[str, object]) -> KnownDifference:
    where = f"the entry {written.get('name', '?')!r}"
    if set(written) != _KEYS:
        raise CaseFileError.at(file, where, f"must have exactly {', '.join(sorted(_KEYS))}")
    texts = {key: value for key, value in written.items() if isinstance(value, str) and value}
    until = written["until"]
    if len(texts) != len(_KEYS) - 1 or not isinstance(until, date):
        raise CaseFileError.at(file, where, "needs texts, and a date under `until`")
    return KnownDifference(until=until, **texts)
