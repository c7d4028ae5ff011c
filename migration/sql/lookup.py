"""What a name holds at a place: the assignments that reach it, searched from there backwards.

A branch whose condition is open is a choice, and so is the element of a loop. What a loop changes
from round to round is not followed. Parameters are the matter of `parameters.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from migration.sql import values
from migration.sql.names import Class
from migration.sql.tree import (
    COMPREHENSIONS,
    FUNCTIONS,
    FunctionNode,
    Module,
    arguments,
    changed_in_place,
    in_body,
    names_in,
)
from migration.sql.values import NOTHING, Frame, FunctionValue, Unknown, doubt

if TYPE_CHECKING:
    from migration.sql.evaluate import Evaluator

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Lookup:
    """Finds what names hold, for one evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def name(self, name: str, at: ast.AST, frame: Frame) -> Any:
        """Return what a name holds where it is read."""
        module = frame.module
        if name in module.shared:
            return _unclear(name, "is assigned by another function")
        below = at
        for above in module.above(at):
            if isinstance(above, ast.Module):
                break
            is_function = isinstance(above, (*FUNCTIONS, ast.Lambda))
            # What stands at a definition, such as a default, is evaluated around it.
            if not is_function or in_body(below, above):
                found = self._around(name, below, above, frame)
                if found is not NOTHING:
                    return found
                if is_function:
                    frame = frame.outer or Frame(module)
            below = above
        # What stands in no function is evaluated when its turn comes, not at the end.
        is_early = module.function_of(at) is None and isinstance(below, ast.stmt)
        return self.member(module, name, before=below if is_early else None)

    def member(self, module: Module, name: str, *, before: ast.AST | None = None) -> Any:
        """Return what a module holds under a name: before a statement, or once it is imported."""
        if name in module.changed_by_functions:
            return Unknown(f"`{name}`", "is changed by a function", values.FINAL)
        place = module.tree.body.index(before) if isinstance(before, ast.stmt) else None
        found = self._scan(name, module.tree.body[:place], Frame(module))
        if found is NOTHING:
            submodule = self._evaluator.names.member(module, name)
            return submodule or Unknown(
                f"`{name}`", "is not defined in the sources", values.WHOLE_TEXTS
            )
        if _is_final(module, name) and doubt([found]):
            return self._evaluator.constants.value(module, name)
        return found

    def in_class(self, cls: Class, name: str) -> Any:
        """Return what the body of a class gives a name, NOTHING where it does not."""
        return self._scan(name, cls.node.body, Frame(cls.module))

    def _around(self, name: str, below: ast.AST, above: ast.AST, frame: Frame) -> Any:
        """Return what a name holds through a node around the place, NOTHING if not by that."""
        if isinstance(above, ast.comprehension) and below in above.ifs:
            return self._in_round(name, [above], frame)
        if isinstance(above, COMPREHENSIONS):
            others = [generator for generator in above.generators if generator is not below]
            return self._in_round(name, others, frame)
        if isinstance(above, ast.ClassDef) and isinstance(below, FUNCTIONS):
            return NOTHING
        found = self._scan(name, _before(below, above), frame)
        if found is not NOTHING:
            return found
        if isinstance(above, _LOOPS) and below in above.body:
            return self._in_loop(name, above, frame)
        if isinstance(above, (*FUNCTIONS, ast.Lambda)):
            return self._of_function(name, above, frame)
        if isinstance(above, ast.Try) and _was_tried(name, below, above, frame.module):
            return _unclear(name, "depends on where an exception came")
        if name in _bound_by_entering(above):
            return _unclear(name, "is bound by `with`, a pattern or an exception")
        return self._in_passing(name, above, frame)

    def _in_round(self, name: str, generators: Sequence[ast.comprehension], frame: Frame) -> Any:
        for each in reversed(generators):
            if name in names_in(each.target):
                containers = self._evaluator.containers
                return containers.element(each.target, each.iter, name, each, frame)
        return NOTHING

    def _in_loop(self, name: str, loop: ast.For | ast.AsyncFor | ast.While, frame: Frame) -> Any:
        if not isinstance(loop, ast.While) and name in names_in(loop.target):
            containers = self._evaluator.containers
            return containers.element(loop.target, loop.iter, name, loop, frame)
        if any(name in frame.module.bound_below(statement) for statement in loop.body):
            return _changing(name)
        return NOTHING

    def _of_function(self, name: str, function: FunctionNode | ast.Lambda, frame: Frame) -> Any:
        module, args = frame.module, function.args
        if name in {each.arg for each in (*arguments(function), args.vararg, args.kwarg) if each}:
            return self._evaluator.parameters.value(name, frame)
        if name in module.bindings(function):
            return _unclear(name, "is not assigned on every way")
        outer = module.function_of(function)
        if outer is not None and isinstance(outer, FUNCTIONS):
            # A function inside sees what the one around it assigns later, too.
            place = next(
                place
                for place, statement in enumerate(outer.body)
                if statement in (function, *module.above(function))
            )
            if any(name in module.bound_below(later) for later in outer.body[place + 1 :]):
                return _unclear(name, "is assigned after the function that reads it")
        return NOTHING

    def _in_passing(self, name: str, node: ast.AST, frame: Frame) -> Any:
        """Return what `:=` in the condition of an `if` gives a name, NOTHING if not that."""
        for inner in ast.walk(node.test) if isinstance(node, ast.If | ast.IfExp) else ():
            if isinstance(inner, ast.NamedExpr) and inner.target.id == name:
                return self._evaluator.value(inner.value, frame)
        return NOTHING

    def _scan(self, name: str, statements: Sequence[ast.stmt], frame: Frame) -> Any:
        """Return what the last of the statements that binds a name gives it, or NOTHING."""
        for statement in reversed(statements):
            if name in frame.module.bound_below(statement):
                found = self._effect(name, statement, frame)
                if found is not NOTHING:
                    return found
        return NOTHING

    def _effect(self, name: str, statement: ast.stmt, frame: Frame) -> Any:
        """Return what a statement leaves in a name, NOTHING where it leaves it alone."""
        evaluator = self._evaluator
        match statement:
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Expr():
                return self._assigned(name, statement, frame)
            case ast.If():
                found = self._scan(name, evaluator.conditions.branch(statement, frame), frame)
                return self._in_passing(name, statement, frame) if found is NOTHING else found
            case ast.Try():
                return self._scan(name, evaluator.conditions.attempt(statement, frame), frame)
            case ast.Match():
                return self._scan(name, evaluator.conditions.case(statement, frame), frame)
            case ast.With() | ast.AsyncWith() if name not in _bound_by_entering(statement):
                return self._scan(name, statement.body, frame)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return FunctionValue(statement, frame.module, frame)
            case ast.ClassDef():
                return Class(statement, frame.module)
            case ast.Import() | ast.ImportFrom():
                return self._imported(name, statement, frame.module)
            case ast.For() | ast.AsyncFor() | ast.While():
                return _changing(name)
        return _unclear(name, "is bound in a way not followed")

    def _assigned(self, name: str, statement: ast.stmt, frame: Frame) -> Any:
        evaluator = self._evaluator
        match statement:
            case ast.Assign(value=value):
                for target in statement.targets:
                    if name in names_in(target):
                        found = evaluator.value(value, frame)
                        return evaluator.containers.unpacked(target, found, name)
            case ast.AnnAssign(target=ast.Name(id=bound), value=value) if bound == name:
                return NOTHING if value is None else evaluator.value(value, frame)
            case ast.AugAssign(target=ast.Name(id=bound), op=op, value=value) if bound == name:
                before = self.name(name, statement, frame)
                return evaluator.combined(op, before, evaluator.value(value, frame))
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method), args=[added]) as call):
                if changed_in_place(call) == name and method in ("append", "extend"):
                    before, more = self.name(name, statement, frame), evaluator.value(added, frame)
                    more = [more] if method == "append" else more
                    return evaluator.combined(ast.Add(), before, more)
        for node in ast.walk(statement):
            if isinstance(node, ast.NamedExpr) and node.target.id == name:
                return evaluator.value(node.value, frame)
        return _unclear(name, "is changed in place")

    def _imported(self, name: str, node: ast.Import | ast.ImportFrom, module: Module) -> Any:
        names = self._evaluator.names
        found = names.imported(node, name, module)
        if isinstance(found, Class | Module):
            return found
        if found is not None:
            return FunctionValue(found.node, found.module, Frame(found.module))
        if isinstance(node, ast.ImportFrom):
            origin = names.origin(node, module)
            alias = next(alias for alias in node.names if name in (alias.asname, alias.name))
            if isinstance(origin, Module):
                return self.member(origin, alias.name)
        return Unknown(f"`{name}`", "comes from outside the sources", values.WHOLE_TEXTS)


