"""Goldens on disk: one file for each case, its name, and the manifest that vouches for all.

    goldens/MANIFEST                                      a hash of the set, a line a golden
    goldens/wellbeing/POST api.mood.log ~ success.json    what the case showed

A file's name can be turned back into its case, so no two cases share one. Only `pending.py`
writes here, on `accept`; a golden whose bytes are not those that were accepted is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from migration.replay.canonical import Tree, read, write
from migration.replay.cases import Case
from migration.replay.errors import GoldenError
from migration.replay.manifest import Manifest

SUFFIX = ".json"
_LONGEST_NAME = 240
_BETWEEN = " ~ "
_IN_RULES = {"/": ".", "<": "{", ">": "}", ":": ";"}
_IN_NAMES = {":": ";"}
_PLAIN = re.compile(r"[A-Za-z0-9_,() -]")
_PLAIN_IN_NAMES = re.compile(r"[A-Za-z0-9_,() .-]")
_ESCAPED = re.compile(r"((?:%[0-9A-F]{2})+)|(.)")


@dataclass(frozen=True)
class Goldens:
    """The golden files below a folder."""

    folder: Path

    def path(self, case: Case) -> Path:
        """Return where the golden of a case lies, whether or not it exists."""
        return self.folder / golden_name(case)

    def read(self, name: str) -> Tree:
        """Return the golden of that name, None when there is none; `GoldenError` when edited."""
        path = self.folder / name
        if not path.exists():
            return None
        data = path.read_bytes()
        entry = self.manifest.entries.get(name)
        if entry is None or entry.digest != digest(data):
            raise GoldenError(
                f"reading the golden of {case_id_of(name)}",
                f"{path} is not the file that was accepted: it was edited by hand, or merged",
                "restore it (git checkout), or remove it, record the case and accept what is left",
            )
        return read(data.decode())

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest as it was when it was first asked for."""
        return Manifest.of(self.folder)

    def names(self) -> list[str]:
        """Return the name of every golden file, relative to the folder."""
        return sorted(
            file.relative_to(self.folder).as_posix() for file in self.folder.rglob(f"*{SUFFIX}")
        )


def golden_tree(case: Case, unified: Tree) -> Tree:
    """Return what a golden file holds: the case, and what playing it showed."""
    assert isinstance(unified, dict)
    return {"case": case.id, "kind": case.kind, **unified}


def shown(golden: Tree) -> Tree:
    """Return what of a golden an observation is compared with."""
    assert isinstance(golden, dict)
    return {"exchanges": golden["exchanges"]}


def golden_bytes(tree: Tree) -> bytes:
    """Spell a golden out as its file holds it."""
    return write(tree).encode()


def digest(data: bytes) -> str:
    """Return the hash by which the manifest knows a file."""
    return sha256(data).hexdigest()


def golden_name(case: Case) -> str:
    """Return the file name of a case's golden, relative to the folder of goldens."""
    method, _, rule = case.route.partition(" ")
    name = f"{method} {_encode(rule[1:], _IN_RULES, _PLAIN)}{_BETWEEN}"
    return f"{case.domain}/{name}{_encode(case.name, _IN_NAMES, _PLAIN_IN_NAMES)}{SUFFIX}"


def case_id_of(name: str) -> str:
    """Return the id of the case that a golden's file name stands for."""
    stem = name.partition("/")[2].removesuffix(SUFFIX)
    route, _, case = stem.partition(_BETWEEN)
    method, _, rule = route.partition(" ")
    return f"{method} /{_decode(rule, _IN_RULES)}: {_decode(case, _IN_NAMES)}"


def check_names(cases: Iterable[Case]) -> None:
    """Raise `GoldenError` when two cases would share a file, or a name is too long for one.

    Names that differ in case alone are one file on some systems.
    """
    taken: dict[str, Case] = {}
    for case in cases:
        name = golden_name(case)
        if len(name.rpartition("/")[2].encode()) > _LONGEST_NAME:
            raise GoldenError(
                f"naming the golden of {case.id}", "the name is too long", "shorten the case's name"
            )
        other = taken.setdefault(name.casefold(), case)
        if other is not case:
            raise GoldenError(
                f"naming the golden of {case.id}",
                f"{other.id} has the same file on a system that ignores capitals",
                "give one of the two another name",
            )


def _encode(text: str, images: dict[str, str], plain: re.Pattern[str]) -> str:
    return "".join(images.get(letter) or _escape(letter, plain) for letter in text)


def _escape(letter: str, plain: re.Pattern[str]) -> str:
    if plain.fullmatch(letter):
        return letter
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _decode(text: str, images: dict[str, str]) -> str:
    letters = {image: letter for letter, image in images.items()}

    def decoded(found: re.Match[str]) -> str:
        if found[1]:
            return bytes.fromhex(found[1].replace("%", "")).decode()
        return letters.get(found[2], found[2])

    return _ESCAPED.sub(decoded, text)
