"""Tuples, lists, dicts and what is taken out of them: by key, by unpacking, round by round.

A container may hold elements that are not known, as long as it is known how many there are.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from migration.sql import values
from migration.sql.choices import Impossible
from migration.sql.tree import Comprehension, names_in
from migration.sql.values import STAND_INS, Frame, Unknown, doubt

if TYPE_CHECKING:
    from migration.sql.evaluate import Evaluator

_KINDS: Mapping[type, Callable[[list[Any]], Any]] = {
    ast.Tuple: tuple,
    ast.List: list,
    ast.Set: tuple,
    ast.ListComp: list,
    ast.SetComp: tuple,
    ast.GeneratorExp: list,
}


class Containers:
    """Evaluates containers for one evaluator; `rounds` says where its comprehensions are."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.rounds: tuple[int, ...] = ()
        self._evaluator = evaluator
        self._elements: dict[Hashable, Any] = {}

    def value(self, node: ast.AST, frame: Frame) -> Any:
        """Return what an expression about containers comes to."""
        match node:
            case ast.Subscript():
                owner = self._evaluator.value(node.value, frame)
                if isinstance(owner, STAND_INS):
                    return self._evaluator.objects.unknown(owner, node)
                return self.chosen(owner, node.slice, frame)
            case ast.Tuple() | ast.List() | ast.Set():
                found = self.in_order(node.elts, frame)
                return found if isinstance(found, Unknown) else _KINDS[type(node)](found)
            case ast.Dict():
                return self._dict(node, frame)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node, frame)
            case ast.Slice():
                parts = (node.lower, node.upper, node.step)
                bounds = [part and self._evaluator.value(part, frame) for part in parts]
                return doubt(bounds) or slice(*bounds)
        return Unknown(f"`{ast.unparse(node)}`", "is not followed", values.WHOLE_TEXTS)

    def chosen(self, owner: Any, written: ast.expr, frame: Frame) -> Any:
        """Look an element up by its key; under an open key each one is an option."""
        key = self._evaluator.value(written, frame)
        unclear = doubt([key])
        if unclear is None:
            try:
                return owner[key]
            except (LookupError, TypeError):
                raise Impossible from None
        place = ("key", self._evaluator.conditions.key(written, frame))
        if isinstance(owner, Mapping):
            # The same open key into two dicts is the same key.
            name = self._evaluator.choices.among(place, list(owner))
            if name not in owner:
                raise Impossible
            return owner[name]
        if isinstance(owner, tuple | list) and not isinstance(written, ast.Slice):
            return self._evaluator.choices.among(place, owner)
        return unclear

    def element(
        self, target: ast.expr, source: ast.expr, name: str, loop: ast.AST, frame: Frame
    ) -> Any:
        """Return what a name of a loop's target holds: in this round, or in any of them."""
        key = ("element", id(loop), frame.key)
        if key not in self._elements:
            options = elements(self._evaluator.value(source, frame))
            if isinstance(options, Unknown):
                return options
            return self.unpacked(target, self._evaluator.choices.among(key, options), name)
        return self.unpacked(target, self._elements[key], name)

    def unpacked(self, target: ast.expr, value: Any, name: str) -> Any:
        """Return what one name of a target holds after the assignment."""
        if isinstance(target, ast.Name) or isinstance(value, Unknown):
            return value
        parts = getattr(target, "elts", [])
        starred = any(isinstance(part, ast.Starred) for part in parts)
        if isinstance(value, tuple | list) and len(parts) == len(value) and not starred:
            for part, each in zip(parts, value, strict=True):
                if name in names_in(part):
                    return self.unpacked(part, each, name)
        return Unknown(f"`{name}`", "is unpacked in a way not followed", values.WHOLE_TEXTS)

    def in_order(self, written: Sequence[ast.expr], frame: Frame) -> list[Any] | Unknown:
        """Return what several expressions come to, one after the other; `*x` is unpacked."""
        found: list[Any] = []
        for element in written:
            if not isinstance(element, ast.Starred):
                found.append(self._evaluator.value(element, frame))
                continue
            inside = elements(self._evaluator.value(element.value, frame))
            if isinstance(inside, Unknown):
                return inside
            found += inside
        return found

    def _dict(self, node: ast.Dict, frame: Frame) -> Any:
        found: dict[Any, Any] = {}
        for key, written in zip(node.keys, node.values, strict=True):
            value = self._evaluator.value(written, frame)
            if key is not None:
                known = self._evaluator.value(key, frame)
                if unclear := doubt([known]):
                    return unclear
                value = {known: value}
            if not isinstance(value, Mapping):
                return self._evaluator.objects.unknown(value, written)
            found |= value
        return found

    def _comprehension(self, node: Comprehension, frame: Frame) -> Any:
        found: list[Any] = []
        written = ast.Tuple([node.key, node.value]) if isinstance(node, ast.DictComp) else node.elt
        stopped = self._go_through(
            node.generators, frame, lambda: found.append(self._evaluator.value(written, frame))
        )
        if stopped is not None:
            return stopped
        if isinstance(node, ast.DictComp):
            return doubt([key for key, _ in found]) or dict(found)
        return _KINDS[type(node)](found)

    def _go_through(
        self,
        generators: Sequence[ast.comprehension],
        frame: Frame,
        at_each: Callable[[], None],
    ) -> Unknown | None:
        """Go through the rounds of a comprehension; return what makes their number unknown."""
        if not generators:
            at_each()
            return None
        generator, *inner = generators
        options = elements(self._evaluator.value(generator.iter, frame))
        if isinstance(options, Unknown):
            return options
        key, rounds = ("element", id(generator), frame.key), self.rounds
        for number, element in enumerate(options):
            self._elements[key], self.rounds = element, (*rounds, number)
            stopped = self._round(generator, inner, frame, at_each)
            del self._elements[key]
            self.rounds = rounds
            if stopped is not None:
                return stopped
        return None

    def _round(
        self,
        generator: ast.comprehension,
        inner: Sequence[ast.comprehension],
        frame: Frame,
        at_each: Callable[[], None],
    ) -> Unknown | None:
        for test in generator.ifs:
            holds = self._evaluator.value(test, frame)
            if isinstance(holds, STAND_INS):
                what = f"`{ast.unparse(test)}`"
                return Unknown(what, "decides how many elements there are", values.FIXED_NUMBER)
            if not holds:
                return None
        return self._go_through(inner, frame, at_each)


def elements(value: Any) -> list[Any] | Unknown:
    """Return what a loop over a value goes through."""
    if isinstance(value, Unknown):
        return replace(value, remedy=values.FIXED_NUMBER)
    if isinstance(value, STAND_INS) or not isinstance(value, Iterable):
        return Unknown("what a loop goes through", "is not known", values.FIXED_NUMBER)
    return list(value)
