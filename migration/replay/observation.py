"""What playing a case showed: one `Exchange` per request, and the whole as a tree.

The tree of an observation is what goldens hold and comparisons walk over; the statements and the
traceback stay beside it, for the explanation of a failure (`explain.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from migration.db.trace import Statement
from migration.replay.canonical import Tree


@dataclass(frozen=True)
class Exchange:
    """One request and everything that it caused."""

    rule: str | None
    """Method and URL rule that answered, None when no rule did."""
    request: Tree
    answer: dict[str, Tree]
    rows: dict[str, Tree]
    effects: list[Tree]
    faults: list[str] = field(default_factory=list)
    """Tables that would hand out an id which is already taken."""
    uncaptured: tuple[str, ...] = ()
    """Names that the case wanted to keep of the answer, and that were not in it."""
    statements: tuple[Statement, ...] = ()
    error: str | None = None
    """Traceback of what led to a server error."""

    @property
    def status(self) -> int:
        status = self.answer["status"]
        assert isinstance(status, int)
        return status

    def tree(self) -> dict[str, Tree]:
        tree: dict[str, Tree] = {
            "request": self.request,
            "answer": self.answer,
            "rows": self.rows,
            "effects": self.effects,
        }
        return tree | {"sequence_faults": [*self.faults]} if self.faults else tree


@dataclass(frozen=True)
class Observation:
    """One case played once. `began` and `ended` are readings of the real clock."""

    case: str
    engine: str
    exchanges: tuple[Exchange, ...]
    now: datetime
    began: datetime
    ended: datetime
    counters: Mapping[str, int]
    """Per "db.table" the id that was handed out last before the case."""

    def tree(self) -> dict[str, Tree]:
        return {"exchanges": [exchange.tree() for exchange in self.exchanges]}


def pack(observation: Observation) -> Tree:
    """Return the observation as a tree that `unpack` turns back, parameters shown as text."""
    return {
        "case": observation.case,
        "engine": observation.engine,
        "exchanges": [_packed(exchange) for exchange in observation.exchanges],
        "now": observation.now.isoformat(),
        "began": observation.began.isoformat(),
        "ended": observation.ended.isoformat(),
        "counters": dict(observation.counters),
    }


def unpack(tree: Any) -> Observation:
    """Return the observation that `pack` turned into a tree."""
    return Observation(
        case=tree["case"],
        engine=tree["engine"],
        exchanges=tuple(_unpacked(exchange) for exchange in tree["exchanges"]),
        now=datetime.fromisoformat(tree["now"]),
        began=datetime.fromisoformat(tree["began"]),
        ended=datetime.fromisoformat(tree["ended"]),
        counters=tree["counters"],
    )


def _packed(exchange: Exchange) -> Tree:
    return {
        "rule": exchange.rule,
        "request": exchange.request,
        "answer": exchange.answer,
        "rows": exchange.rows,
        "effects": exchange.effects,
        "faults": [*exchange.faults],
        "uncaptured": [*exchange.uncaptured],
        "statements": [
            {**asdict(statement), "params": repr(statement.params)}
            for statement in exchange.statements
        ],
        "error": exchange.error,
    }


def _unpacked(tree: Any) -> Exchange:
    statements = tuple(Statement(**statement) for statement in tree["statements"])
    return Exchange(**{**tree, "statements": statements, "uncaptured": tuple(tree["uncaptured"])})
