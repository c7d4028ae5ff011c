"""Two recordings of one case become one golden.

The recordings differ in clock, ids, hash seed and random source, and in nothing else. What is
equal in both is literal; what moved with the clock, was handed out by a table or is a secret
becomes a token (`tokens.py`); anything else stops here with the name of the field.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from migration.replay import opaque
from migration.replay.canonical import Real, Tree
from migration.replay.errors import Nondeterminism
from migration.replay.moments import distance, epoch_distance, wall_format
from migration.replay.names import Names
from migration.replay.observation import Observation
from migration.replay.paths import below, field_of, is_row_list
from migration.replay.segments import parts_of, splits
from migration.replay.tokens import Duration, Moment, Part, Wall, spell

_SHOWN_BEFORE, _SHOWN_AFTER = 40, 80
_WHOLE = re.compile(r"0|[1-9][0-9]*")
_REMEDY = (
    "make the application's answer depend on its clock, its ids and its data alone; "
    "a measured time can be declared under `durations` in the case file"
)


def unify(first: Observation, second: Observation, *, durations: Collection[str] = ()) -> Tree:
    """Return the tree that both observations agree on, tokens where they may differ.

    `durations` are the fields, as `field_of` writes them, that hold a measured time. Raise
    `Nondeterminism` for the first field that differs otherwise.
    """
    return _Unifier(first, second, durations).tree(first.tree(), second.tree(), "")


class _Unifier:
    """A walk over both trees that learns which value of one is which of the other."""

    def __init__(self, first: Observation, second: Observation, durations: Collection[str]) -> None:
        self.first = first
        self.second = second
        self.durations = durations
        self.names = Names(first.counters, second.counters)

    def tree(self, a: Tree, b: Tree, path: str) -> Tree:
        if isinstance(a, int | Real) and field_of(path) in self.durations:
            return self._duration(a, b, path)
        if isinstance(a, dict) and isinstance(b, dict):
            return self._object(a, b, path)
        if isinstance(a, list) and isinstance(b, list):
            return self._list(a, b, path)
        if isinstance(a, str) and isinstance(b, str):
            return spell(self._text(a, b, path))
        if type(a) is not type(b):
            raise self._unlike(path, a, b, "the type differs")
        if a == b:
            return a
        if isinstance(a, int | Real) and not isinstance(a, bool):
            return self._number(str(a), str(b), path, type=_TYPES[type(a)])
        raise self._unlike(path, a, b, "the value differs")

    # Containers

    def _object(self, a: dict[str, Tree], b: dict[str, Tree], path: str) -> Tree:
        if a.keys() == b.keys():
            return {spell([key]): self.tree(a[key], b[key], below(path, key)) for key in sorted(a)}
        if len(a) != len(b):
            raise self._unlike(path, [*sorted(a)], [*sorted(b)], "the keys differ")
        # Dates and ids among the keys keep their order when they move together.
        pairs = zip(_by_length(a), _by_length(b), strict=True)
        return {
            spell(self._text(key, other, f"{path} (a key)")): self.tree(
                a[key], b[other], below(path, key)
            )
            for key, other in pairs
        }

    def _list(self, a: list[Tree], b: list[Tree], path: str) -> Tree:
        if len(a) != len(b):
            raise self._unlike(path, len(a), len(b), "the number of items differs")
        if is_row_list(path):
            return self._rows(a, list(b), path)
        return [
            self.tree(one, other, f"{path}[{number}]")
            for number, (one, other) in enumerate(zip(a, b, strict=True))
        ]

    def _rows(self, a: list[Tree], free: list[Tree], path: str) -> Tree:
        """Pair rows that agree; rows with a random key stand in another order in each recording."""
        rows: list[Tree] = []
        for number, row in enumerate(a):
            place = f"{path}[{number}]"
            for candidate, other in enumerate(free):
                unified = self._attempt(row, other, place)
                if unified is not None:
                    rows.append(unified)
                    del free[candidate]
                    break
            else:
                rows.append(self.tree(row, free[0], place))
        return rows

    def _attempt(self, a: Tree, b: Tree, path: str) -> Tree:
        known = self.names.copy()
        try:
            return self.tree(a, b, path)
        except Nondeterminism:
            self.names = known
            return None

    # Leaves

    def _duration(self, a: Tree, b: Tree, path: str) -> Tree:
        if type(a) is not type(b) or isinstance(a, bool):
            raise self._unlike(path, a, b, "a duration is a number of one type")
        return spell([Duration()], type=_TYPES[type(a)])

    def _number(self, a: str, b: str, path: str, *, type: str) -> Tree:
        part = self._id(a, b) if type == "int" else None
        part = part or self._epoch(a, b)
        if part is None:
            raise self._unlike(path, a, b, "the number differs")
        return spell([part], type=type)

    def _text(self, a: str, b: str, path: str) -> list[Part]:
        known = self.names.copy()
        for ours, theirs in splits(a, b):
            found = [self._piece(one, other) for one, other in zip(ours, theirs, strict=True)]
            if None not in found:
                return [part for parts in found for part in parts or ()]
            self.names = known.copy()
        raise self._unlike(path, *_around_difference(a, b), "the text differs")

    def _piece(self, a: str, b: str) -> list[Part] | None:
        wall = self._wall(a, b)
        if a == b:
            return [wall or a]
        moved = distance(a, b, now=self.first.now, later=self.second.now)
        if moved is not None:
            return [Moment(moved)]
        part = wall or self._id(a, b) or self._epoch(a, b) or self._secret(a, b)
        return [part] if part is not None else self._parts_of_word(a, b)

    def _parts_of_word(self, a: str, b: str) -> list[Part] | None:
        ours, theirs = parts_of(a), parts_of(b)
        if len(ours) != len(theirs) or len(ours) == 1:
            return None
        parts: list[Part] = []
        for one, other in zip(ours, theirs, strict=True):
            found = self._piece(one, other)
            if found is None:
                return None
            parts += found
        return parts

    def _wall(self, a: str, b: str) -> Part | None:
        format = wall_format(a, since=self.first.began, until=self.first.ended)
        if format and format == wall_format(b, since=self.second.began, until=self.second.ended):
            return Wall(format)
        return None

    def _id(self, a: str, b: str) -> Part | None:
        if _WHOLE.fullmatch(a) and _WHOLE.fullmatch(b):
            return self.names.id(int(a), int(b))
        return None

    def _epoch(self, a: str, b: str) -> Part | None:
        if not all(_is_number(text) for text in (a, b)):
            return None
        moved = epoch_distance(a, b, now=self.first.now, later=self.second.now)
        return Moment(moved) if moved else None

    def _secret(self, a: str, b: str) -> Part | None:
        form = opaque.shared_form(a, b)
        return self.names.secret(a, b, form) if form else None

    def _unlike(self, path: str, a: Tree, b: Tree, why: str) -> Nondeterminism:
        return Nondeterminism(
            f"recording {self.first.case} twice, at {path}", f"{why}: {a!r} against {b!r}", _REMEDY
        )


_TYPES = {int: "int", Real: "real"}


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


def _around_difference(a: str, b: str) -> tuple[str, str]:
    """Cut two texts down to where they begin to differ."""
    pairs = enumerate(zip(a, b, strict=False))
    same = next((place for place, (x, y) in pairs if x != y), min(len(a), len(b)))
    start = max(0, same - _SHOWN_BEFORE)
    return a[start : same + _SHOWN_AFTER], b[start : same + _SHOWN_AFTER]


def _by_length(keys: Collection[str]) -> list[str]:
    return sorted(keys, key=lambda key: (len(key), key))
