"""A text as `names.py` reads it: its words, what stands around each, and how far a name goes."""

import re
from dataclasses import dataclass
from functools import cached_property

from api.anonymiser import cues
from api.anonymiser.spans import BLANK_NAME
from api.anonymiser.words import AMBIGUOUS, fold, is_ordinary, is_part, is_sure, is_thing

# The possessive is no part of a name; other apostrophes are.
LETTERS = re.compile(r"[^\W\d_]+(?:['’-](?!s\b)[^\W\d_]+)*")
WORD = re.compile(rf"(?<!\w){LETTERS.pattern}|{BLANK_NAME}+")
# What sticks to a name, such as the figures of "emma92", goes with it.
STUCK = re.compile(r"\w*")
JOINTS = (" and ", " & ", " or ", ", ")
LONGEST_JOINT = max(map(len, JOINTS))
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

    @property
    def is_blank(self) -> bool:
        """Whether it is a name that was found before, and blanked."""
        return self.written[0] == BLANK_NAME


@dataclass(frozen=True)
class Reading:
    """A text that is searched for names, with the words that are known ones."""

    text: str
    known: frozenset[str]

    @cached_property
    def is_english(self) -> bool:
        """Whether capitals mean what they do in English; in German every noun has one."""
        return cues.ENGLISH.search(self.text) is not None

    @cached_property
    def _ends_of_cues(self) -> dict[str, set[int]]:
        return {
            cue: {match.end() for match in pattern.finditer(self.text)}
            for cue, pattern in cues.CUES.items()
        }

    def word(self, position: int, *, last: int) -> Word | None:
        """Return the first word from a position on; `last` is where the last name ended."""
        match = WORD.search(self.text, position)
        if match is None:
            return None
        start, end = match.span()
        joined = start - last <= LONGEST_JOINT and self.text[last:start] in JOINTS
        return Word(start, end, match[0], fold(match[0]), joined)

    def is_behind(self, word: Word, *some: str) -> bool:
        """Tell whether a word is right behind one of these cues."""
        return any(word.start in self._ends_of_cues[cue] for cue in some)

    def is_followed(self, word: Word, *by: re.Pattern[str]) -> bool:
        """Tell whether one of these patterns matches right behind a word."""
        return any(pattern.match(self.text, word.end) for pattern in by)

    def end_of_first(self, word: Word) -> int:
        """Return the end of a name's first word, which may be an initial."""
        if word.is_initial and self.text.startswith(". ", word.end):
            return word.end + 1
        return self._end_of_run(word.end)

    def end_of_name(self, end: int) -> int:
        """Go on from a name over everything that belongs to it."""
        while (part := cues.NEXT_PART.match(self.text, end)) and (
            is_part(part["word"]) or fold(part["word"]) in self.known - AMBIGUOUS
        ):
            end = self._end_of_run(part.end())
        return end

    def _end_of_run(self, position: int) -> int:
        stuck = STUCK.match(self.text, position)
        return stuck.end() if stuck else position

    def has_surname(self, word: Word) -> bool:
        """Tell whether what follows a word would be a surname."""
        folded = fold(self._next_part(word) or "")
        return bool(folded) and not (is_sure(folded) or is_ordinary(folded) or is_thing(folded))

    def is_particle_of_a_name(self, word: Word) -> bool:
        """Tell whether somebody's name begins small, as in "Mr van der Merwe"."""
        return (
            word.folded in PARTICLES
            and self.is_behind(word, "title")
            and self._next_part(word) is not None
        )

    def _next_part(self, word: Word) -> str | None:
        part = cues.NEXT_PART.match(self.text, word.end)
        return part["word"] if part and is_part(part["word"]) else None

    def is_of_a_place(self, word: Word) -> bool:
        """Tell whether a given name is part of what a street or a hospital is called."""
        place = cues.PLACE.match(self.text, word.end)
        return self.is_behind(word, "saint") or (
            place is not None and fold(place["word"]) not in self.known
        )
