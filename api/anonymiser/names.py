"""Names of people: known ones, well-known ones, and what stands where a name stands.

The text is read word by word. A word begins a name because it is the writer's own or their
clinician's, because it is a given name, because a cue is before or behind it (`cues.py`), or
because nothing else accounts for its capital. A given name that is a word as well needs a capital
and more. A name that has begun goes on over further names and what joins them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from api.anonymiser import cues, everyday
from api.anonymiser.given_names import PLACES_TOO, RARELY, WORDS_TOO
from api.anonymiser.spans import BLANK_NAME, NAME, Found, blanked, matches
from api.anonymiser.words import (
    fold,
    is_capitalised,
    is_never_a_name,
    is_ordinary,
    is_part,
    is_sure,
    is_thing,
)

# The possessive is no part of a name; other apostrophes are.
LETTERS = re.compile(r"[^\W\d_]+(?:['’-](?!s\b)[^\W\d_]+)*")
WORD = re.compile(rf"(?<!\w){LETTERS.pattern}|{BLANK_NAME}+")
# What sticks to a name, such as the figures of "emma92", goes with it.
STUCK = re.compile(r"\w*")
JOINTS = (" and ", " & ", " or ", ", ")
LONGEST_JOINT = max(map(len, JOINTS))
AMBIGUOUS = WORDS_TOO | PLACES_TOO | RARELY
EVERYDAY = AMBIGUOUS | everyday.SURNAMES
INSTITUTIONS = frozenset(cues.INSTITUTION.split("|"))
PARTICLES = frozenset(cues.PARTICLES.split("|"))


@dataclass(frozen=True)
class Word:
    """A word in its place; `joined` to a name before it by "and" or the like."""

    start: int
    end: int
    written: str
    folded: str
    joined: bool

    @property
    def is_initial(self) -> bool:
        return len(self.written) == 1


def find(text: str, *, known: Iterable[str]) -> list[Found]:
    """Find names of people; `known` are names, whole ones and user names, to look for."""
    known = [unicodedata.normalize("NFC", name) for name in known if name]
    words = _words_of(known)
    found = _user_names(text, known)
    reading = Reading(blanked(blanked(text, _things(text, words)), found), words)
    return sorted([*found, *reading.names()], key=lambda one: one.start)


def _words_of(known: Iterable[str]) -> frozenset[str]:
    """Return the words of known names, folded; titles, particles and initials tell nothing."""
    words = {fold(word[0]) for name in known for word in LETTERS.finditer(name)}
    nothing = PARTICLES | everyday.NEVER_NAMES - AMBIGUOUS
    return frozenset(word for word in words if len(word) > 1) - nothing


def _user_names(text: str, known: Iterable[str]) -> list[Found]:
    """Find known names that are no mere words, such as "ada_m92", in any case."""
    odd = {name for name in known if not LETTERS.fullmatch(name) and " " not in name}
    if not odd:
        return []
    choices = "|".join(re.escape(name) for name in sorted(odd, key=lambda name: (-len(name), name)))
    return matches(text, NAME, re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE))


def _things(text: str, known: frozenset[str]) -> list[Found]:
    """Find what is called by a person's name and is none, unless it has a known name in it."""
    return [
        Found(*thing.span(), "THING")
        for thing in cues.THINGS.finditer(text)
        if known.isdisjoint(map(fold, thing[0].split()))
    ]


