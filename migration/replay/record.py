"""Recording a case: twice on the reference, once on the candidate, and what may come of it.

Nothing here writes a golden. A recording that passes every gate, on which both reference runs and
the candidate agree, is left as pending bytes (`pending.py`); anything else is told and left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from migration.config import Config
from migration.errors import MigrationError
from migration.replay import pending
from migration.replay.canonical import Tree, read
from migration.replay.cases import Case
from migration.replay.compare import Difference, compare
from migration.replay.errors import RecordingRefused
from migration.replay.explain import explain, summary
from migration.replay.gates import demand
from migration.replay.goldens import Goldens, golden_bytes, golden_tree, shown
from migration.replay.known import load_known, unexcused
from migration.replay.masks import demand_substance
from migration.replay.match import match
from migration.replay.observation import Observation
from migration.replay.opaque import same_but_for_chance
from migration.replay.play import Player
from migration.replay.recorders import Recorders
from migration.replay.routes import load_table
from migration.replay.unify import unify

_MEND_CANDIDATE = (
    "The recordings on SQLite agree with each other, PostgreSQL does not agree with them:\n"
    "mend the application or the conversion. Nothing can be accepted until they agree."
)


@dataclass(frozen=True)
class Outcome:
    """What came of recording a case; `reference` is there once it could be played."""

    case: Case
    state: Literal["unchanged", "pending", "failed"]
    report: str
    reference: Observation | None = None


class Recording:
    """Everything that recording needs beside the case, read once."""

    def __init__(self, config: Config, recorders: Recorders, candidate: Player) -> None:
        self.config = config
        self.inputs: Mapping[str, str] = pending.recording_inputs(config)
        self._recorders = recorders
        self._candidate = candidate
        self._routes = load_table(config.replay.routes)
        self._known = load_known(config.replay.known_differences)

    def record(self, case: Case) -> Outcome:
        """Record a case and leave its golden pending when everybody agrees."""
        reference: Observation | None = None
        try:
            reference, second = self._recorders.play(case)
            demand(case, reference, self._routes)
            golden = _golden(case, reference, second)
            observed = self._candidate.play(case)
            differences = unexcused(case, match(shown(golden), observed), self._known)
            if not differences:
                return self._kept(case, golden, reference)
            report = explain(
                case, differences, observed, reference=reference, after=_MEND_CANDIDATE
            )
        except MigrationError as error:
            report = str(error)
        pending.discard(self.config, case)
        return Outcome(case, "failed", report, reference)

    def _kept(self, case: Case, golden: Tree, reference: Observation) -> Outcome:
        data, path = golden_bytes(golden), Goldens(self.config.replay.goldens).path(case)
        current = path.read_text("utf-8") if path.exists() else None
        if current is not None and same_but_for_chance(current, data.decode()):
            pending.discard(self.config, case)
            return Outcome(case, "unchanged", "the golden is as it was", reference)
        differences = [] if current is None else _changes(current, golden)
        pending.leave(
            self.config,
            case,
            data,
            inputs=self.inputs,
            differences=[summary(found) for found in differences],
        )
        return Outcome(case, "pending", _how_to_accept(case), reference)


def _golden(case: Case, first: Observation, second: Observation) -> Tree:
    """Unify two recordings; refuse a golden that would not fit the recordings it is made of."""
    golden = golden_tree(case, unify(first, second, durations=tuple(case.durations)))
    demand_substance(case, golden)
    for observation in (first, second):
        unfit = match(shown(golden), observation)
        if unfit:
            raise RecordingRefused(
                f"recording {case.id}",
                f"its golden does not fit its own recording: {summary(unfit[0])}",
                "report this: a token was made that cannot be matched again",
            )
    return golden


def _changes(current: str, golden: Tree) -> Sequence[Difference]:
    try:
        return compare(read(current), golden)
    except ValueError:  # a golden edited by hand need not even be JSON
        return [Difference("", "value", current, golden)]


def _how_to_accept(case: Case) -> str:
    return (
        "Both recordings on SQLite and PostgreSQL agree on the new answer. If it is meant:\n"
        f'python -m migration accept "{case.id}" --reason "…"\n'
        "or look at all that waits, one by one: python -m migration review"
    )
