"""Secrets: text drawn at random, or computed from something drawn, and how it is recognised.

A form is an alphabet and a length, such as `hex64` or `urlsafe43`. Two different words are one
secret in two recordings when both have the same form and too few characters in common for chance
to have left them alike.

Both alphabets of base64 share most letters: a word that shows none of the others may be of either,
and the next one will show it. Such a word has the form `word43`, which both fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class _Alphabet:
    name: str
    characters: str
    shortest: int
    start: str = ""
    mixed: bool = False
    """Whether a word must mix capitals, small letters and digits to be told from plain language."""
    telling: str = ""
    """Characters of which at least one of the two words must show one."""

    def pattern(self, length: int) -> str:
        return f"{self.start}[{self.characters}]{{{length - len(self.start)}}}"


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ALPHABETS = (
    _Alphabet("fernet", "A-Za-z0-9_=-", 100, start="gAAAAA"),
    _Alphabet("digits", "0-9", 6),
    _Alphabet("hex", "0-9a-f", 8),
    _Alphabet("HEX", "0-9A-F", 8),
    _Alphabet("urlsafe", "A-Za-z0-9_=-", 16, mixed=True, telling="-_"),
    _Alphabet("base64_", "A-Za-z0-9+/=.", 16, mixed=True, telling="+/."),
    _Alphabet("word", "A-Za-z0-9_=+/.-", 16, mixed=True),
)
_BASE64 = re.compile(r"(⟦secret#\d+ )(?:urlsafe|base64_|word)(?=\d+⟧)")
_CLASSES = tuple(re.compile(pattern) for pattern in ("[A-Z]", "[a-z]", "[0-9]"))


def shared_form(first: str, second: str) -> str | None:
    """Return the form of one secret seen in two recordings, None when it is no secret."""
    if len(first) != len(second) or not _unlike(first, second):
        return None
    if re.fullmatch(_UUID, first) and re.fullmatch(_UUID, second):
        return "uuid"
    for alphabet in _ALPHABETS:
        told = not alphabet.telling or set(alphabet.telling) & set(first + second)
        if told and _written_in(alphabet, first) and _written_in(alphabet, second):
            return f"{alphabet.name}{len(first)}"
    return None


def pattern(form: str) -> str:
    """Return a regular expression for every text of that form; ValueError for an unknown form."""
    if form == "uuid":
        return _UUID
    for alphabet in _ALPHABETS:
        length = form.removeprefix(alphabet.name)
        if length != form and length.isdigit():
            return alphabet.pattern(int(length))
    raise ValueError(f"{form!r} is no form of a secret")


def same_but_for_chance(one: str, other: str) -> bool:
    """Say whether two goldens differ in nothing but which base64 a secret happened to show."""
    return _BASE64.sub(r"\1word", one) == _BASE64.sub(r"\1word", other)


def _written_in(alphabet: _Alphabet, word: str) -> bool:
    classes = sum(1 for found in _CLASSES if found.search(word))
    return (
        len(word) >= alphabet.shortest
        and re.fullmatch(alphabet.pattern(len(word)), word) is not None
        and (classes >= 2 or not alphabet.mixed)
    )


def _unlike(first: str, second: str) -> bool:
    same = sum(1 for one, other in zip(first, second, strict=True) if one == other)
    return same <= len(first) // 2