@dataclass(frozen=True)
class Reading:
    """A text that is searched for names, with the words that are known ones."""

    text: str
    known: frozenset[str]

    @cached_property
    def behind(self) -> dict[str, set[int]]:
        """Where each cue ends, which is where a name would begin."""
        return {
            cue: {match.end() for match in pattern.finditer(self.text)}
            for cue, pattern in cues.CUES.items()
        }

    @cached_property
    def is_english(self) -> bool:
        """Whether capitals mean what they do in English; in German every noun has one."""
        return cues.ENGLISH.search(self.text) is not None

    def names(self) -> Iterator[Found]:
        """Yield every name, whole; behind a name that is blanked, what belongs to it."""
        last = end = 0
        while match := WORD.search(self.text, end):
            start, end = match.span()
            if match[0][0] == BLANK_NAME:
                last = end = self._end_of_name(begun := end)
                if end > begun:
                    yield Found(begun + 1, end, NAME)
                continue
            joined = start - last <= LONGEST_JOINT and self.text[last:start] in JOINTS
            word = Word(start, end, match[0], fold(match[0]), joined)
            if self._begins_name(word):
                last = end = self._end_of_name(self._end_of_first(word))
                yield Found(start, end, NAME)

    def _end_of_first(self, word: Word) -> int:
        """Return the end of a name's first word, which may be an initial."""
        if word.is_initial and self.text.startswith(". ", word.end):
            return word.end + 1
        return self._end_of_run(word.end)

    def _end_of_name(self, end: int) -> int:
        """Go on from a name over everything that belongs to it."""
        while (part := cues.NEXT_PART.match(self.text, end)) and (
            is_part(part["word"]) or fold(part["word"]) in self.known - AMBIGUOUS
        ):
            end = self._end_of_run(part.end())
        return end

    def _end_of_run(self, position: int) -> int:
        stuck = STUCK.match(self.text, position)
        return stuck.end() if stuck else position

    def _begins_name(self, word: Word) -> bool:
        if word.folded in self.known:
            return word.folded not in EVERYDAY or self._is_meant(word)
        if self._is(word, "called") and word.folded not in everyday.NOT_SAID:
            return True
        if not is_capitalised(word.written):
            return is_sure(word.folded) or self._is_particle_of_a_name(word)
        if is_sure(word.folded):
            return self._is_cued(word) or not self._is_of_a_place(word)
        if word.folded in AMBIGUOUS:
            return self._is_cued(word) or self._stands_out(word)
        return self._is_behind_title(word) or (
            not (word.is_initial or word.written in INSTITUTIONS)
            and not (is_never_a_name(word.folded) or is_ordinary(word.folded))
            and (self._is_cued(word) or self._stands_alone(word))
        )

    def _is(self, word: Word, *behind: str) -> bool:
        """Tell whether a word is right behind one of these cues."""
        return any(word.start in self.behind[cue] for cue in behind)

    def _is_followed(self, word: Word, *by: re.Pattern[str]) -> bool:
        return any(pattern.match(self.text, word.end) for pattern in by)

    def _is_behind_title(self, word: Word) -> bool:
        if not self._is(word, "title"):
            return False
        if word.is_initial:
            return self.text.startswith(". ", word.end)
        return not is_never_a_name(word.folded)

    def _is_cued(self, word: Word) -> bool:
        """Tell whether something before this capital gives a name."""
        if word.joined or self._is(word, *cues.GIVES_A_NAME):
            return True
        whole = self._end_of_name(word.end)
        return (self._is(word, "parting") and cues.END.match(self.text, whole) is not None) or (
            self._is(word, "speaking") and cues.SAID.match(self.text, whole) is not None
        )

    def _stands_alone(self, word: Word) -> bool:
        """Tell whether only a name accounts for a capital that no list knows."""
        if self._is_followed(word, cues.APPOSED):
            return True
        if is_thing(word.folded) or self._is_of_a_place(word):
            return False
        if self._is(word, "determined", "speaking"):
            return False
        if self._is(word, "sentence"):
            return self._is_followed(word, cues.STARTS, cues.SPOKE, cues.DOES) or (
                self._has_surname(word)
            )
        if self._is(word, "place") or not self.is_english:
            return False
        return not self._is(word, "used", "in a title") or self._is_followed(word, cues.SPOKE)

    def _stands_out(self, word: Word) -> bool:
        """Tell whether a capital that may be an everyday word is rather a name."""
        if self._is_of_a_place(word):
            return False
        if word.folded in RARELY:
            return not self._is(word, "no name") and (
                self._has_surname(word) or self._is_followed(word, cues.SPOKE)
            )
        if self._has_surname(word) or self._is_followed(word, cues.SPOKE, cues.APPOSED):
            return True
        return not self._is(word, "sentence", "place" if word.folded in PLACES_TOO else "eve")

    def _is_meant(self, word: Word) -> bool:
        """Tell whether a known name that is an everyday word is the name."""
        if not is_capitalised(word.written):
            return False
        if word.folded in RARELY:
            return self._is_cued(word) or self._stands_out(word)
        return not self._is_followed(word, cues.INVERTED)

    def _has_surname(self, word: Word) -> bool:
        part = cues.NEXT_PART.match(self.text, word.end)
        if part is None or not is_part(part["word"]):
            return False
        folded = fold(part["word"])
        return not (is_sure(folded) or is_ordinary(folded) or is_thing(folded))

    def _is_of_a_place(self, word: Word) -> bool:
        """Tell whether a given name is part of what a street or a hospital is called."""
        place = cues.PLACE.match(self.text, word.end)
        return self._is(word, "saint") or (
            place is not None and fold(place["word"]) not in self.known
        )

    def _is_particle_of_a_name(self, word: Word) -> bool:
        """Tell whether somebody's name begins small, as in "Mr van der Merwe"."""
        part = cues.NEXT_PART.match(self.text, word.end)
        return (
            word.folded in PARTICLES
            and self._is(word, "title")
            and part is not None
            and is_part(part["word"])
        )
