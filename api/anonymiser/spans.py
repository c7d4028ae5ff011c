"""Places in a text where something personal stands, and how finders are kept off them.

A finder is a function from a text to `Found`s. What an earlier one found, and the tags of an
earlier masking, are blanked for the next: characters that no rule takes stand in their place, so
that offsets stay and both look the same. Names keep a blank of their own, since a surname may
follow.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

NAME = "NAME"
BLANK, BLANK_NAME = "\0", "\1"
TAG = re.compile(r"\[([A-Z_]{3,10})\]")


@dataclass(frozen=True)
class Found:
    """Something personal: where it begins and ends in the text, and its kind, as in the tag."""

    start: int
    end: int
    kind: str


def blank_tags(text: str) -> str:
    """Blank the tags that an earlier masking left."""
    tags = (Found(tag.start(), tag.end(), tag[1]) for tag in TAG.finditer(text))
    return blanked(text, tags)


def blanked(text: str, found: Iterable[Found]) -> str:
    """Put blanks in the place of what was found; it comes in order and without overlaps."""
    parts, position = [], 0
    for one in found:
        blank = BLANK_NAME if one.kind == NAME else BLANK
        parts += [text[position : one.start], blank * (one.end - one.start)]
        position = one.end
    return "".join([*parts, text[position:]])


def matches(text: str, kind: str, *patterns: re.Pattern[str]) -> list[Found]:
    """Return what any of the patterns matches, its group `it` where it has one; earlier win."""
    every: list[Found] = []
    for pattern in patterns:
        group: str | int = "it" if "it" in pattern.groupindex else 0
        found = [Found(*match.span(group), kind) for match in pattern.finditer(text)]
        text = blanked(text, found)
        every += found
    return sorted(every, key=lambda one: one.start)
