"""One source file as a tree: parents, scopes, and which names each scope binds where."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ScopeNode = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MUTATORS = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"}
    | {"add", "discard", "update", "setdefault", "popitem"}
)


@dataclass(eq=False)
class Module:
    """A source file, by the dotted name under which it is imported."""

    name: str
    file: Path
    tree: ast.Module
    _bindings: dict[ast.AST, dict[str, list[ast.AST]]] = field(default_factory=dict)
    _bound_below: dict[ast.AST, frozenset[str]] = field(default_factory=dict)

    @property
    def package(self) -> str:
        """The name against which relative imports are resolved."""
        return self.name if self.file.stem == "__init__" else self.name.rpartition(".")[0]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node above each node."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def shared(self) -> frozenset[str]:
        """Names that a function declares `global` or `nonlocal`, to bind them elsewhere."""
        declarations = (
            node.names
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Global | ast.Nonlocal)
        )
        return frozenset(name for names in declarations for name in names)

    @cached_property
    def changed_by_functions(self) -> frozenset[str]:
        """Names of the module whose values a function changes in place."""
        changed = set()
        for node in ast.walk(self.tree):
            name = changed_in_place(node)
            function = self.function_of(node) if name else None
            if name and function is not None and name not in self.bindings(function):
                changed.add(name)
        return frozenset(changed)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_of(self, node: ast.AST) -> FunctionNode | ast.Lambda | None:
        """Return the innermost function whose body a node is in."""
        below = node
        for above in self.above(node):
            if isinstance(above, (*FUNCTIONS, ast.Lambda)) and in_body(below, above):
                return above
            below = above
        return None

    def class_of(self, function: ast.AST) -> ast.ClassDef | None:
        """Return the class of which a function is a method."""
        above = self.parents.get(function)
        return above if isinstance(above, ast.ClassDef) else None

    def bindings(self, scope: ScopeNode) -> dict[str, list[ast.AST]]:
        """Return, by name, the nodes by which a scope binds it itself."""
        if scope not in self._bindings:
            found: dict[str, list[ast.AST]] = {}
            for name, node in _bound_by(scope):
                found.setdefault(name, []).append(node)
            self._bindings[scope] = found
        return self._bindings[scope]

    def bound_below(self, node: ast.AST) -> frozenset[str]:
        """Return the names that a statement binds or changes, in any of its branches."""
        if node not in self._bound_below:
            self._bound_below[node] = frozenset(_changed(node))
        return self._bound_below[node]


def in_body(node: ast.AST, scope: ast.AST) -> bool:
    """Say whether a direct child is in a function's body, not among decorators or defaults."""
    body = getattr(scope, "body", ())
    return node is body if isinstance(scope, ast.Lambda) else node in body


def arguments(function: FunctionNode | ast.Lambda) -> list[ast.arg]:
    """Return a function's parameters that can be given by position, then those by name alone."""
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def names_in(target: ast.AST) -> Iterator[str]:
    """Yield the names that an assignment to a target binds."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope's body, without going into the scopes inside."""
    body: Any = getattr(scope, "body", ())
    for node in body if isinstance(body, list) else [body]:
        yield from _with_own_nodes(node)


def returns(function: FunctionNode) -> list[ast.Return]:
    """Return the return statements of a function, in the order of the text."""
    found = [node for node in own_nodes(function) if isinstance(node, ast.Return)]
    return sorted(found, key=lambda node: node.lineno)


def _with_own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what is in it, without going into the scopes inside."""
    yield node
    if isinstance(node, SCOPES):
        inside: Iterable[ast.AST] = getattr(node, "decorator_list", ())
    elif isinstance(node, COMPREHENSIONS):
        # Its variables are its own; only what `:=` binds is seen outside.
        inside = (each for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
    else:
        inside = ast.iter_child_nodes(node)
    for child in inside:
        yield from _with_own_nodes(child)


def _bound_by(scope: ScopeNode) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(scope, (*FUNCTIONS, ast.Lambda)):
        for argument in (*arguments(scope), scope.args.vararg, scope.args.kwarg):
            if argument is not None:
                yield argument.arg, argument
    for node in sorted(own_nodes(scope), key=lambda node: getattr(node, "lineno", 0)):
        for name in _binds(node):
            yield name, node


def _binds(node: ast.AST) -> Iterator[str]:
    """Yield the names that one node binds by itself."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Assign():
            for target in node.targets:
                yield from names_in(target)
        case ast.AnnAssign() | ast.AugAssign() | ast.For() | ast.AsyncFor() | ast.NamedExpr():
            yield from names_in(node.target)
        case ast.withitem() if node.optional_vars is not None:
            yield from names_in(node.optional_vars)
        case ast.Import():
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        case ast.ImportFrom():
            yield from (alias.asname or alias.name for alias in node.names)
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar() | ast.MatchMapping():
            name = node.rest if isinstance(node, ast.MatchMapping) else node.name
            yield from [name] if name else []


def _changed(node: ast.AST) -> Iterator[str]:
    """Yield what a statement binds, and what it changes in place."""
    for inner in _with_own_nodes(node):
        yield from _binds(inner)
        if (changed := changed_in_place(inner)) is not None:
            yield changed


def changed_in_place(node: ast.AST) -> str | None:
    """Return the name whose value a node changes without binding it anew."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
            return name if method in MUTATORS else None
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Delete(targets=[ast.Name(id=name)]):
            return name
    return None