def _unclear(name: str, why: str) -> Unknown:
    return Unknown(f"`{name}`", why, values.WHOLE_TEXTS)


def _changing(name: str) -> Unknown:
    return Unknown(f"`{name}`", "changes from round to round of a loop", values.FIXED_NUMBER)


def _before(below: ast.AST, above: ast.AST) -> list[ast.stmt]:
    """Return the statements that come before one in its block."""
    for _, block in ast.iter_fields(above):
        if isinstance(block, list) and isinstance(below, ast.stmt) and below in block:
            before: list[ast.stmt] = block[: block.index(below)]
            # A `try` goes on with this block when nothing was raised.
            tried = above.body if isinstance(above, ast.Try) and block is above.orelse else []
            return [*tried, *before]
    return []


def _was_tried(name: str, below: ast.AST, above: ast.Try, module: Module) -> bool:
    """Say whether a name may or may not have been bound before an exception came."""
    if below in above.body or below in above.orelse:
        return False
    return any(name in module.bound_below(statement) for statement in above.body)


def _bound_by_entering(node: ast.AST) -> set[str]:
    """Return the names that are bound when a `with`, a handler or a case is entered."""
    match node:
        case ast.With() | ast.AsyncWith():
            return {name for item in node.items for name in names_in(item)}
        case ast.ExceptHandler():
            return {node.name} if node.name else set()
        case ast.match_case():
            patterns = ast.walk(node.pattern)
            return {name for each in patterns if (name := getattr(each, "name", None))}
    return set()


def _is_final(module: Module, name: str) -> bool:
    bindings = module.bindings(module.tree).get(name, [])
    return len(bindings) == 1 and any(
        isinstance(binding, ast.AnnAssign) and "Final" in ast.unparse(binding.annotation)
        for binding in bindings
    )
