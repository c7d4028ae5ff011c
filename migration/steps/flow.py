"""Proving steps and looking at them: what makes a step done.

`statuses` only looks, `check` proves a step and adds the receipt. What a step's work is stands in
the file of that step; in which order things are called, in `cli.py`.
"""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from textwrap import indent

from migration.errors import EvidenceError, UsageError
from migration.evidence.inputs import Inputs, changes
from migration.evidence.judge import State, Status, judge
from migration.evidence.ledger import Ledger, open_ledger
from migration.evidence.receipt import Receipt, Run
from migration.evidence.suite import required_checks, run_suite
from migration.site import Site
from migration.steps import STEPS
from migration.steps.step import Say, Step


def statuses(site: Site, *, committed: bool = False) -> list[Status]:
    """Return the state of every step in order. Only looks.

    `committed` leaves out the steps whose proof belongs to a site, and asks no database.
    """
    with open_ledger(site) as ledger:
        found: dict[str, Status] = {}
        for step in STEPS:
            if committed and not step.committed:
                continue
            found[step.name] = judge(
                step.name,
                ledger.read(step.name, committed=step.committed),
                inputs=step.inputs(site),
                required=required_checks(step.name),
                needs=[found[name] for name in step.needs if name in found],
            )
    return list(found.values())


def assert_needs(step: Step, site: Site) -> None:
    """Raise UsageError when a step that this one needs is not done."""
    for status in statuses(site):
        if status.step in step.needs and status.state is not State.DONE:
            raise UsageError(
                f"running {step.name}",
                f"it needs {status.step}, which is {status.state}: {status.reason}",
                f"`python -m migration run {status.step}`",
            )


def check(step: Step, site: Site, say: Say) -> Receipt:
    """Prove a step by its suite and add the receipt, also when it shows failures.

    A proof that says the same of the same as the newest receipt adds nothing. EvidenceError when
    an input changed while the suite ran, for then nobody knows what was proved.
    """
    before = step.inputs(site)
    runs = prove(step, site, say)
    moved = changes(before=before, now=step.inputs(site))
    if moved:
        raise EvidenceError(
            f"proving {step.name}",
            f"{moved[0]} while its suite ran",
            f"leave the files alone and run `python -m migration check {step.name}` again",
        )
    receipt = receipt_of(step, before, runs)
    with open_ledger(site) as ledger:
        _add(ledger, step, receipt)
    return receipt


def prove(step: Step, site: Site, say: Say) -> list[Run]:
    """Run the suite as often as the step asks for and return what was executed."""
    runs = []
    for plan in step.plans(site.config):
        say(f"{step.name}: running its suite" + (f" on PostgreSQL {plan.major}" * bool(plan.major)))
        runs.append(run_suite(site.config, step.name, plan, os.environ))
    return runs


def fault(step: Step, runs: Sequence[Run]) -> str | None:
    """Return why these runs prove nothing, or None."""
    return receipt_of(step, {}, runs).fault(required=required_checks(step.name))


def history(step: Step, site: Site) -> list[str]:
    """Say in a few lines what the newest receipt shows. Only looks."""
    with open_ledger(site) as ledger:
        receipt = ledger.read(step.name, committed=step.committed).receipt
    if receipt is None:
        return ["last proof: none"]
    lines = [f"last proof: {receipt.time} UTC, {len(receipt.tests)} tests"]
    for server, counts in zip(receipt.servers, receipt.counts, strict=True):
        where = f"on PostgreSQL {server}: " if server else ""
        lines.append("  " + where + ", ".join(f"{n} {outcome}" for outcome, n in counts.items()))
    lines += [indent(f"failed: {name}: {told}", "  ") for name, told in receipt.failures.items()]
    return lines


def _add(ledger: Ledger, step: Step, receipt: Receipt) -> None:
    newest = ledger.read(step.name, committed=step.committed)
    if newest.trouble or newest.receipt is None or not newest.receipt.same_proof(receipt):
        ledger.append(receipt, committed=step.committed)


def receipt_of(step: Step, inputs: Inputs, runs: Sequence[Run]) -> Receipt:
    """Return the receipt for what was executed, as of now."""
    executed = [frozenset(run.outcomes) for run in runs if not run.checks]
    return Receipt(
        step=step.name,
        time=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        counts=tuple(run.counts for run in runs),
        servers=tuple(run.server for run in runs),
        tests=tuple(sorted(frozenset.intersection(*executed))),
        failures={name: told for run in runs for name, told in run.failures.items()},
        inputs=inputs,
        versions={"python": platform.python_version(), "pytest": version("pytest")},
        chain_begun_because=None,
    )
