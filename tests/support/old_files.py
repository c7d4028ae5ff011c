"""Files of the earlier application: its tables, invented rows, and what must become of each.

The tables are in `fixtures/old_schema/`, the rows in `fixtures/old_rows/`, where every row ends
with its fate.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOGICAL = ("therapist_app", "pet_game", "ai_training_data")
INTO = re.compile(r"INSERT INTO (?P<table>\w+) ")
ROW = re.compile(r"\(.*\)[,;]  -- (?P<outcome>kept|changed|rejected)(: (?P<rules>[a-z_, ]+))?")


@dataclass(frozen=True)
class Fate:
    """What must become of a row, the first of its table being number 1."""

    table: str
    number: int
    outcome: str
    rules: frozenset[str]


def build_old(folder: Path) -> Path:
    """Write the three files of the earlier application into a folder, and return that."""
    folder.mkdir(parents=True, exist_ok=True)
    for logical in LOGICAL:
        parts = (_script(part, logical) for part in ("old_schema", "old_rows"))
        change(folder, logical, "".join(parts))
    return folder


def change(folder: Path, logical: str, script: str) -> None:
    """Run SQL on one of the files."""
    with closing(sqlite3.connect(folder / f"{logical}.db")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(f"BEGIN; {script} ; COMMIT")


def fates(logical: str) -> Iterator[Fate]:
    """Yield what must become of every row of a file."""
    table, number = "", 0
    for line in _script("old_rows", logical).splitlines():
        if found := INTO.match(line):
            table, number = found["table"], 0
        elif line.startswith("("):
            row = ROW.fullmatch(line)
            assert row, line
            number += 1
            rules = frozenset((row["rules"] or "").split(", ")) - {""}
            yield Fate(table, number, row["outcome"], rules)


def files(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds, byte by byte."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _script(part: str, logical: str) -> str:
    return (FIXTURES / part / f"{logical}.sql").read_text("utf-8")
