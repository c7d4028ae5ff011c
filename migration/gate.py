"""The gate: pass, fail or unproven, for CI and for whoever deploys.

It passes when every step is done, fails when a proof failed or cannot be trusted, and is unproven
otherwise. Where there is nothing but the repository, as in CI or in the container that a deployment
runs before it starts, the committed receipts are judged alone. Reproving runs the suites again
instead of believing receipts, which anyone who can run the tool can also write.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from migration.errors import FAILED, UNPROVEN, EvidenceError
from migration.evidence.judge import State, Status
from migration.evidence.ledger import open_ledger
from migration.site import Site
from migration.steps import step_named
from migration.steps.flow import fault, prove, statuses
from migration.steps.step import Say, Step


class Answer(StrEnum):
    """What the gate says."""

    PASS = "pass"
    FAIL = "fail"
    UNPROVEN = "unproven"


EXIT_CODES = {Answer.PASS: 0, Answer.FAIL: FAILED, Answer.UNPROVEN: UNPROVEN}


@dataclass(frozen=True)
class Verdict:
    """The gate's answer and what it rests on."""

    answer: Answer
    statuses: tuple[Status, ...]


def ask(site: Site, *, committed: bool = False) -> Verdict:
    """Answer from the receipts, or from the committed ones alone. Only looks."""
    return _verdict(statuses(site, committed=committed))


def reprove(site: Site, say: Say, *, committed: bool = False) -> Verdict:
    """Answer from running the suites again. Writes no receipt."""
    found = []
    for status in statuses(site, committed=committed):
        again = _proved_again(step_named(status.step), site, say)
        found.append(replace(status, state=State.FAILED, reason=again) if again else status)
    return _verdict(found)


def command(status: Status) -> str | None:
    """Return the command that resolves a status, or None when there is nothing to resolve."""
    if status.state is State.DONE:
        return None
    verb = "explain" if status.state is State.FAILED else "run"
    return f"python -m migration {verb} {status.step}"


def _proved_again(step: Step, site: Site, say: Say) -> str | None:
    """Return why the suite does not prove the step, or not what its receipt says."""
    try:
        runs = prove(step, site, say)
    except EvidenceError as error:
        return f"its suite could not be run again: {error.why}"
    why = fault(step, runs)
    if why:
        return f"its suite was run again: {why}"
    with open_ledger(site) as ledger:
        receipt = ledger.read(step.name, committed=step.committed).receipt
    if receipt is None or receipt.counts == tuple(run.counts for run in runs):
        return None
    return "its suite was run again and executed other tests than its receipt says"


def _verdict(found: Sequence[Status]) -> Verdict:
    states = {status.state for status in found}
    if State.FAILED in states:
        answer = Answer.FAIL
    else:
        answer = Answer.PASS if states <= {State.DONE} else Answer.UNPROVEN
    return Verdict(answer, tuple(found))
