"""A text taken apart into the pieces at which two recordings may differ.

Dates and times are found first, then words (which may be secrets, or hold an id), then whatever
stands between them. Both recordings must fall into as many pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migration.replay.moments import spans

# Behind a dollar sign stand salts and digests of password hashes, whose alphabet has more letters.
_PIECE = re.compile(r"(?<=\$)[A-Za-z0-9+/.]{16,}=*|[A-Za-z0-9_-]+=*|[^A-Za-z0-9_-]+")
_JOINED = re.compile(r"[_-]+|[^_-]+")
_RUN = re.compile(r"[0-9]+|[^0-9]+")


def pieces(text: str) -> list[str]:
    """Split a text into moments, words and the rest; together they are the text again."""
    return list(_pieces(text))


def parts_of(word: str) -> list[str]:
    """Split a word at its hyphens and underscores, or else between digits and the rest."""
    joined = _JOINED.findall(word)
    return joined if len(joined) > 1 else _RUN.findall(word)


def _pieces(text: str) -> Iterator[str]:
    done = 0
    for start, end in spans(text):
        yield from _PIECE.findall(text[done:start])
        yield text[start:end]
        done = end
    yield from _PIECE.findall(text[done:])
