"""Tokens: the names that stand in a golden for values that may change from run to run.

    ⟦now+3600 %Y-%m-%d %H:%M:%S⟧   a timestamp, its seconds from the case's clock and its format
    ⟦today-1 %Y-%m-%d⟧             a date, its days from today        ⟦month+0 %Y-%m⟧  a month
    ⟦wall %Y-%m-%d %H:%M:%S⟧       a timestamp that the database took from its own clock
    ⟦id#1 mood_logs⟧               a number that a table handed out; one id, one name, everywhere
    ⟦secret#1 hex64⟧               random or derived text, its alphabet and its length
    ⟦duration⟧                     a measured time, only where a case declares it

Tokens stand inside texts. A leaf that was a number is a text of one token that names its type:
`⟦int id#1 mood_logs⟧`, `⟦real now+0 epoch:1⟧`. An opening bracket of the application's own is
written `⟦⟧`. `unify.py` makes tokens out of two recordings, `match.py` demands them of a third.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from migration.replay.moments import Distance


@dataclass(frozen=True)
class Named:
    """An id or a secret. `form` is the id's table, or the secret's alphabet and length."""

    kind: str
    number: int
    form: str

    def __str__(self) -> str:
        return f"{self.kind}#{self.number} {self.form}"


@dataclass(frozen=True)
class Moment:
    """A date or a time at a fixed distance from the case's clock."""

    distance: Distance

    def __str__(self) -> str:
        return f"{self.distance.base}{self.distance.amount:+} {self.distance.format}"


@dataclass(frozen=True)
class Wall:
    """A time that lies between the real beginning and the real end of the case."""

    format: str

    def __str__(self) -> str:
        return f"wall {self.format}"


@dataclass(frozen=True)
class Duration:
    """A measured time, not negative."""

    def __str__(self) -> str:
        return "duration"


Token: TypeAlias = Named | Moment | Wall | Duration
Part: TypeAlias = str | Token

OPEN, CLOSE = "⟦", "⟧"
_TOKEN = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
_WRITTEN = re.compile(
    r"(?P<kind>id|secret)#(?P<number>\d+) (?P<form>.+)"
    r"|(?P<base>now|today|month)(?P<amount>[+-]\d+(?:\.\d+)?) (?P<format>.+)"
    r"|wall (?P<wall>.+)"
    r"|(?P<duration>duration)"
)


@dataclass(frozen=True)
class Template:
    """A golden's text taken apart. `type` is int or real for a leaf that was a number."""

    parts: tuple[Part, ...]
    type: str = ""

    @property
    def tokens(self) -> list[Token]:
        return [part for part in self.parts if not isinstance(part, str)]

    def __str__(self) -> str:
        return spell(self.parts, type=self.type)


def spell(parts: Iterable[Part], *, type: str = "") -> str:
    """Write literal texts and tokens as a golden holds them."""
    prefix = f"{type} " if type else ""
    return "".join(
        part.replace(OPEN, OPEN + CLOSE)
        if isinstance(part, str)
        else f"{OPEN}{prefix}{part}{CLOSE}"
        for part in parts
    )


def parse(text: str) -> Template:
    """Take a golden's text apart; raise ValueError when it holds a token that is none."""
    pieces = _TOKEN.split(text)
    parts: list[Part] = [pieces[0]]
    type = ""
    for content, literal in zip(pieces[1::2], pieces[2::2], strict=True):
        if content:
            type, content = _typed(content)
            parts += [_token(content), literal]
        else:
            parts.append(OPEN + literal)
    return Template(tuple(_merged(parts)), type)


def _typed(content: str) -> tuple[str, str]:
    word, _, rest = content.partition(" ")
    return (word, rest) if word in ("int", "real") else ("", content)


def _token(content: str) -> Token:
    found = _WRITTEN.fullmatch(content)
    if found is None:
        raise ValueError(f"{OPEN}{content}{CLOSE} is no token")
    if found["kind"]:
        return Named(found["kind"], int(found["number"]), found["form"])
    if found["base"]:
        amount = Decimal(found["amount"]) if "." in found["amount"] else int(found["amount"])
        return Moment(Distance(found["base"], amount, found["format"]))
    return Wall(found["wall"]) if found["wall"] else Duration()


def _merged(parts: Sequence[Part]) -> list[Part]:
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return merged
