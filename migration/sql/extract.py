"""Every SQL text that reaches the application's door, by file and line, in every variant.

A *door* is a method or function whose first argument is SQL: `execute`, or `Database.all` for a
method of one class. Texts are told from the sources by following where the argument comes from
(`evaluate.py`), one way through the code at a time (`choices.py`). What cannot be told is listed
as unresolved, with what stands in the way; nothing is guessed and nothing passed over.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from migration.config import DEFAULT_DOOR
from migration.sql import values
from migration.sql.calls import Calls
from migration.sql.choices import Choices, ways
from migration.sql.constants import Constants
from migration.sql.evaluate import Evaluator
from migration.sql.names import Class, Names, read_sources
from migration.sql.parameters import frame_around
from migration.sql.tree import FUNCTIONS, Module, arguments
from migration.sql.values import Unknown, doubt

MOST_VARIANTS = 500
_KEYWORDS = frozenset({"sql", "query", "statement", "operation", "sql_script"})


@dataclass(frozen=True, order=True)
class Place:
    """A line of a source file, and the function it is in, empty at the top of the module."""

    file: str
    line: int
    function: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Text:
    """One variant of an SQL text, by the place where it is written."""

    place: Place
    sql: str


@dataclass(frozen=True, order=True)
class Unresolved:
    """A text that cannot be told: the place, what stands in the way, how to write it instead."""

    place: Place
    why: str
    remedy: str


@dataclass(frozen=True)
class Extraction:
    """What was found in the sources, in the order of the places."""

    texts: tuple[Text, ...]
    unresolved: tuple[Unresolved, ...]


def extract(root: Path, sources: Sequence[Path], door: Sequence[str] = DEFAULT_DOOR) -> Extraction:
    """Find every SQL text in the sources; raise SourceError for a file that is no Python.

    Names of files are as seen from `root`, under which constants that are computed are imported.
    """
    names = read_sources(root, sources)
    extractor = _Extractor(root, names, door)
    found = [each for module in names.modules.values() for each in extractor.texts_of(module)]
    return Extraction(
        tuple(sorted({each for each in found if isinstance(each, Text)})),
        tuple(sorted({each for each in found if isinstance(each, Unresolved)})),
    )


class _Extractor:
    def __init__(self, root: Path, names: Names, door: Sequence[str]) -> None:
        self._root = root
        self._names = names
        self._calls = Calls(names)
        self._constants = Constants(root)
        self._functions = {entry for entry in door if "." not in entry}
        self._methods = {tuple(entry.rsplit(".", 1)) for entry in door if "." in entry}

    def texts_of(self, module: Module) -> Iterator[Text | Unresolved]:
        """Yield what the calls of a door in a module send."""
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Name | ast.Attribute) or not self._is_door(node, module):
                continue
            call = module.parents[node]
            if isinstance(call, ast.Call) and call.func is node:
                written = _argument(call)
                if written is not None and not self._hands_through(written, module):
                    yield from self._variants(written, module)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                # Whoever is given it may send anything.
                what = f"`{ast.unparse(node)}` is handed on without being called"
                yield Unresolved(self._place(node, module), what, values.BY_CALLS)

    def _is_door(self, node: ast.Name | ast.Attribute, module: Module) -> bool:
        name = node.id if isinstance(node, ast.Name) else node.attr
        if name in self._functions:
            return True
        if isinstance(node, ast.Name) or not any(name == method for _, method in self._methods):
            return False
        cls = self._names.type_of(node.value, module)
        lineage = self._names.lineage(cls) if cls else ()
        return any((each.node.name, name) in self._methods for each in lineage)

    def _hands_through(self, written: ast.expr, module: Module) -> bool:
        """Say whether one door only hands its own argument on to another.

        The texts are those of whoever calls the first.
        """
        function = module.function_of(written)
        cls = module.class_of(function) if isinstance(function, FUNCTIONS) else None
        if not isinstance(function, FUNCTIONS) or not isinstance(written, ast.Name):
            return False
        if written.id not in {argument.arg for argument in arguments(function)}:
            return False
        lineage = self._names.lineage(Class(cls, module)) if cls else ()
        return any((each.node.name, function.name) in self._methods for each in lineage)

    def _variants(self, written: ast.expr, module: Module) -> Iterator[Text | Unresolved]:
        if isinstance(written, ast.Constant) and isinstance(written.value, str):
            yield Text(self._place(written, module), written.value)
            return
        count = 0
        for found in islice(
            ways(lambda choices: self._follow(written, module, choices)), MOST_VARIANTS
        ):
            count += 1
            yield found
        if count in (0, MOST_VARIANTS):
            why = f"has {MOST_VARIANTS} variants and more" if count else "is reached on no way"
            remedy = values.WHOLE_TEXTS if count else values.REMOVE
            what = f"`{ast.unparse(written)}` {why}"
            yield Unresolved(self._place(written, module), what, remedy)

    def _follow(self, written: ast.expr, module: Module, choices: Choices) -> Text | Unresolved:
        """Return what is sent on one way through the code."""
        evaluator = Evaluator(self._names, self._calls, self._constants, choices)
        frame = frame_around(written, module)
        evaluator.conditions.way_to(written, frame)
        text = evaluator.value(written, frame)
        place = self._place(*evaluator.parameters.origin(written, frame))
        if isinstance(text, str):
            return Text(place, text)
        unclear = doubt([text]) or Unknown(
            f"`{ast.unparse(written)}`", f"is no text but {text!r}", values.WHOLE_TEXTS
        )
        return Unresolved(place, str(unclear), unclear.remedy)

    def _place(self, node: ast.expr, module: Module) -> Place:
        file = module.file
        name = file.relative_to(self._root) if file.is_relative_to(self._root) else file
        return Place(name.as_posix(), node.lineno, _qualified(node, module))


def _argument(call: ast.Call) -> ast.expr | None:
    """Return the argument that holds the SQL, None for a call that sends none."""
    if call.args:
        return call.args[0]
    return next((each.value for each in call.keywords if each.arg in _KEYWORDS), None)


def _qualified(node: ast.AST, module: Module) -> str:
    """Return the dotted name of the function or class that a node is in."""
    around = [
        each.name for each in module.above(node) if isinstance(each, (*FUNCTIONS, ast.ClassDef))
    ]
    return ".".join(reversed(around))
