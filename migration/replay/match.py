"""A golden demanded of an observation: tokens bound one to one, everything else type-exact.

A token of time is written out for the case's clock and must then be equal to the last character.
An id or a secret is bound to the first value that stands in its place; afterwards the same token
is that value, and no other token of its kind is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migration.replay import opaque
from migration.replay.canonical import Real, Tree
from migration.replay.compare import Comparison, Difference, kind_of
from migration.replay.moments import shown_by_wall
from migration.replay.observation import Observation
from migration.replay.tokens import OPEN, Duration, Moment, Named, Part, Template, Wall, parse

_TYPES = {"int": "integer", "real": "real", "": "text"}
_NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"


def match(golden: Tree, observation: Observation) -> list[Difference]:
    """List where the observation differs from the golden's tree, in the golden's order."""
    return _TokenComparison(observation).differences(golden, observation.tree(), "")


class _TokenComparison(Comparison):
    """A comparison whose expected leaves and keys are templates."""

    def __init__(self, observation: Observation) -> None:
        self.observation = observation
        self.bound: dict[Named, str] = {}

    def learned(self) -> object:
        return dict(self.bound)

    def unlearn(self, known: object) -> None:
        assert isinstance(known, dict)
        self.bound = dict(known)

    def same_leaf(self, expected: Tree, actual: Tree) -> bool:
        if not isinstance(expected, str) or OPEN not in expected:
            return super().same_leaf(expected, actual)
        template = parse(expected)
        if kind_of(actual) != _TYPES[template.type]:
            return False
        return self._binds(template, str(actual))

    def kind_of_expected(self, expected: Tree) -> str:
        return _TYPES[parse(expected).type] if isinstance(expected, str) else kind_of(expected)

    def shown(self, expected: Tree) -> Tree:
        if not isinstance(expected, str):
            return expected
        template = parse(expected)
        text = "".join(
            part if isinstance(part, str) else self._shown(part) for part in template.parts
        )
        if template.type == "int" and text.isdigit():
            return int(text)
        return Real(text) if template.type == "real" and OPEN not in text else text

    def paired_keys(
        self, expected: dict[str, Tree], actual: dict[str, Tree]
    ) -> Iterator[tuple[str | None, str | None]]:
        free = [key for key in actual if key not in expected]
        for wanted in expected:
            if wanted in actual:
                yield wanted, wanted
                continue
            template = parse(wanted)
            partner = next((key for key in free if self._binds(template, key)), None)
            if partner is not None:
                free.remove(partner)
            yield wanted, partner
        for key in free:
            yield None, key

    def _binds(self, template: Template, text: str) -> bool:
        """Say whether `text` fits the template, and bind its tokens when it does."""
        groups: dict[str, Part] = {}
        pattern = "".join(self._pattern(part, groups) for part in template.parts)
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found is None:
            return False
        known = dict(self.bound)
        for group, part in groups.items():
            if not self._fits(part, found[group]):
                self.bound = known
                return False
        return True

    def _pattern(self, part: Part, groups: dict[str, Part]) -> str:
        if isinstance(part, str):
            return re.escape(part)
        if isinstance(part, Moment):
            return re.escape(part.distance.written(self.observation.now))
        if isinstance(part, Named) and part in self.bound:
            return re.escape(self.bound[part])
        for group, other in groups.items():
            if other == part and isinstance(part, Named):
                return f"(?P={group})"
        group = f"token{len(groups)}"
        groups[group] = part
        return f"(?P<{group}>{_unbound(part)})"

    def _fits(self, part: Part, text: str) -> bool:
        if isinstance(part, Wall):
            began, ended = self.observation.began, self.observation.ended
            return shown_by_wall(text, part.format, since=began, until=ended)
        if isinstance(part, Named):
            if any(other == text and _alike(part, named) for named, other in self.bound.items()):
                return False
            self.bound[part] = text
        return True

    def _shown(self, part: Part) -> str:
        if isinstance(part, Moment):
            return part.distance.written(self.observation.now)
        if isinstance(part, Named) and part in self.bound:
            return self.bound[part]
        return f"⟦{part}⟧"


def _unbound(part: Part) -> str:
    if isinstance(part, Named):
        return r"0|[1-9]\d*" if part.kind == "id" else opaque.pattern(part.form)
    return _NUMBER if isinstance(part, Duration) else ".+?"


def _alike(one: Named, other: Named) -> bool:
    """Say whether two names share a space: ids of one table, or secrets of whatever form."""
    return one.kind == other.kind and (one.kind == "secret" or one.form == other.form)
