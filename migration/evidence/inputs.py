"""What a step depends on: a flat mapping from the name of a file or fact to its digest or value.

Files are judged by content, never by date or commit. `receipt.py` keeps the mapping of the day of
the proof; `changes` says in words what is different now.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import migration

Inputs = dict[str, str]

PACKAGE = Path(migration.__file__).parent
_DIGEST = "sha256:"
_PASSED_OVER = {"__pycache__", ".migration"}


def files(root: Path, paths: Iterable[Path]) -> Inputs:
    """Digest each file and each file below a folder, named as seen from `root`.

    What does not exist has no entry, so that appearing and vanishing are changes.
    """
    return {_name(root, file): file_digest(file) for path in paths for file in _below(path)}


def tool_files(*parts: str) -> Inputs:
    """Digest parts of this tool, such as `copy` or `steps/data.py`."""
    return files(PACKAGE.parent, [PACKAGE / part for part in parts])


def settings(sections: Mapping[str, Any], *names: str) -> Inputs:
    """Digest sections of migration.toml."""
    return {f"migration.toml [{name}]": digest(sections.get(name)) for name in names}


def digest(value: object) -> str:
    """Digest anything JSON can hold; the order of keys does not matter, times are text."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return _DIGEST + hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Digest the content of a file."""
    with path.open("rb") as file:
        return _DIGEST + hashlib.file_digest(file, "sha256").hexdigest()


def changes(*, before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Say in words what differs, one entry an input, in the order of their names."""
    return [
        _change(name, before.get(name), now.get(name))
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]


def _change(name: str, before: str | None, now: str | None) -> str:
    if before is None:
        return f"{name} is new"
    if now is None:
        return f"{name} is gone"
    if before.startswith(_DIGEST) or now.startswith(_DIGEST):
        return f"{name} changed"
    return f"{name} was {before}, is {now}"


def _name(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def _below(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir() and path.name not in _PASSED_OVER:
        for child in sorted(path.iterdir()):
            if not child.name.startswith(".") and child.suffix != ".pyc":
                yield from _below(child)
