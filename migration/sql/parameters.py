"""What a parameter is given: by the call that is being followed, or by any call there is.

Which of several calls led to a function is a choice, made once for all its parameters, so that a
table and its column come from the same call.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from migration.sql import values
from migration.sql.calls import default, given
from migration.sql.names import Class
from migration.sql.tree import FUNCTIONS, FunctionNode, Module, arguments
from migration.sql.values import Frame, Self, Unknown

if TYPE_CHECKING:
    from migration.sql.evaluate import Evaluator


class Parameters:
    """Finds what parameters are given, for one evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def value(self, name: str, frame: Frame) -> Any:
        """Return what the function of a frame is given for a parameter."""
        function = frame.function
        if not isinstance(function, FUNCTIONS):
            return Unknown(f"`{name}`", "is a parameter of a lambda", values.BY_CALLS)
        cls = frame.module.class_of(function)
        if cls and name == _own_object(function, frame.module):
            return frame.receiver or Self(Class(cls, frame.module), frame)
        if function.args.vararg and name == function.args.vararg.arg:
            return self._further(function, frame)
        argument = self._argument(name, function, frame)
        if isinstance(argument, Unknown):
            return argument
        written, around = argument
        return self._evaluator.value(written, around)

    def receiver(self, frame: Frame) -> Any:
        """Return the object that the method of a frame is called on, by one of its uses."""
        used = self._use(frame)
        if isinstance(used, Unknown):
            return used
        node, caller = used
        function = node.func if isinstance(node, ast.Call) else node
        if isinstance(function, ast.Attribute):
            return self._evaluator.value(function.value, caller)
        return Unknown("`self`", "is not to be told from a call", values.BY_CALLS)

    def origin(self, node: ast.expr, frame: Frame) -> tuple[ast.expr, Module]:
        """Return where a text that was handed through parameters is written.

        On the way it may have been changed by methods of its own, such as `replace`.
        """
        start = node, frame.module
        while True:
            while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                node = node.func.value
            function = frame.function
            if not isinstance(node, ast.Name) or not isinstance(function, FUNCTIONS):
                return start
            if node.id not in {argument.arg for argument in arguments(function)}:
                return start
            argument = self._argument(node.id, function, frame)
            if isinstance(argument, Unknown):
                return start
            node, frame = argument
            start = node, frame.module

    def _further(self, function: FunctionNode, frame: Frame) -> Any:
        """Return what `*name` is given: what a call gives beyond the parameters before it."""
        used = frame.entered or self._use(frame)
        if isinstance(used, Unknown):
            return used
        call, caller = used
        if not isinstance(call, ast.Call):
            return _handed_on(function)
        given = self._evaluator.containers.in_order(call.args, caller)
        before = len(_positions(function, frame.module))
        return given if isinstance(given, Unknown) else tuple(given[before:])

    def _argument(
        self, name: str, function: FunctionNode, frame: Frame
    ) -> tuple[ast.expr, Frame] | Unknown:
        """Return the expression that gives a parameter, and the frame it stands in."""
        what = f"`{name}` of `{function.name}`"
        if name not in {argument.arg for argument in arguments(function)}:
            return Unknown(what, "takes any number of arguments", values.BY_CALLS)
        used = frame.entered or self._use(frame)
        if isinstance(used, Unknown):
            return Unknown(f"`{name}`", "is a parameter", used.remedy, because=used)
        call, caller = used
        if not isinstance(call, ast.Call):
            return _handed_on(function)
        written = given(call, _positions(function, frame.module), name)
        if isinstance(written, ast.expr) and not isinstance(written, ast.Starred):
            return written, caller
        fallback = default(function, name) if written is None else None
        if fallback is None:
            return Unknown(what, "is not given by itself", values.BY_CALLS)
        return fallback, frame.outer or Frame(frame.module)

    def _use(self, frame: Frame) -> tuple[ast.expr, Frame] | Unknown:
        """Choose one of the uses of a function; return it, and the frame it stands in."""
        function = frame.function
        assert isinstance(function, FUNCTIONS)
        name, uses = f"`{function.name}`", self._evaluator.calls.of(function)
        options: list[tuple[ast.expr, Module]] = [
            *((site.call, site.module) for site in uses.calls),
            *uses.handed_on,
        ]
        if not options and function.decorator_list:
            return Unknown(name, "is called by a framework, with any values", values.WHOLE_TEXTS)
        if not options:
            return Unknown(name, "is called by nothing in the sources", values.REMOVE)
        if frame.depth > values.DEEPEST:
            return Unknown(name, "is reached through too many calls", values.BY_CALLS)
        node, module = self._evaluator.choices.among(("use", frame.key), options)
        if _is_followed(module.function_of(node), frame):
            return Unknown(name, "calls itself", values.BY_CALLS)
        return node, frame_around(node, module, callee=frame)


def frame_around(node: ast.AST, module: Module, *, callee: Frame | None = None) -> Frame:
    """Return the frame of a place; functions that are around the callee too are the same."""
    shared: dict[ast.AST | None, Frame] = {}
    outer = callee.outer if callee else None
    while outer is not None:
        shared[outer.function] = outer
        outer = outer.outer
    functions = []
    function = module.function_of(node)
    while function is not None:
        functions.append(function)
        function = module.function_of(function)
    frame = Frame(module)
    for each in reversed(functions):
        frame = shared.get(each) or Frame(module, each, frame, callee=callee)
    return frame


def _positions(function: FunctionNode, module: Module) -> list[str]:
    """Return the parameters that a call gives by position."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if _own_object(function, module) else names


def _own_object(function: FunctionNode, module: Module) -> str | None:
    """Return the name under which a method knows its object or class, None for a function."""
    decorators = {getattr(node, "id", None) for node in function.decorator_list}
    if module.class_of(function) is None or "staticmethod" in decorators:
        return None
    return next((argument.arg for argument in arguments(function)), None)


def _handed_on(function: FunctionNode) -> Unknown:
    what = f"`{function.name}`"
    return Unknown(what, "is handed on and called by somebody else", values.BY_CALLS)


def _is_followed(function: ast.AST | None, frame: Frame) -> bool:
    """Say whether a function is among those through which the search came already."""
    step: Frame | None = frame
    while step is not None and function is not None:
        if step.function is function:
            return True
        step = step.callee
    return False
