"""Attributes and calls: constants of classes, fields of instances, functions that return texts."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from migration.sql import values
from migration.sql.calls import given
from migration.sql.names import Class, Function, given_to_self
from migration.sql.tree import Module, own_nodes, returns
from migration.sql.values import (
    NOTHING,
    STAND_INS,
    Frame,
    FunctionValue,
    Instance,
    Self,
    Unknown,
    doubt,
)

if TYPE_CHECKING:
    from migration.sql.evaluate import Evaluator

_BUILTINS = (dict, frozenset, len, list, max, min, range, repr, reversed, set, sorted, str, sum)
_PURE: Mapping[str, Callable[..., Any]] = {
    **{function.__name__: function for function in _BUILTINS},
    "enumerate": lambda *given: list(enumerate(*given)),
    "zip": lambda *given: list(zip(*given, strict=False)),
    "tuple": tuple,
    "dedent": textwrap.dedent,
}
_HOLDING_UNKNOWN = frozenset({"list", "tuple", "enumerate", "zip", "dict", "reversed", "len"})
_PLAIN = (str, bytes, int, float, tuple, list, dict, set, frozenset)


class Objects:
    """Follows attributes and calls for one evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def attribute(self, owner: Any, name: str, *, written: ast.AST) -> Any:
        """Return what an object has under a name."""
        match owner:
            case Module():
                return self._evaluator.lookup.member(owner, name)
            case Class():
                found = self._of_class(owner, name)
            case Instance():
                found = self._of_instance(owner, name)
            case Self():
                found = self._of_self(owner, name)
            case _ if isinstance(owner, STAND_INS):
                found = NOTHING
            case _:
                found = getattr(owner, name, NOTHING)
        return self.unknown(owner, written) if found is NOTHING else found

    def call(self, node: ast.Call, frame: Frame) -> Any:
        """Return what a call gives back."""
        if isinstance(node.func, ast.Attribute):
            owner = self._evaluator.value(node.func.value, frame)
            if isinstance(owner, _PLAIN):
                return self._method(owner, node.func.attr, node, frame)
            function = self.attribute(owner, node.func.attr, written=node.func)
        else:
            name = getattr(node.func, "id", "")
            function = self._evaluator.value(node.func, frame)
            if isinstance(function, Unknown) and name in _PURE:
                return self._pure(_PURE[name], node, frame, lax=name in _HOLDING_UNKNOWN)
        if isinstance(function, Class):
            return Instance(function, node, frame)
        if isinstance(function, FunctionValue):
            return self._inside(function, node, frame)
        if callable(function) and not isinstance(function, STAND_INS):
            return self._pure(function, node, frame)
        return self.unknown(function, node)

    def unknown(self, owner: Any, written: ast.AST) -> Unknown:
        """Return why an expression about an object is not known."""
        what = f"`{ast.unparse(written)}`"
        if not isinstance(owner, Unknown):
            return Unknown(what, "is not known before the program runs", values.WHOLE_TEXTS)
        if not what.startswith(owner.what.rstrip("`")):
            # Something else went into the object; that is what has to be mended.
            return owner
        return Unknown(what, "is not known", owner.remedy, because=owner)

    def _of_class(self, cls: Class, name: str) -> Any:
        """Return a constant or a method of a class; an enumeration is imported."""
        if any(ast.unparse(base).endswith("Enum") for base in cls.node.bases):
            imported = self._evaluator.constants.value(cls.module, cls.node.name)
            return getattr(imported, name, NOTHING)
        for each in self._evaluator.names.lineage(cls):
            found = self._evaluator.lookup.in_class(each, name)
            if found is not NOTHING:
                return found
        return NOTHING

    def _of_instance(self, owner: Instance, name: str) -> Any:
        """Return a field of an object whose making is known, or what its class has."""
        cls = owner.cls
        if _is_record(cls):
            found = self._field(owner, name)
            if found is not NOTHING:
                return found
        for each in self._evaluator.names.lineage(cls):
            assigned = list(given_to_self(each, name))
            made = self._evaluator.names.member(each, "__init__")
            if assigned and isinstance(made, Function):
                if len(assigned) > 1:
                    return Unknown(f"`self.{name}`", "is assigned twice", values.FINAL)
                inside = Frame(
                    made.module,
                    made.node,
                    Frame(made.module),
                    entered=(owner.call, owner.frame),
                    receiver=owner,
                )
                return self._evaluator.value(assigned[0], inside)
        return self._bound_to(owner, self._of_class(cls, name))

    def _field(self, owner: Instance, name: str) -> Any:
        """Return a field of a dataclass or named tuple from the call that makes the object."""
        fields = [
            node
            for each in reversed(list(self._evaluator.names.lineage(owner.cls)))
            for node in each.node.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        ]
        places = [getattr(field.target, "id", "") for field in fields]
        if name not in places:
            return NOTHING
        argument = given(owner.call, places, name)
        if isinstance(argument, ast.expr) and not isinstance(argument, ast.Starred):
            return self._evaluator.value(argument, owner.frame)
        written = fields[places.index(name)].value
        if argument is not None or written is None or isinstance(written, ast.Call):
            what = f"`{name}` of `{owner.cls.node.name}`"
            return Unknown(what, "is not given by itself", values.FINAL)
        return self._evaluator.value(written, Frame(owner.cls.module))

    def _of_self(self, owner: Self, name: str) -> Any:
        """Return what the object of a method has: by its class, else by whom it is called on."""
        names, choices = self._evaluator.names, self._evaluator.choices
        family = names.family(owner.cls)
        of_each = {place: self._of_class(each, name) for place, each in enumerate(family)}
        is_field = any(_is_record(each) and _has_field(each, name) for each in family)
        if is_field or any(next(given_to_self(each, name), None) for each in family):
            receiver = self._evaluator.parameters.receiver(owner.frame)
            return self.attribute(receiver, name, written=ast.Name("self"))
        having = [place for place, found in of_each.items() if found is not NOTHING]
        if not having:
            return NOTHING
        chosen = choices.among(("class of self", owner.frame.key), having)
        return self._bound_to(owner, of_each[chosen])

    def _bound_to(self, owner: Any, found: Any) -> Any:
        """Turn what a class has into what an object has: methods bound, properties evaluated."""
        if not isinstance(found, FunctionValue):
            return found
        bound = FunctionValue(found.node, found.module, found.outer, owner)
        decorators = {ast.unparse(node) for node in getattr(found.node, "decorator_list", ())}
        if decorators & {"property", "cached_property", "functools.cached_property"}:
            call = ast.Call(func=ast.Name("property"), args=[], keywords=[])
            return self._inside(bound, call, Frame(found.module))
        return bound

    def _inside(self, function: FunctionValue, call: ast.Call, frame: Frame) -> Any:
        """Follow a call into the function and return what it may return."""
        node = function.node
        if frame.depth > values.DEEPEST:
            return Unknown(f"`{ast.unparse(call)}`", "goes too deep", values.BY_CALLS)
        inside = Frame(
            function.module,
            node,
            function.outer or Frame(function.module),
            entered=(call, frame),
            receiver=function.receiver,
            rounds=self._evaluator.containers.rounds,
        )
        if isinstance(node, ast.Lambda):
            return self._evaluator.value(node.body, inside)
        if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in own_nodes(node)):
            return Unknown(f"`{node.name}`", "is a generator", values.FINAL)
        chosen = self._evaluator.choices.among(("return", inside.key), returns(node))
        self._evaluator.conditions.way_to(chosen, inside)
        return None if chosen.value is None else self._evaluator.value(chosen.value, inside)

    def _method(self, owner: Any, name: str, node: ast.Call, frame: Frame) -> Any:
        """Call a method of a plain value, which changes nothing but what is thrown away."""
        if name == "get" and isinstance(owner, dict) and node.args:
            return self._get(owner, node, frame)
        method = getattr(owner, name, None)
        if method is None:
            return Unknown(f"`{ast.unparse(node)}`", "is not followed", values.WHOLE_TEXTS)
        lax = name in ("items", "values", "keys")
        if not lax and (unclear := doubt([owner])):
            return unclear
        return self._pure(method, node, frame, lax=lax)

    def _get(self, owner: dict[Any, Any], node: ast.Call, frame: Frame) -> Any:
        """Return `owner.get(key, default)`; under an open key the default is an option too."""
        key = self._evaluator.value(node.args[0], frame)
        instead = self._evaluator.value(node.args[1], frame) if len(node.args) > 1 else None
        if doubt([key]) is None:
            return owner.get(key, instead)
        place = ("get", self._evaluator.conditions.key(node.args[0], frame))
        if self._evaluator.choices.among(place, (True, False)):
            return self._evaluator.containers.chosen(owner, node.args[0], frame)
        return instead

    def _pure(
        self, function: Callable[..., Any], node: ast.Call, frame: Frame, *, lax: bool = False
    ) -> Any:
        """Call a function that only computes, once everything it is given is known.

        A `lax` one may be given containers of what is not known.
        """
        what = f"`{ast.unparse(node)}`"
        by_position = self._evaluator.containers.in_order(node.args, frame)
        by_name = {
            each.arg: self._evaluator.value(each.value, frame) for each in node.keywords if each.arg
        }
        if isinstance(by_position, Unknown) or len(by_name) < len(node.keywords):
            return Unknown(what, "unpacks its arguments", values.WHOLE_TEXTS)
        arguments = [*by_position, *by_name.values()]
        if lax:
            arguments = [each for each in arguments if isinstance(each, STAND_INS)]
        if (unclear := doubt(arguments)) is not None:
            return unclear
        try:
            return function(*by_position, **by_name)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            return Unknown(what, f"fails ({error})", values.WHOLE_TEXTS)


def _is_record(cls: Class) -> bool:
    """Say whether a class takes its fields as arguments, in order."""
    decorators = [ast.unparse(node) for node in cls.node.decorator_list]
    bases = [ast.unparse(base) for base in cls.node.bases]
    return any("dataclass" in each for each in decorators) or any(
        each.endswith("NamedTuple") for each in bases
    )


def _has_field(cls: Class, name: str) -> bool:
    return any(
        isinstance(node, ast.AnnAssign) and getattr(node.target, "id", None) == name
        for node in cls.node.body
    )
