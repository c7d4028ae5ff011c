"""Every way in which something can come out, where some of the choices on the way are open.

A text that is built from parts has a variant for every way through the code. Instead of carrying
all of them through each operation, one way is followed at a time: whoever meets an open choice
asks `Choices.among`, and `ways` repeats the whole until every answer has been given.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class Impossible(Exception):
    """The choices made so far contradict each other; the way leads nowhere."""


class Choices:
    """The choices along one way; the same key is answered alike each time."""

    def __init__(self, prescribed: Sequence[int]) -> None:
        self._prescribed = prescribed
        self._made: dict[Hashable, Any] = {}
        self.trail: list[tuple[int, int]] = []
        """Per open choice which option was taken, of how many."""

    def among(self, key: Hashable, options: Sequence[T]) -> T:
        """Return one of the options; raise `Impossible` when there is none."""
        if key not in self._made:
            self._made[key] = self._next(options)
        chosen: T = self._made[key]
        return chosen

    def settle(self, key: Hashable, value: object) -> None:
        """Make a choice that is not open; raise `Impossible` when it was made otherwise."""
        if self._made.setdefault(key, value) != value:
            raise Impossible

    def _next(self, options: Sequence[T]) -> T:
        if not options:
            raise Impossible
        if len(options) == 1:
            return options[0]
        place = len(self.trail)
        index = self._prescribed[place] if place < len(self._prescribed) else 0
        self.trail.append((index, len(options)))
        return options[index]


def ways(follow: Callable[[Choices], T]) -> Iterator[T]:
    """Yield what `follow` returns for every way that is possible."""
    prescribed: list[int] | None = []
    while prescribed is not None:
        choices = Choices(prescribed)
        with suppress(Impossible):
            yield follow(choices)
        prescribed = _following(choices.trail)


def _following(trail: Sequence[tuple[int, int]]) -> list[int] | None:
    """Return the next way's first choices: the last one that has another option is changed."""
    for place in reversed(range(len(trail))):
        index, count = trail[place]
        if index + 1 < count:
            return [*(taken for taken, _ in trail[:place]), index + 1]
    return None
