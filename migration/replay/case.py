"""A case as a record: one or more requests in order, and what is expected of each.

Case files are read by `cases.py`; `play.py` runs a case, `goldens.py` names the file of its golden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from migration.replay.yaml_json import Json

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KINDS = (
    "success",
    "twice",
    "no-session",
    "no-csrf",
    "wrong-role",
    "other-person",
    "malformed",
    "invalid",
    "not-found",
    "branch",
)


class Absent(Enum):
    """The mark of a body that is not sent (`null` is a body)."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class Step:
    """One request: who sends it, what is sent, what is expected, what is kept for later steps.

    `capture` maps a name to where its value stands (`placeholders.py`); `clock_shift` is how many
    seconds pass before the request.
    """

    method: str
    path: str
    expect: int
    user: str | None = None
    query: Mapping[str, Json] = field(default_factory=dict)
    json: Json | Absent = ABSENT
    raw: str | None = None
    form: Mapping[str, Json] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    csrf: bool = True
    capture: Mapping[str, str] = field(default_factory=dict)
    clock_shift: float = 0


@dataclass(frozen=True)
class Case:
    """One or more requests in order, under settings of its own beside those of migration.toml.

    `durations` and `masked` map a field to its reason.
    """

    domain: str
    route: str
    name: str
    kind: str
    steps: tuple[Step, ...]
    source: Path
    durations: Mapping[str, str] = field(default_factory=dict)
    masked: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Json] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name by which people and commands know the case."""
        return f"{self.route}: {self.name}"


@dataclass(frozen=True)
class RouteCases:
    """The cases of one route, and the kinds left out with their reasons."""

    route: str
    domain: str
    cases: tuple[Case, ...]
    left_out: Mapping[str, str]
