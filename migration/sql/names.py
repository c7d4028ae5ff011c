"""What a name in the application's sources stands for: a function, a class, a module.

Names are followed through imports and simple aliases. Of values only the class is known here, and
only where it follows from annotations and constructors. `calls.py` turns all this round and lists
who calls a function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from migration.errors import SourceError
from migration.sql.tree import FUNCTIONS, FunctionNode, Module, ScopeNode, arguments

_DEEPEST = 12


@dataclass(frozen=True)
class Function:
    """A function as it is defined somewhere."""

    node: FunctionNode
    module: Module


@dataclass(frozen=True)
class Class:
    """A class as it is defined somewhere."""

    node: ast.ClassDef
    module: Module


Definition = Function | Class | Module


class Names:
    """The modules of an application, and what their names stand for."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = {module.name: module for module in modules}
        self._definitions: dict[ast.AST, Definition | None] = {}
        self._lineages: dict[Class, tuple[Class, ...]] = {}
        self._families: dict[Class, tuple[Class, ...]] = {}

    def definition(self, node: ast.AST, module: Module, depth: int = 0) -> Definition | None:
        """Return what an expression such as `f` or `store.query` names, None where unknown."""
        if depth > _DEEPEST:
            return None
        if node not in self._definitions:
            self._definitions[node] = self._defined(node, module, depth)
        return self._definitions[node]

    def _defined(self, node: ast.AST, module: Module, depth: int) -> Definition | None:
        if isinstance(node, ast.Name):
            return self._named(node.id, node, module, depth)
        if isinstance(node, ast.Attribute):
            owner = self.definition(node.value, module, depth + 1)
            if owner is None or isinstance(owner, Function):
                owner = self.type_of(node.value, module, depth + 1)
            return self.member(owner, node.attr, depth) if owner else None
        return None

    def member(self, owner: Definition, name: str, depth: int = 0) -> Definition | None:
        """Return what a module or a class has under a name."""
        if isinstance(owner, Module):
            bound = self._bound(owner, owner.tree, name, depth)
            package = owner.name if owner.package == owner.name else None
            return bound or (self.module(f"{package}.{name}") if package else None)
        if isinstance(owner, Class):
            for each in self.lineage(owner):
                if found := self._bound(each.module, each.node, name, depth):
                    return found
        return None

    def module(self, name: str) -> Module | None:
        """Return a module by the name under which it is imported.

        A source folder need not be on the path itself, such as `src`.
        """
        if name in self.modules:
            return self.modules[name]
        inside = [module for module in self.modules.values() if module.name.endswith(f".{name}")]
        return inside[0] if len(inside) == 1 else None

    def imported(
        self, node: ast.Import | ast.ImportFrom, name: str, module: Module, depth: int = 0
    ) -> Definition | None:
        """Return what an import binds a name to, None where it is nothing of ours."""
        for alias in node.names:
            if name != (alias.asname or alias.name.partition(".")[0]):
                continue
            if isinstance(node, ast.Import):
                return self.module(alias.name if alias.asname else name)
            origin = self.origin(node, module)
            if isinstance(origin, Module):
                return self.member(origin, alias.name, depth + 1) if depth < _DEEPEST else None
            return self.module(f"{origin}.{alias.name}")
        return None

    def origin(self, node: ast.ImportFrom, module: Module) -> Module | str:
        """Return the module that names are imported from, its name where it is none of ours."""
        name = node.module or ""
        if node.level:
            parts = module.package.split(".")
            name = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [name])])
        return self.module(name) or name

    def lineage(self, cls: Class) -> tuple[Class, ...]:
        """Return a class and those that it inherits from, nearest first."""
        if cls not in self._lineages:
            self._lineages[cls] = (cls,)
            bases = (self.definition(base, cls.module) for base in cls.node.bases)
            inherited = [self.lineage(base) for base in bases if isinstance(base, Class)]
            self._lineages[cls] = (cls, *(each for line in inherited for each in line))
        return self._lineages[cls]

    def family(self, cls: Class) -> tuple[Class, ...]:
        """Return a class and those that inherit from it."""
        if cls not in self._families:
            heirs = (each for each in self.classes if cls in self.lineage(each))
            self._families[cls] = tuple(heirs)
        return self._families[cls]

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """Every class of the sources."""
        return tuple(
            Class(node, module)
            for module in self.modules.values()
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef)
        )

    def type_of(self, node: ast.AST, module: Module, depth: int = 0) -> Class | None:
        """Return the class of an expression's value, where annotations and calls tell."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.type_of(node.value, module, depth + 1)
        if isinstance(node, ast.Call):
            called = self.definition(node.func, module, depth + 1)
            if isinstance(called, Function):
                return self._annotated(called.node.returns, called.module, depth)
            return called if isinstance(called, Class) else None
        if isinstance(node, ast.Name):
            types = {
                self._bound_type(node.id, binding, module, depth)
                for binding in self._bindings(node.id, node, module)[1]
            }
            return types.pop() if len(types) == 1 else None
        if isinstance(node, ast.Attribute):
            owner = self.type_of(node.value, module, depth + 1)
            return self._attribute_type(owner, node.attr, depth) if owner else None
        return None

    def _bindings(self, name: str, at: ast.AST, module: Module) -> tuple[ScopeNode, list[ast.AST]]:
        """Return the scope that a name belongs to, and what binds it there."""
        scope: ScopeNode = module.function_of(at) or module.tree
        while name not in module.bindings(scope) and scope is not module.tree:
            scope = module.function_of(scope) or module.tree
        return scope, module.bindings(scope).get(name, [])

    def _named(self, name: str, at: ast.AST, module: Module, depth: int) -> Definition | None:
        scope, _ = self._bindings(name, at, module)
        return self._bound(module, scope, name, depth)

    def _bound(self, module: Module, scope: ScopeNode, name: str, depth: int) -> Definition | None:
        bindings = module.bindings(scope).get(name, [])
        # Of several definitions, such as overloads, the last one counts.
        match bindings[-1] if bindings else None:
            case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
                return Function(node, module)
            case ast.ClassDef() as node:
                return Class(node, module)
            case ast.Import() | ast.ImportFrom() as node:
                return self.imported(node, name, module, depth)
            case ast.Assign(value=ast.Name() | ast.Attribute() as value) if len(bindings) == 1:
                return self.definition(value, module, depth + 1)
        return None

    def _bound_type(self, name: str, binding: ast.AST, module: Module, depth: int) -> Class | None:
        match binding:
            case ast.arg():
                function = module.parents[module.parents[binding]]
                cls = module.class_of(function)
                if cls and isinstance(function, FUNCTIONS) and binding is _first(function):
                    return Class(cls, module)
                return self._annotated(binding.annotation, module, depth)
            case ast.AnnAssign():
                return self._annotated(binding.annotation, module, depth)
            case ast.Assign(targets=[ast.Name()]) | ast.NamedExpr():
                return self.type_of(binding.value, module, depth + 1)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                places = [getattr(element, "id", None) for element in names]
                if name in places and len(values) == len(names):
                    return self.type_of(values[places.index(name)], module, depth + 1)
            case ast.withitem():
                return self.type_of(binding.context_expr, module, depth + 1)
        return None

    def _attribute_type(self, owner: Class, name: str, depth: int) -> Class | None:
        for cls in self.lineage(owner):
            for binding in cls.module.bindings(cls.node).get(name, []):
                if isinstance(binding, FUNCTIONS):
                    return self._annotated(binding.returns, cls.module, depth)
                if isinstance(binding, ast.AnnAssign):
                    return self._annotated(binding.annotation, cls.module, depth)
            for value in given_to_self(cls, name):
                return self.type_of(value, cls.module, depth + 1)
        return None

    def _annotated(self, node: ast.AST | None, module: Module, depth: int) -> Class | None:
        """Return the class that an annotation names, alone or beside None or in `Iterator[…]`."""
        match node:
            case ast.Constant(value=str(text)):
                # Its names are those of the module: nodes made here are in no tree.
                parsed = ast.parse(text, mode="eval").body
                return self._annotated_by_name(parsed, module, depth)
            case ast.BinOp(left=left, right=right):
                return self._annotated(left, module, depth) or self._annotated(right, module, depth)
            case ast.Subscript(slice=inner):
                first = inner.elts[0] if isinstance(inner, ast.Tuple) else inner
                return self._annotated(first, module, depth)
            case ast.Name() | ast.Attribute():
                found = self.definition(node, module, depth + 1)
                return found if isinstance(found, Class) else None
        return None

    def _annotated_by_name(self, node: ast.AST, module: Module, depth: int) -> Class | None:
        if isinstance(node, ast.Name):
            found = self._bound(module, module.tree, node.id, depth)
            return found if isinstance(found, Class) else None
        if isinstance(node, ast.BinOp):
            return self._annotated_by_name(node.left, module, depth)
        return None


def given_to_self(cls: Class, name: str) -> Iterator[ast.expr]:
    """Yield what the methods of a class assign to `self.name`."""
    for node in ast.walk(cls.node):
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=attr)]):
                if attr == name:
                    yield node.value
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=attr)):
                if attr == name and node.value is not None:
                    yield node.value


def read_sources(root: Path, sources: Iterable[Path]) -> Names:
    """Parse every Python file of the sources; raise SourceError for one that is none."""
    files = [
        file
        for source in sources
        for file in (sorted(source.rglob("*.py")) if source.is_dir() else [source])
        if file.suffix == ".py"
    ]
    return Names(_read(root, file) for file in files)


def _read(root: Path, file: Path) -> Module:
    relative = file.relative_to(root) if file.is_relative_to(root) else Path(file.name)
    parts = relative.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    try:
        return Module(name, file, ast.parse(file.read_text(encoding="utf-8"), str(file)))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise SourceError(
            f"reading the SQL of {file}", str(error), "mend the file, or correct `sources`"
        ) from error


def _first(function: FunctionNode) -> ast.arg | None:
    """Return the parameter that stands for the object, if the function is called on one."""
    decorators = [getattr(node, "id", None) for node in function.decorator_list]
    given = arguments(function)
    return given[0] if given and "staticmethod" not in decorators else None
