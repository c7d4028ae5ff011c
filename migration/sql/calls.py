"""Who calls a function, and how its parameters are given: `names.py` turned round."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from migration.sql.names import Class, Function, Names
from migration.sql.tree import FUNCTIONS, FunctionNode, Module, arguments


@dataclass(frozen=True)
class Site:
    """A place in a module where a function is called."""

    call: ast.Call
    module: Module


@dataclass
class Uses:
    """Where a function is used: called, handed on as a value, and, for methods, on what."""

    calls: list[Site] = field(default_factory=list)
    handed_on: list[tuple[ast.expr, Module]] = field(default_factory=list)


class Calls:
    """The uses of every function of the sources."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._uses: defaultdict[FunctionNode, Uses] = defaultdict(Uses)
        self._methods = self._methods_by_name()
        for module in names.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    self._note(node, module)

    def of(self, function: FunctionNode) -> Uses:
        """Return the uses of a function."""
        return self._uses[function]

    def _note(self, node: ast.Name | ast.Attribute, module: Module) -> None:
        above = module.parents[node]
        for function in self._meant(node, module):
            if isinstance(above, ast.Call) and above.func is node:
                self._uses[function].calls.append(Site(above, module))
            elif not isinstance(above, ast.Attribute):
                self._uses[function].handed_on.append((node, module))

    def _meant(self, node: ast.Name | ast.Attribute, module: Module) -> Iterator[FunctionNode]:
        """Yield the functions that an expression may name."""
        found = self._names.definition(node, module)
        if isinstance(found, Function):
            yield from self._overriding(found, node)
        elif isinstance(found, Class):
            made = self._names.member(found, "__init__")
            if isinstance(made, Function):
                yield made.node
        elif isinstance(node, ast.Attribute) and self._may_be_ours(node, module):
            # Where nothing is annotated, the name of a method is all there is to go by.
            yield from self._methods.get(node.attr, ())

    def _overriding(self, found: Function, node: ast.expr) -> Iterator[FunctionNode]:
        """Yield a function, and for a method those that take its place in subclasses."""
        yield found.node
        cls = found.module.class_of(found.node)
        if cls is None or not isinstance(node, ast.Attribute):
            return
        for each in self._names.family(Class(cls, found.module)):
            for binding in each.module.bindings(each.node).get(node.attr, []):
                if isinstance(binding, FUNCTIONS) and binding is not found.node:
                    yield binding

    def _may_be_ours(self, node: ast.Attribute, module: Module) -> bool:
        if node.attr not in self._methods:
            return False
        return self._names.type_of(node.value, module) is None

    def _methods_by_name(self) -> dict[str, list[FunctionNode]]:
        methods: dict[str, list[FunctionNode]] = {}
        for cls in self._names.classes:
            for node in cls.node.body:
                if isinstance(node, FUNCTIONS) and not node.name.startswith("__"):
                    methods.setdefault(node.name, []).append(node)
        return methods


def given(call: ast.Call, positions: Sequence[str], name: str) -> ast.AST | None:
    """Return what a call gives for a parameter, None where it leaves it to the default.

    What the call unpacks is returned as it stands there, an `ast.Starred` or an `ast.keyword`.
    `positions` are the parameters that may be given by position, in order.
    """
    if name in positions:
        place = positions.index(name)
        for argument in call.args[: place + 1]:
            if isinstance(argument, ast.Starred):
                return argument
        if place < len(call.args):
            return call.args[place]
    for keyword in call.keywords:
        if keyword.arg in (name, None):
            return keyword if keyword.arg is None else keyword.value
    return None


def default(function: FunctionNode, name: str) -> ast.expr | None:
    """Return the default of a parameter."""
    args = function.args
    defaults: dict[ast.arg, ast.expr | None] = dict(
        zip(reversed([*args.posonlyargs, *args.args]), reversed(args.defaults), strict=False)
    )
    defaults |= dict(zip(args.kwonlyargs, args.kw_defaults, strict=True))
    return next((defaults.get(each) for each in arguments(function) if each.arg == name), None)
