"""Paths: where in an observation or a golden something stands.

    exchanges[0].answer.json.logs[2].id
    exchanges[1].rows["therapist_app.mood_logs"].inserted[0].notes

Case files and known differences name a *field*: the path without its exchange, `[]` for any item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migration.replay.canonical import Tree

_ROW_LIST = re.compile(r'\.rows(?:\["[^"]*"\]|\.\w+)\.(?:inserted|updated|deleted)$')
_ITEM = re.compile(r"\[\d+\]")
_EXCHANGE = re.compile(r"^exchanges\[(\d+)\]\.?")


def is_row_list(path: str) -> bool:
    """Say whether `path` is a list of rows, whose order carries no meaning."""
    return _ROW_LIST.search(path) is not None


def field_of(path: str) -> str:
    """Return the field that `path` belongs to."""
    return _ITEM.sub("[]", within_exchange(path))


def within_exchange(path: str) -> str:
    """Return `path` without its exchange."""
    return _EXCHANGE.sub("", path)


def exchange_of(path: str) -> int | None:
    """Return the number of the exchange that `path` lies in, counted from 0."""
    found = _EXCHANGE.match(path)
    return int(found[1]) if found else None


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, Tree]]:
    """Yield every leaf with its path."""
    if isinstance(tree, dict):
        for key, item in tree.items():
            yield from leaves(item, below(path, key))
    elif isinstance(tree, list):
        for number, item in enumerate(tree):
            yield from leaves(item, f"{path}[{number}]")
    else:
        yield path, tree


def below(path: str, key: str) -> str:
    """Name the place of `key` in the object at `path`."""
    plain = key.replace("_", "").isalnum()
    step = key if plain else f'["{key}"]'
    return f"{path}.{step}" if path and plain else f"{path}{step}"
