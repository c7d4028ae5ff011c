"""What an expression comes to, along one way through the code.

Names are looked up by `lookup.py`, conditions decided by `conditions.py`, elements found by
`containers.py`, attributes and calls followed by `objects.py`. Nothing of the application is
executed; only constants that ask for it are imported (`constants.py`).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from migration.sql import values
from migration.sql.calls import Calls
from migration.sql.choices import Choices
from migration.sql.conditions import Conditions
from migration.sql.constants import Constants
from migration.sql.containers import Containers
from migration.sql.lookup import Lookup
from migration.sql.names import Names
from migration.sql.objects import Objects
from migration.sql.parameters import Parameters
from migration.sql.values import STAND_INS, Frame, FunctionValue, Unknown, doubt

_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Mod: operator.mod,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_CONVERSIONS: Mapping[int, Callable[[Any], Any]] = {
    -1: lambda value: value,
    ord("s"): str,
    ord("r"): repr,
    ord("a"): ascii,
}


class Evaluator:
    """Evaluates expressions under one set of choices."""

    def __init__(self, names: Names, calls: Calls, constants: Constants, choices: Choices) -> None:
        self.names = names
        self.calls = calls
        self.constants = constants
        self.choices = choices
        self.conditions = Conditions(self)
        self.containers = Containers(self)
        self.lookup = Lookup(self)
        self.objects = Objects(self)
        self.parameters = Parameters(self)
        self._busy: set[Hashable] = set()

    def value(self, node: ast.AST, frame: Frame) -> Any:
        """Return what an expression comes to: a plain value, or one of those of `values.py`."""
        key = (id(node), frame.key, self.containers.rounds)
        if key in self._busy:
            return Unknown(f"`{ast.unparse(node)}`", "depends on itself", values.WHOLE_TEXTS)
        self._busy.add(key)
        try:
            return self._value(node, frame)
        finally:
            self._busy.discard(key)

    def combined(self, op: ast.AST, left: Any, right: Any) -> Any:
        """Apply an operator to two values."""
        # Lists may hold what is not known: put together, they are just longer.
        lists = isinstance(left, list) and isinstance(right, list) and isinstance(op, ast.Add)
        if not lists and (unclear := doubt([left, right])):
            return unclear
        try:
            return _OPERATORS[type(op)](left, right)
        except (KeyError, TypeError, ValueError) as error:
            return Unknown("an operation", f"fails ({error})", values.WHOLE_TEXTS)

    def _value(self, node: ast.AST, frame: Frame) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.lookup.name(name, node, frame)
            case ast.JoinedStr(values=parts):
                texts = [self.value(part, frame) for part in parts]
                return doubt(texts) or "".join(texts)
            case ast.FormattedValue():
                return self._formatted(node, frame)
            case ast.Attribute(value=owner, attr=name):
                return self.objects.attribute(self.value(owner, frame), name, written=node)
            case ast.Call():
                return self.objects.call(node, frame)
            case ast.NamedExpr(value=value):
                return self.value(value, frame)
            case ast.Lambda():
                return FunctionValue(node, frame.module, frame)
        return self._operation(node, frame)

    def _operation(self, node: ast.AST, frame: Frame) -> Any:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                return self.combined(op, self.value(left, frame), self.value(right, frame))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.combined(op, self.value(left, frame), self.value(right, frame))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                holds = self.conditions.decide(test, frame)
                return self.value(body if holds else orelse, frame)
            case ast.BoolOp():
                return self._chained(node, frame)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                value = self.value(operand, frame)
                return value if isinstance(value, STAND_INS) else not value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
                return -number
        return self.containers.value(node, frame)

    def _formatted(self, node: ast.FormattedValue, frame: Frame) -> Any:
        value = self.value(node.value, frame)
        spec = "" if node.format_spec is None else self.value(node.format_spec, frame)
        return doubt([value, spec]) or format(_CONVERSIONS[node.conversion](value), spec)

    def _chained(self, node: ast.BoolOp, frame: Frame) -> Any:
        """Return what `a or b`, `a and b` come to."""
        value: Any = None
        for part in node.values:
            value = self.value(part, frame)
            if isinstance(value, STAND_INS) or bool(value) is isinstance(node.op, ast.Or):
                break
        return value
