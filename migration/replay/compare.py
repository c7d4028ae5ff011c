"""What "the same" means for two trees: same types, same keys, same values, same order.

1, 1.0, true, "1", null and "" are six different values. Two lists that hold the same items in
another order are told apart from lists that hold other items. `match.py` builds on this with
tokens in the expected tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migration.replay.canonical import Real, Tree
from migration.replay.paths import below, is_row_list

# Pairing the items of two lists costs their product; longer lists are compared by position.
_LONGEST_TO_PAIR = 400


@dataclass(frozen=True)
class Difference:
    """One place where two trees differ.

    `kind` is value, type, order, missing (expected and not there) or extra (there and not
    expected); the absent side of the last two is None.
    """

    path: str
    kind: str
    expected: Tree
    actual: Tree


def compare(expected: Tree, actual: Tree) -> list[Difference]:
    """List where `actual` differs from `expected`, in the order of `expected`."""
    return Comparison().differences(expected, actual, "")


def kind_of(tree: Tree) -> str:
    """Name the JSON type of a tree; whole and other numbers are two types."""
    names = {
        bool: "boolean",
        int: "integer",
        Real: "real",
        str: "text",
        list: "list",
        dict: "object",
    }
    return names.get(type(tree), "null")


class Comparison:
    """A walk over two trees; subclasses may let a leaf or a key of the expected side be a token."""

    def differences(self, expected: Tree, actual: Tree, path: str) -> list[Difference]:
        """List the differences below `path`."""
        if isinstance(expected, dict) and isinstance(actual, dict):
            return list(self._of_objects(expected, actual, path))
        if isinstance(expected, list) and isinstance(actual, list):
            return self._of_lists(expected, actual, path)
        if self.same_leaf(expected, actual):
            return []
        kind = "value" if self.kind_of_expected(expected) == kind_of(actual) else "type"
        return [Difference(path, kind, self.shown(expected), actual)]

    def same_leaf(self, expected: Tree, actual: Tree) -> bool:
        """Say whether two leaves are the same; a type that differs makes them differ."""
        return type(expected) is type(actual) and expected == actual

    def kind_of_expected(self, expected: Tree) -> str:
        """Name the JSON type that an expected leaf asks for."""
        return kind_of(expected)

    def shown(self, expected: Tree) -> Tree:
        """Return the expected leaf as a reader should see it."""
        return expected

    def paired_keys(
        self, expected: dict[str, Tree], actual: dict[str, Tree]
    ) -> Iterator[tuple[str | None, str | None]]:
        """Yield which key of one object answers which of the other, None where nothing does."""
        for key in expected:
            yield key, key if key in actual else None
        for key in actual:
            if key not in expected:
                yield None, key

    def is_set(self, path: str) -> bool:
        """Say whether the order of the list at `path` carries no meaning."""
        return is_row_list(path)

    def learned(self) -> object:
        """Return what was learned about tokens so far, to fall back on."""
        return None

    def unlearn(self, known: object) -> None:
        """Fall back on what `learned` returned."""

    def _of_objects(
        self, expected: dict[str, Tree], actual: dict[str, Tree], path: str
    ) -> Iterator[Difference]:
        for wanted, found in self.paired_keys(expected, actual):
            if wanted is None and found is not None:
                yield Difference(below(path, found), "extra", None, actual[found])
            elif wanted is not None and found is None:
                yield Difference(below(path, wanted), "missing", expected[wanted], None)
            elif wanted is not None and found is not None:
                yield from self.differences(expected[wanted], actual[found], below(path, found))

    def _of_lists(self, expected: list[Tree], actual: list[Tree], path: str) -> list[Difference]:
        known = self.learned()
        found = self._by_position(expected, actual, path)
        if not found or max(len(expected), len(actual)) > _LONGEST_TO_PAIR:
            return found
        self.unlearn(known)
        missing, extra = self._without_partner(expected, actual)
        if not missing and not extra:
            return [] if self.is_set(path) else [Difference(path, "order", expected, actual)]
        if len(expected) != len(actual):
            return [
                *(Difference(f"{path}[{n}]", "missing", expected[n], None) for n in missing),
                *(Difference(f"{path}[{n}]", "extra", None, actual[n]) for n in extra),
            ]
        self.unlearn(known)
        return self._by_position(expected, actual, path)

    def _by_position(
        self, expected: Sequence[Tree], actual: Sequence[Tree], path: str
    ) -> list[Difference]:
        found: list[Difference] = []
        for number, (wanted, item) in enumerate(zip(expected, actual, strict=False)):
            found += self.differences(wanted, item, f"{path}[{number}]")
        shorter = min(len(expected), len(actual))
        for number, wanted in enumerate(expected[shorter:], shorter):
            found.append(Difference(f"{path}[{number}]", "missing", wanted, None))
        for number, item in enumerate(actual[shorter:], shorter):
            found.append(Difference(f"{path}[{number}]", "extra", None, item))
        return found

    def _without_partner(
        self, expected: Sequence[Tree], actual: Sequence[Tree]
    ) -> tuple[list[int], list[int]]:
        """Pair equal items wherever they stand; return the numbers of those left over."""
        missing, free = [], list(range(len(actual)))
        for number, wanted in enumerate(expected):
            same_place = [number] if number in free else []  # the likely partner
            candidates = [*same_place, *(place for place in free if place != number)]
            partner = next((n for n in candidates if self._are_same(wanted, actual[n])), None)
            if partner is None:
                missing.append(number)
            else:
                free.remove(partner)
        return missing, free

    def _are_same(self, expected: Tree, actual: Tree) -> bool:
        known = self.learned()
        found = self.differences(expected, actual, "")
        if found:
            self.unlearn(known)
        return not found
