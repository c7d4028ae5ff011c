"""One receipt: what a suite executed, on what inputs, when and with which versions.

Receipts of a step form a chain: each link hashes the receipt together with the link before it.
The chain shows carelessness and accidents, not forgery; whoever can run the tool can also write a
correct link, which is why `gate --reprove` runs the suites again. Chains are kept by `store.py`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

FORMAT = 1
"""Version of what is hashed, and how; receipts of another format count as edited."""

PASSED = "passed"


@dataclass(frozen=True)
class Run:
    """One run of a suite: outcome by test name, and the PostgreSQL server it met."""

    outcomes: Mapping[str, str]
    """Test name to passed, failed, error, skipped, xfailed, xpassed or deselected."""
    failures: Mapping[str, str]
    """Test name to what its failure says; the first line is the headline."""
    server: str | None
    checks: tuple[str, ...] = ()
    """The checks that were asked for; empty for the whole suite."""

    @property
    def counts(self) -> dict[str, int]:
        """How often each outcome occurred."""
        outcomes = list(self.outcomes.values())
        return {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}


@dataclass(frozen=True)
class Receipt:
    """What the suite of a step executed; `fault` says why it proves nothing, if it does not."""

    step: str
    time: str
    counts: tuple[Mapping[str, int], ...]
    """Outcomes counted, one mapping a run of the suite."""
    servers: tuple[str | None, ...]
    """The PostgreSQL server that each run met."""
    tests: tuple[str, ...]
    """Names of the tests that every run of the whole suite executed."""
    failures: Mapping[str, str]
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    chain_begun_because: str | None
    """Why the chain before this receipt was given up."""
    format: int = FORMAT

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; TypeError or KeyError when it is no receipt."""
        lists = {key: tuple(values[key]) for key in ("counts", "servers", "tests")}
        return cls(**{**values, **lists})

    def to_json(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """The hash of everything in the receipt."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def same_proof(self, other: "Receipt") -> bool:
        """Say whether both prove the same of the same, at whatever time."""
        mine, theirs = self.to_json(), other.to_json()
        for values in (mine, theirs):
            del values["time"], values["versions"], values["chain_begun_because"]
        return mine == theirs

    def fault(self, *, required: frozenset[str]) -> str | None:
        """Return why this receipt is no proof, or None.

        `required` are the names of the packaged checks, which must all have been executed.
        """
        if self.failures:
            name, told = next(iter(self.failures.items()))
            more = f" (and {len(self.failures) - 1} more)" if len(self.failures) > 1 else ""
            return f"{name} failed: {told.splitlines()[0]}{more}"
        if not self.counts or not all(counts.get(PASSED, 0) for counts in self.counts):
            return "no test was executed"
        for counts in self.counts:
            other = ", ".join(
                f"{n} {outcome}" for outcome, n in counts.items() if outcome != PASSED
            )
            if other:
                return f"not every test passed: {other}"
        missing = sorted(required - {function_name(test) for test in self.tests})
        return f"checks of the suite were not executed: {', '.join(missing)}" if missing else None


def function_name(test: str) -> str:
    """Return the function of a test such as `test_rows[pet]`."""
    return test.partition("[")[0]


@dataclass(frozen=True)
class Link:
    """One receipt's place in the chain of its step."""

    time: str
    digest: str
    hash: str


@dataclass(frozen=True)
class Chain:
    """The links of a step from the first to the newest, and the newest receipt in full."""

    receipt: Receipt
    links: tuple[Link, ...]

    def fault(self) -> str | None:
        """Return where content and hashes disagree, or None."""
        if self.receipt.format != FORMAT:
            return f"the receipt has format {self.receipt.format}, this tool writes {FORMAT}"
        if not self.links or self.links[-1].digest != self.receipt.digest:
            return "the receipt was edited: its content does not match its hash"
        previous = ""
        for link in self.links:
            if link.hash != _chained(previous, link.digest):
                return f"the chain of receipts is broken at the one of {link.time}"
            previous = link.hash
        return None


def begin(receipt: Receipt) -> Chain:
    """Return a chain of one receipt."""
    return Chain(receipt, (_link(receipt, previous=""),))


def extend(chain: Chain, receipt: Receipt) -> Chain:
    """Return the chain with one more receipt."""
    return Chain(receipt, (*chain.links, _link(receipt, previous=chain.links[-1].hash)))


def _link(receipt: Receipt, *, previous: str) -> Link:
    return Link(receipt.time, receipt.digest, _chained(previous, receipt.digest))


def _chained(previous: str, digest: str) -> str:
    return hashlib.sha256(f"{previous}\n{digest}".encode()).hexdigest()
