"""A text taken apart into the pieces at which two recordings may differ.

Dates and times are found first, then words (which may be secrets, or hold an id), then whatever
stands between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migration.replay.moments import spans

# Behind a dollar sign stand salts and digests of password hashes, whose alphabet has more letters.
_PIECE = re.compile(r"(?<=\$)[A-Za-z0-9+/.]{16,}=*|[A-Za-z0-9_-]+=*|\$|[^A-Za-z0-9_$-]+")
# Base64 of the older kind looks like several words; tried where the pieces do not fit otherwise.
_WIDE_PIECE = re.compile(r"[A-Za-z0-9+/]{16,}=*|[A-Za-z0-9_-]+|[^A-Za-z0-9_-]")
_JOINED = re.compile(r"[_-]+|[^_-]+")
_RUN = re.compile(r"[0-9]+|[^0-9]+")


def splits(first: str, second: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the ways to split two texts into as many moments, words and pieces between them.

    Joined again, the pieces are the texts.
    """
    for pattern in (_PIECE, _WIDE_PIECE):
        ours, theirs = list(_pieces(first, pattern)), list(_pieces(second, pattern))
        if len(ours) == len(theirs):
            yield ours, theirs


def parts_of(word: str) -> list[str]:
    """Split a word at its hyphens and underscores, or else between digits and the rest."""
    joined = _JOINED.findall(word)
    return joined if len(joined) > 1 else _RUN.findall(word)


def _pieces(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    done = 0
    for start, end in spans(text):
        yield from pattern.findall(text[done:start])
        yield text[start:end]
        done = end
    yield from pattern.findall(text[done:])
