"""Which way the code goes: conditions that are known, and those that leave both ways open.

An open condition is one choice, however often it is asked, as long as nothing in it can change in
between. What comes after an `if` that returns knows that it did not.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from migration.sql.choices import Impossible
from migration.sql.tree import COMPREHENSIONS, changed_in_place, own_nodes
from migration.sql.values import STAND_INS, Frame

if TYPE_CHECKING:
    from migration.sql.evaluate import Evaluator

_TURNED = {ast.NotEq: " == ", ast.IsNot: " is ", ast.NotIn: " in "}


class Conditions:
    """Decides conditions for one evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def decide(self, test: ast.expr, frame: Frame) -> bool:
        """Say whether a condition holds; where that is open, it is a choice."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.decide(operand, frame)
            case ast.BoolOp(op=ast.And(), values=parts):
                return all(self.decide(part, frame) for part in parts)
            case ast.BoolOp(op=ast.Or(), values=parts):
                return any(self.decide(part, frame) for part in parts)
        known = self._evaluator.value(test, frame)
        if not isinstance(known, STAND_INS):
            return bool(known)
        key, turned = self._key(test, frame)
        return self._evaluator.choices.among(key, (not turned, turned)) is not turned

    def assume(self, test: ast.expr, frame: Frame, *, holds: bool) -> None:
        """Take it that a condition holds, or not; raise `Impossible` if it is otherwise."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.assume(operand, frame, holds=not holds)
            case ast.BoolOp(op=op, values=parts):
                # Which part of `a or b` holds is not said; that none of them does, is.
                if holds is isinstance(op, ast.And):
                    for part in parts:
                        self.assume(part, frame, holds=holds)
            case _:
                known = self._evaluator.value(test, frame)
                if isinstance(known, STAND_INS):
                    key, turned = self._key(test, frame)
                    self._evaluator.choices.settle(key, holds is not turned)
                elif bool(known) is not holds:
                    raise Impossible

    def way_to(self, node: ast.AST, frame: Frame) -> None:
        """Assume what must hold for a node to be reached in its function.

        Raises `Impossible` when it cannot be.
        """
        below = node
        for above in frame.module.above(node):
            if isinstance(above, ast.If | ast.IfExp) and below is not above.test:
                holds = below in above.body if isinstance(above, ast.If) else below is above.body
                self.assume(above.test, frame, holds=holds)
            for _, block in ast.iter_fields(above):
                if isinstance(block, list) and below in block:
                    self._pass_exits(below, block, frame)
            if above is frame.function:
                return
            below = above

    def branch(self, node: ast.If, frame: Frame) -> Sequence[ast.stmt]:
        """Return the branch of an `if` that was gone through before what comes after it."""
        for leaving, other, holds in (
            (node.body, node.orelse, False),
            (node.orelse, node.body, True),
        ):
            if not falls_through(leaving):
                self.assume(node.test, frame, holds=holds)
                return other
        return node.body if self.decide(node.test, frame) else node.orelse

    def attempt(self, node: ast.Try, frame: Frame) -> Sequence[ast.stmt]:
        """Return the statements of a `try` that were gone through, with an exception or without.

        What is bound before the exception comes is not followed; `lookup.py` refuses it.
        """
        undisturbed = [*node.body, *node.orelse]
        ways = [undisturbed, *(handler.body for handler in node.handlers)]
        chosen = self._evaluator.choices.among(
            ("try", id(node), frame.key), [way for way in ways if falls_through(way)]
        )
        return [*chosen, *node.finalbody]

    def case(self, node: ast.Match, frame: Frame) -> Sequence[ast.stmt]:
        """Return the statements of one of the cases that are left at their end."""
        ways = [case.body for case in node.cases if falls_through(case.body)]
        exhaustive = any(isinstance(case.pattern, ast.MatchAs) for case in node.cases)
        if not exhaustive:
            ways.append([])
        return self._evaluator.choices.among(("case", id(node), frame.key), ways)

    def key(self, node: ast.expr, frame: Frame) -> Hashable:
        """Return what an open expression is known by: its text, where nothing in it can change."""
        if self._is_steady(node, frame):
            return ("steady", ast.unparse(node), frame.key)
        return ("open", id(node), frame.key, self._evaluator.containers.rounds)

    def _key(self, test: ast.expr, frame: Frame) -> tuple[Hashable, bool]:
        """Return what a condition is known by, and whether it is its opposite that is known."""
        if isinstance(test, ast.Compare) and type(test.ops[0]) in _TURNED:
            sides = (ast.unparse(side) for side in (test.left, *test.comparators))
            text = _TURNED[type(test.ops[0])].join(sides)
            if self._is_steady(test, frame):
                return ("steady", text, frame.key), True
        return self.key(test, frame), False

    def _pass_exits(self, node: ast.AST, block: Sequence[ast.AST], frame: Frame) -> None:
        """Assume that the code came past every `if` before a node in which it might have left."""
        for statement in block:
            if statement is node:
                return
            if isinstance(statement, ast.If) and not falls_through(statement.body):
                self.assume(statement.test, frame, holds=False)

    def _is_steady(self, node: ast.expr, frame: Frame) -> bool:
        names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
        calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
        if any(getattr(call.func, "id", None) not in ("isinstance", "len") for call in calls):
            return False
        if any(isinstance(above, COMPREHENSIONS) for above in frame.module.above(node)):
            return False
        return all(self._bound_once(name, frame) for name in names)

    def _bound_once(self, name: str, frame: Frame) -> bool:
        function = frame.function
        if function is None or name not in frame.module.bindings(function):
            return True
        changed = {changed_in_place(inner) for inner in own_nodes(function)}
        return len(frame.module.bindings(function)[name]) == 1 and name not in changed


def falls_through(statements: Sequence[ast.stmt]) -> bool:
    """Say whether what comes after these statements can be reached."""
    match statements[-1] if statements else None:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return False
        case ast.If(body=body, orelse=orelse) if orelse:
            return falls_through(body) or falls_through(orelse)
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return falls_through(body)
    return True
