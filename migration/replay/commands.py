"""What `python -m migration record`, `accept` and `review` do; the command line is `cli.py`.

`record` only ever leaves pending goldens (`record.py`, `pending.py`). `accept` and `review` move
them, and are the only way a golden changes.
"""

from __future__ import annotations

import getpass
import logging
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

import click

from migration.config import Config
from migration.errors import UsageError
from migration.replay import pending
from migration.replay.candidate import Candidate, postgres_candidate
from migration.replay.cases import Case, load
from migration.replay.errors import GoldenError
from migration.replay.goldens import check_names
from migration.replay.pending import Pending
from migration.replay.record import Outcome, Recording
from migration.replay.recorders import Recorders


class Progress(Protocol):
    """Told of each case once it is recorded."""

    def __call__(self, outcome: Outcome, *, done: int, total: int) -> None:
        """Show that `done` of `total` cases are through, this one last."""


@dataclass(frozen=True)
class Recorded:
    """What came of a run of `record`; its text is the last line to print."""

    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> list[Outcome]:
        """The cases that may not be accepted, each with its report."""
        return [outcome for outcome in self.outcomes if outcome.state == "failed"]

    @property
    def waiting(self) -> list[Outcome]:
        """The cases that may be accepted."""
        return [outcome for outcome in self.outcomes if outcome.state == "pending"]

    def __str__(self) -> str:
        unchanged = len(self.outcomes) - len(self.failed) - len(self.waiting)
        return f"{unchanged} unchanged, {len(self.waiting)} to accept, {len(self.failed)} failed"


def record(
    config: Config,
    cases: Sequence[str] = (),
    progress: Progress | None = None,
    *,
    candidate: Candidate = postgres_candidate,
) -> Recorded:
    """Record the named cases (ids, domains or patterns), or all; leave what may be accepted.

    A case that fails says so in its outcome and stops nothing.
    """
    known = load(config.replay.cases)
    check_names(known)
    chosen = _chosen_cases(known, cases)
    if not cases:
        pending.forget_full_run(config)
    outcomes: list[Outcome] = []
    with (
        _application_logs_unheard(),
        closing(Recorders(config)) as recorders,
        candidate(config) as player,
    ):
        recording = Recording(config, recorders, player)
        for case in chosen:
            outcomes.append(recording.record(case))
            if progress is not None:
                progress(outcomes[-1], done=len(outcomes), total=len(chosen))
    recorded = Recorded(tuple(outcomes))
    if not cases and not recorded.failed:
        pending.note_full_run(config, known, recording.inputs)
    return recorded


@contextmanager
def _application_logs_unheard() -> Iterator[None]:
    """Keep what the application logs while it is played off the terminal; outcomes say enough.

    Logs go to standard error only where nobody handles them.
    """
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def accept(
    config: Config,
    names: Sequence[str],
    reason: str,
    author: str = "",
    *,
    new: bool = False,
    removed: bool = False,
) -> list[str]:
    """Accept pending goldens by case id or pattern, and return the ids of what was accepted.

    `new` adds every golden of a case that had none; `removed` takes away the goldens of cases that
    are gone, after a full recording. Without an author it is whoever git says. Raises
    `GoldenError` when one of them is out of date, and then accepts none.
    """
    if not reason.strip():
        raise UsageError("accepting goldens", "there is no reason", 'give one: --reason "…"')
    author = author or author_of(config.root)
    chosen = _chosen_pending(pending.waiting(config), names, new=new)
    pending.accept_pending(config, chosen, reason=reason, author=author)
    gone = pending.accept_removed(config, reason=reason, author=author) if removed else []
    return [*(one.case for one in chosen), *gone]


def review(
    config: Config, author: str = "", *, ask: Callable[[str], str] | None = None
) -> list[str]:
    """Show what waits, one change at a time, and accept what is given a reason.

    Cases that change in the same way are one question. `ask` is given the question and returns a
    reason, or nothing to leave the change waiting; without it the terminal is asked.
    """
    ask = ask or _ask
    accepted: list[str] = []
    groups = grouped(pending.waiting(config))
    for number, (change, members) in enumerate(groups.items(), 1):
        click.echo(f"\n{number} of {len(groups)}, in {len(members)} cases:")
        for line in (*change, *(f"  {one.case}" for one in members)):
            click.echo(line)
        reason = ask("Reason to accept it (nothing: leave it waiting)")
        if reason.strip():
            names = [one.case for one in members]
            accepted += accept(config, names, reason, author)
    return accepted


def grouped(waiting: Sequence[Pending]) -> dict[tuple[str, ...], list[Pending]]:
    """Put together what changes in the same way; new goldens go by their route."""
    groups: dict[tuple[str, ...], list[Pending]] = {}
    for one in waiting:
        change = one.differences if one.replaces else (f"new: {one.case.partition(': ')[0]}",)
        groups.setdefault(change, []).append(one)
    return groups


def author_of(folder: Path) -> str:
    """Return the name that git would write under a commit here, or the user's."""
    told = subprocess.run(
        ["git", "config", "user.name"], cwd=folder, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or getpass.getuser()


def _chosen_cases(known: Sequence[Case], names: Sequence[str]) -> list[Case]:
    chosen = [
        case
        for case in known
        if not names or any(case.domain == name or _is_meant(case.id, name) for name in names)
    ]
    if not known:
        raise UsageError("recording", "there are no cases", "write some where `cases` points to")
    if not chosen:
        raise UsageError(
            "recording", f"no case is named {', '.join(names)}", "name cases, domains or patterns"
        )
    return chosen


def _chosen_pending(
    waiting: Sequence[Pending], names: Sequence[str], *, new: bool
) -> list[Pending]:
    for name in names:
        if not any(_is_meant(one.case, name) for one in waiting):
            raise GoldenError(
                f"accepting {name}",
                "nothing waits under this name",
                f'`python -m migration record "{name}"` says why',
            )
    return [
        one
        for one in waiting
        if (new and one.replaces is None) or any(_is_meant(one.case, name) for name in names)
    ]


def _is_meant(case: str, name: str) -> bool:
    return case == name or fnmatchcase(case, name)


def _ask(question: str) -> str:
    return str(click.prompt(question, default="", show_default=False))
