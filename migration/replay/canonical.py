"""JSON that keeps what it was given: number text, types, and one spelling per value.

Goldens, observations and the recorders' answers are *trees*: None, bool, int, `Real`, str, lists
and dicts. A number with a fraction or an exponent stays the text that it was, so that 7.0, 7.00
and 7 are three different values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Real:
    """A JSON number with a fraction or an exponent, as it was written."""

    text: str

    def __str__(self) -> str:
        return self.text


Tree: TypeAlias = "bool | int | Real | str | list[Tree] | dict[str, Tree] | None"


def read(text: str) -> Tree:
    """Parse JSON text; raise ValueError when it is none."""
    tree: Tree = json.loads(text, parse_float=Real, parse_constant=Real)
    return tree


def write(tree: Tree) -> str:
    """Spell a tree out: keys sorted, two blanks of indentation, one newline at the end."""
    return "".join(_pieces(tree, "\n")) + "\n"


def write_line(tree: Tree) -> str:
    """Spell a tree out on one line."""
    return "".join(_pieces(tree, ""))


def tree_of(value: object) -> Tree:
    """Turn plain Python data into a tree; raise TypeError for what JSON has no word for."""
    if value is None or isinstance(value, bool | int | str | Real):
        return value
    if isinstance(value, float):
        return Real(json.dumps(value))
    if isinstance(value, bytes | memoryview):
        return {"hex": bytes(value).hex()}
    if isinstance(value, list | tuple):
        return [tree_of(item) for item in value]
    if isinstance(value, dict):
        return {str(key): tree_of(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no place in a recording: {value!r}")


def spelled(text: str) -> str:
    """Return the JSON string of `text`, readable where it can be encoded."""
    readable = json.dumps(text, ensure_ascii=False)
    try:
        readable.encode()
    except UnicodeEncodeError:
        return json.dumps(text)
    return readable


def _pieces(tree: Tree, newline: str) -> Iterator[str]:
    if isinstance(tree, dict) and tree:
        yield from _block("{}", newline, ((key, tree[key]) for key in sorted(tree)))
    elif isinstance(tree, list) and tree:
        yield from _block("[]", newline, ((None, item) for item in tree))
    elif isinstance(tree, dict | list):
        yield "{}" if isinstance(tree, dict) else "[]"
    elif isinstance(tree, str):
        yield spelled(tree)
    else:
        yield tree.text if isinstance(tree, Real) else json.dumps(tree)


def _block(marks: str, newline: str, items: Iterator[tuple[str | None, Tree]]) -> Iterator[str]:
    inner = newline + "  " if newline else ""
    between = marks[0] + inner
    for key, item in items:
        yield between
        if key is not None:
            yield spelled(key) + ": "
        yield from _pieces(item, inner)
        between = "," + (inner or " ")
    yield newline + marks[1]
