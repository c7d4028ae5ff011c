"""What an expression may come to: Python's own values, and the few things that are none.

A value that can be told from the sources is represented by itself: text, numbers, tuples, dicts.
The classes here stand for what has to be looked into further, and for what cannot be told.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from migration.sql.names import Class
from migration.sql.tree import FunctionNode, Module


@dataclass(frozen=True, eq=False)
class Unknown:
    """What the sources alone do not tell: why, and how to write it so that they do.

    `because` is something else that is not known, from which this follows.
    """

    what: str
    why: str
    remedy: str
    because: Unknown | None = None

    def __str__(self) -> str:
        root = self
        while root.because is not None:
            root = root.because
        told = f"{root.what} {root.why}"
        return told if root is self else f"{self.what} {self.why}: {told}"


@dataclass(frozen=True, eq=False)
class Frame:
    """A function, or a module, at work in one particular way.

    `entered` is the call that is being followed and the frame it stands in; without it the frame
    was reached from inside, and which call led there is an open choice. `rounds` tell apart the
    rounds of a comprehension.
    """

    module: Module
    function: FunctionNode | ast.Lambda | None = None
    outer: Frame | None = None
    entered: tuple[ast.Call, Frame] | None = None
    receiver: Any = None
    callee: Frame | None = None
    rounds: tuple[int, ...] = ()

    @property
    def key(self) -> Hashable:
        """What makes this frame another one than its like."""
        call, caller = self.entered or (None, None)
        return (
            id(self.function or self.module),
            id(call),
            caller and caller.key,
            self.outer and self.outer.key,
            self.callee and self.callee.key,
            self.rounds,
        )

    @property
    def depth(self) -> int:
        """How many calls away it is from where the search began."""
        _, caller = self.entered or (None, None)
        nearer = caller or self.callee
        return nearer.depth + 1 if nearer else 0


@dataclass(frozen=True, eq=False)
class FunctionValue:
    """A function, the frame around its definition, and the object that it is called on."""

    node: FunctionNode | ast.Lambda
    module: Module
    outer: Frame | None
    receiver: Any = None


@dataclass(frozen=True, eq=False)
class Instance:
    """An object that a call in the sources makes."""

    cls: Class
    call: ast.Call
    frame: Frame


@dataclass(frozen=True, eq=False)
class Self:
    """The object that the method of a frame is called on, while nobody has asked which."""

    cls: Class
    frame: Frame


class Nothing:
    """The mark that a name is not bound here."""


NOTHING = Nothing()
STAND_INS = (Unknown, FunctionValue, Instance, Self, Class, Module, Nothing)


def doubt(values: Iterable[Any]) -> Unknown | None:
    """Return the first thing in the values, however deep, that is no plain value."""
    for value in values:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, STAND_INS):
            return Unknown(f"a {_called(value)}", "is no text", WHOLE_TEXTS)
        if isinstance(value, dict):
            inside = doubt([*value.keys(), *value.values()])
        elif isinstance(value, list | tuple | set | frozenset):
            inside = doubt(value)
        else:
            inside = None
        if inside is not None:
            return inside
    return None


def _called(value: object) -> str:
    return {FunctionValue: "function", Class: "class", Module: "module"}.get(type(value), "object")


DEEPEST = 12
"""How many calls are followed from where a text goes through the door."""

WHOLE_TEXTS = "choose between whole texts with `if`, or look the text up in a dict of constants"
FIXED_NUMBER = (
    "let the number of parts not depend on values: one statement an element, or a fixed list"
)
BY_CALLS = "call the function directly, with constants for what goes into the text"
FINAL = "make it a module constant annotated `Final`, computed from nothing but code"
REMOVE = "remove what is not used, or list it under [[sql.exclude]] with the reason"
