"""Masks that hide too much, or nothing.

A token of time or identity is still checked; a secret or a duration is not. An answer of which
nothing else is left proves nothing, unless the case goes on to use what it captured there, or gives
a reason; and a mask that a case declares but does not need would hide tomorrow's change.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from migration.replay.canonical import Tree
from migration.replay.cases import Case
from migration.replay.errors import RecordingRefused
from migration.replay.paths import exchange_of, field_of, leaves
from migration.replay.tokens import OPEN, Duration, Named, parse

_BODY = re.compile(r"exchanges\[\d+\]\.answer\.(?:json|text|lines|archive|pdf|sha256)")


def demand_substance(case: Case, golden: Tree) -> None:
    """Raise `RecordingRefused` for an answer that is all mask, and for a mask without a use."""
    reasons = list(_reasons(case, golden))
    if reasons:
        raise RecordingRefused(
            f"recording {case.id}",
            "; ".join(reasons),
            "list a field under `masked` or `durations` of the case with a reason where it is"
            " right, and nowhere else",
        )


def _reasons(case: Case, golden: Tree) -> Iterator[str]:
    hidden = set(_hidden_bodies(golden))
    unused = {field_of(body) for body in hidden if not _is_captured(body, case)}
    for field in sorted(unused - set(case.masked)):
        yield f"nothing but tokens is left of {field}"
    for field in sorted(set(case.masked) - set(map(field_of, hidden))):
        yield f"{field} is listed under `masked` and is not hidden"
    for field in sorted(set(case.durations) - set(_durations(golden))):
        yield f"{field} is listed under `durations` and is not there"


def _hidden_bodies(golden: Tree) -> Iterator[str]:
    bodies: dict[str, list[Tree]] = defaultdict(list)
    for path, leaf in leaves(golden):
        found = _BODY.match(path)
        if found:
            bodies[found[0]].append(leaf)
    return (body for body, inside in bodies.items() if all(map(_is_hidden, inside)))


def _is_captured(body: str, case: Case) -> bool:
    number = exchange_of(body)
    return number is not None and bool(case.steps[number].capture)


def _is_hidden(leaf: Tree) -> bool:
    return (
        isinstance(leaf, str)
        and OPEN in leaf
        and all(
            isinstance(part, Duration) or (isinstance(part, Named) and part.kind == "secret")
            for part in parse(leaf).parts
        )
    )


def _durations(golden: Tree) -> Iterator[str]:
    for path, leaf in leaves(golden):
        if isinstance(leaf, str) and OPEN in leaf and Duration() in parse(leaf).tokens:
            yield field_of(path)
