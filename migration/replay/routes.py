"""The table of routes: what each one answers on success and which tables it writes.

Written by hand from the facts of the application, beside the cases, so that two engines that are
wrong alike are not green. `gates.py` holds recordings against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migration.replay.errors import CaseFileError
from migration.replay.yaml_json import Json, read_yaml

_KEYS = frozenset({"domain", "auth", "status", "keys", "writes", "may_write"})


@dataclass(frozen=True)
class Route:
    """What is declared of one route; tables are named "database.table"."""

    name: str
    domain: str
    auth: str
    status: int
    keys: tuple[str, ...]
    writes: frozenset[str]
    may_write: frozenset[str]


def load_table(place: Path) -> dict[str, Route]:
    """Read a file, or every file of a folder; raise `CaseFileError` for what is no route."""
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    routes: dict[str, Route] = {}
    for file in files:
        document = read_yaml(file)
        if not isinstance(document, dict):
            raise CaseFileError.at(file, "the file", "is no mapping of routes")
        for name, written in document.items():
            if name in routes:
                raise CaseFileError.at(file, name, "is written in another file too")
            routes[name] = _route(file, name, written)
    return routes


def _route(file: Path, name: str, written: Json) -> Route:
    if not isinstance(written, dict) or set(written) - _KEYS:
        raise CaseFileError.at(file, name, f"may hold {', '.join(sorted(_KEYS))} and nothing else")
    status = written.get("status")
    if not isinstance(status, int):
        raise CaseFileError.at(file, name, "needs the status of a success")
    return Route(
        name=name,
        domain=str(written.get("domain", "")),
        auth=str(written.get("auth", "")),
        status=status,
        keys=tuple(_texts(file, name, written, "keys")),
        writes=frozenset(_texts(file, name, written, "writes")),
        may_write=frozenset(_texts(file, name, written, "may_write")),
    )


def _texts(file: Path, name: str, written: Mapping[str, Json], key: str) -> list[str]:
    texts = written.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise CaseFileError.at(file, name, f"needs a list of names under {key!r}")
    return [str(text) for text in texts]
