"""Rows that bring out what an expression decides: its own numbers and strings, and what is near."""

import random
import re
from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Any, TypeAlias

from migration.compare.facts import ColumnFacts
from migration.schema.model import LogicalType

ProbeRow: TypeAlias = tuple[Any, ...]

MOST_ROWS = 3_000
_MOST_NUMBERS = 20
_LONGEST = 1_000
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_STRING = re.compile(r"'((?:[^']|'')*)'")
_FIXED: dict[LogicalType, tuple[Any, ...]] = {
    LogicalType.BOOLEAN: (0, 1),
    LogicalType.TIMESTAMP: ("1999-12-31 23:59:59", "2024-02-29 12:00:00", "2024-02-29 12:00:01"),
    LogicalType.DATE: ("1999-12-31", "2024-02-29", "2024-03-01"),
    LogicalType.JSON: ("{}", "[]", '"text"'),
}


def mentioned(columns: Sequence[ColumnFacts], texts: Iterable[str]) -> list[int]:
    """Return the places of the columns whose names occur in one of the texts."""
    text = " ".join(texts)
    return [
        place
        for place, column in enumerate(columns)
        if re.search(rf"(?<!\w){re.escape(column.name)}(?!\w)", text, re.IGNORECASE)
    ]


def probe_rows(columns: Sequence[ColumnFacts], texts: Iterable[str]) -> list[ProbeRow]:
    """Return rows as SQLite would hold them, every combination or else a fixed sample."""
    text = " ".join(texts)
    pools = [
        [*([None] if column.nullable else []), *dict.fromkeys(_values(column.meaning, text))]
        for column in columns
    ]
    if prod(map(len, pools)) <= MOST_ROWS:
        return list(product(*pools))
    choose = random.Random(0)
    return [tuple(choose.choice(pool) for pool in pools) for _ in range(MOST_ROWS)]


def _values(meaning: LogicalType, text: str) -> Iterable[Any]:
    numbers = sorted({float(found) for found in _NUMBER.findall(text)})[:_MOST_NUMBERS]
    whole = sorted({int(number) + step for number in [0.0, *numbers] for step in (-1, 0, 1)})
    lengths = [number for number in whole if 0 < number <= _LONGEST] if "length" in text else []
    match meaning:
        case LogicalType.INTEGER | LogicalType.NUMERIC:
            return whole
        case LogicalType.REAL:
            return [number + step for number in map(float, whole) for step in (0.0, 0.5)]
        case LogicalType.TEXT:
            return ["", " ", "x", *_around(text), *("y" * length for length in lengths)]
        case LogicalType.BLOB:
            return [b"", b"\0", *(b"y" * length for length in lengths)]
        case _:
            return _FIXED[meaning]


def _around(text: str) -> Iterable[str]:
    for found in _STRING.findall(text):
        string = found.replace("''", "'")
        yield from (string, string.upper(), string + "x")
