"""Done, stale, todo or failed: what follows from a step's receipt and its inputs of today.

Nobody sets a state. It is worked out anew each time, from the ledger (`ledger.py`), the inputs
(`inputs.py`) and the states of the steps that this one needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from migration.evidence.inputs import Inputs, changes
from migration.evidence.ledger import Entry

_NAMED = 3


class State(StrEnum):
    """How far a step is."""

    DONE = "done"
    STALE = "stale"
    TODO = "todo"
    FAILED = "failed"


@dataclass(frozen=True)
class Status:
    """A step's state, and why it is not done."""

    step: str
    state: State
    reason: str
    changed: tuple[str, ...] = ()
    """Every input that changed since the proof, in words."""


def judge(
    step: str,
    entry: Entry,
    *,
    inputs: Inputs,
    required: frozenset[str],
    needs: Sequence[Status],
) -> Status:
    """Return the state of a step."""
    if entry.trouble:
        return Status(step, State.FAILED, entry.trouble)
    if entry.receipt is None:
        return Status(step, State.TODO, _first_need(needs) or "its suite has not been run")
    changed = tuple(changes(before=entry.receipt.inputs, now=inputs))
    if changed:
        return Status(step, State.STALE, _summary(changed), changed)
    fault = entry.receipt.fault(required=required)
    if fault:
        return Status(step, State.FAILED, fault)
    need = _first_need(needs)
    return Status(step, State.STALE if need else State.DONE, need)


def _first_need(needs: Sequence[Status]) -> str:
    return next((f"needs {n.step}, which is {n.state}" for n in needs if n.state != "done"), "")


def _summary(changed: Sequence[str]) -> str:
    more = len(changed) - _NAMED
    return "; ".join(changed[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
