"""Collecting everything that a database asks for in vain, so that one run names it all."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from migration.schema.errors import Refusal, Untranslatable
from migration.schema.scope import Unresolved

One = TypeVar("One")
Made = TypeVar("Made")
Told = tuple[str, str]
"""What is tried, and what to do where it cannot be done."""


class Refusals:
    """The refusals of one database in the order in which they were met."""

    def __init__(self) -> None:
        self.found: list[Refusal] = []

    def add(self, what: str, why: str, remedy: str) -> None:
        """Note a refusal."""
        self.found.append(Refusal(what, why, remedy))

    def attempt(self, told: Told, make: Callable[[], Made]) -> Made | None:
        """Make one thing; None where it is refused, or hangs on what is refused already."""
        try:
            return make()
        except Unresolved:
            return None
        except Untranslatable as error:
            self.add(told[0], str(error), told[1])
            return None

    def each(
        self, things: Iterable[One], make: Callable[[One], Made], told: Callable[[One], Told]
    ) -> Iterator[Made]:
        """Make one thing of each, leaving out what is refused."""
        for thing in things:
            try:
                yield make(thing)
            except Unresolved:
                continue
            except Untranslatable as error:
                what, remedy = told(thing)
                self.add(what, str(error), remedy)
