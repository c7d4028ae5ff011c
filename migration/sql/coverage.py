"""Whether every statement that the sources can send has been executed on both engines.

What was found (`extract.py`) is held against what was sent (`migration/db/trace.py`), in both
directions: a statement that was sent and not found shows that the search has a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase
from textwrap import shorten

from migration.config import Config, Exclusion
from migration.sql.extract import Extraction, Place, Unresolved, extract
from migration.sql.text import normal

ENGINES = ("sqlite", "postgres")
_WIDTH = 160


@dataclass(frozen=True)
class Statement:
    """A statement in its one spelling, the places where it is written, and why it is excused."""

    sql: str
    places: tuple[Place, ...]
    excluded: str | None = None

    def __str__(self) -> str:
        return f"{self.places[0]}  {shorten(self.sql, _WIDTH, placeholder=' …')}"


@dataclass(frozen=True)
class Inventory:
    """The statements of an application, those left out on purpose included."""

    statements: tuple[Statement, ...]
    unresolved: tuple[Unresolved, ...]
    """Texts that cannot be told; those left out on purpose are not among them."""
    exclusions: tuple[Exclusion, ...]
    idle: tuple[Exclusion, ...]
    """Those exclusions of a place that leave nothing out."""

    @property
    def demanded(self) -> list[Statement]:
        """The statements that have to be executed."""
        return [each for each in self.statements if each.excluded is None]


@dataclass(frozen=True)
class Coverage:
    """What was executed of an inventory, and what is wrong with that."""

    inventory: Inventory
    missing: Mapping[str, tuple[Statement, ...]]
    """Per engine the statements that no case executed."""
    unknown: tuple[str, ...]
    """What was executed and not found in the sources."""
    idle: tuple[Exclusion, ...]

    def problems(self) -> list[str]:
        """Return a line for each thing to mend, empty when everything is covered."""
        inventory = self.inventory
        never = [each for each in inventory.demanded if self._missing_on(each)]
        return [
            *(f"{u.place}  not resolved: {u.why}; {u.remedy}" for u in inventory.unresolved),
            *(f"{each}  [not on {', '.join(self._missing_on(each))}]" for each in never),
            *(f"sent, but not found in the sources: {sql}" for sql in self.unknown),
            *(f"[[sql.exclude]] {e.what} leaves nothing out; remove it" for e in self.idle),
        ]

    def summary(self) -> str:
        """Return the counts in one line."""
        demanded = len(self.inventory.demanded)
        counts = [f"{demanded - len(self.missing[engine])} on {engine}" for engine in ENGINES]
        excluded = len(self.inventory.statements) - demanded
        return (
            f"{demanded} statements: {', '.join(counts)};"
            f" {len(self.inventory.unresolved)} not resolved, {excluded} left out on purpose"
        )

    def _missing_on(self, statement: Statement) -> list[str]:
        return [engine for engine in ENGINES if statement in self.missing[engine]]


def take_inventory(config: Config) -> Inventory:
    """Find the statements in the sources of a project; raise SourceError like `extract`."""
    found = extract(config.root, config.app.sources, config.sql.door)
    return sort_out(found, config.sql.exclude)


def sort_out(found: Extraction, exclusions: Sequence[Exclusion]) -> Inventory:
    """Put the texts that are the same statement together and apply the exclusions."""
    places: dict[tuple[str, str | None], list[Place]] = {}
    for text in found.texts:
        sql = normal(text.sql)
        reason = _reason(exclusions, place=text.place, sql=sql)
        where = places.setdefault((sql, reason), [])
        if text.place not in where:
            where.append(text.place)
    statements = [Statement(sql, tuple(each), why) for (sql, why), each in places.items()]
    everywhere = [
        *(place for each in places.values() for place in each),
        *(each.place for each in found.unresolved),
    ]
    return Inventory(
        tuple(sorted(statements, key=lambda each: (each.places, each.sql))),
        tuple(u for u in found.unresolved if _reason(exclusions, place=u.place) is None),
        tuple(exclusions),
        tuple(
            each
            for each in exclusions
            if each.place and not any(_lies_in(place, each.place) for place in everywhere)
        ),
    )


def judge(inventory: Inventory, executed: Mapping[str, Set[str]]) -> Coverage:
    """Hold an inventory against the statements, in their one spelling, sent to each engine."""
    known = {statement.sql for statement in inventory.statements}
    sent = set().union(*executed.values())
    excused = [each for each in inventory.exclusions if each.text]
    unknown = [
        sql for sql in sorted(sent - known) if _reason(inventory.exclusions, sql=sql) is None
    ]
    return Coverage(
        inventory,
        {
            engine: tuple(
                each
                for each in inventory.demanded
                if each.sql not in executed.get(engine, frozenset())
            )
            for engine in ENGINES
        },
        tuple(unknown),
        (
            *inventory.idle,
            *(e for e in excused if not any(fnmatchcase(sql, e.text) for sql in sent | known)),
        ),
    )


def _reason(
    exclusions: Iterable[Exclusion], *, sql: str | None = None, place: Place | None = None
) -> str | None:
    """Return why something is left out on purpose, None when it is not."""
    for each in exclusions:
        if place is not None and each.place and _lies_in(place, each.place):
            return each.reason
        if sql is not None and each.text and fnmatchcase(sql, each.text):
            return each.reason
    return None


def _lies_in(place: Place, wanted: str) -> bool:
    """Say whether a place is in a file, below a folder, or in a function `file:name`."""
    file, _, function = wanted.partition(":")
    if function and f"{place.function}.".partition(f"{function}.")[0]:
        return False
    return place.file == file or (not function and place.file.startswith(f"{file.rstrip('/')}/"))
