"""Names of people: known ones, well-known ones, and what stands where a name stands.

The text is read word by word (`reading.py`). A word begins a name because it is the writer's own
or their clinician's, because it is a given name (`words.py`), because a cue is before or behind it
(`cues.py`), or because nothing else accounts for its capital. A given name that is a word as well
needs a capital and more. A name that has begun goes on over further names and what joins them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from api.anonymiser import cues
from api.anonymiser.reading import LETTERS, PARTICLES, Reading, Word
from api.anonymiser.spans import NAME, Found, blanked, matches
from api.anonymiser.words import (
    AMBIGUOUS,
    EVERYDAY,
    NEVER_NAMES,
    NOT_SAID,
    PLACES_TOO,
    RARELY,
    fold,
    is_capitalised,
    is_never_a_name,
    is_ordinary,
    is_sure,
    is_thing,
)

INSTITUTIONS = frozenset(cues.INSTITUTION.split("|"))


def find(text: str, *, known: Iterable[str]) -> list[Found]:
    """Find names of people; `known` are names, whole ones and user names, to look for."""
    known = [unicodedata.normalize("NFC", name) for name in known if name]
    words = _words_of(known)
    found = _user_names(text, known)
    reading = Reading(blanked(blanked(text, _things(text, words)), found), words)
    return sorted([*found, *_names(reading)], key=lambda one: one.start)


def _words_of(known: Iterable[str]) -> frozenset[str]:
    """Return the words of known names, folded; titles, particles and initials tell nothing."""
    words = {fold(word[0]) for name in known for word in LETTERS.finditer(name)}
    nothing = PARTICLES | NEVER_NAMES - AMBIGUOUS
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


def _names(reading: Reading) -> Iterator[Found]:
    """Yield every name, whole; behind a name that is blanked, what belongs to it."""
    last = end = 0
    while word := reading.word(end, last=last):
        end = word.end
        if word.is_blank:
            last = end = reading.end_of_name(word.end)
            if end > word.end:
                yield Found(word.end + 1, end, NAME)
        elif _begins_name(reading, word):
            last = end = reading.end_of_name(reading.end_of_first(word))
            yield Found(word.start, end, NAME)


def _begins_name(reading: Reading, word: Word) -> bool:
    if word.folded in reading.known:
        return word.folded not in EVERYDAY or _is_meant(reading, word)
    if reading.is_behind(word, "called") and word.folded not in NOT_SAID:
        return True
    if not is_capitalised(word.written):
        return is_sure(word.folded) or reading.is_particle_of_a_name(word)
    if is_sure(word.folded):
        return _is_cued(reading, word) or not reading.is_of_a_place(word)
    if word.folded in AMBIGUOUS:
        return _is_cued(reading, word) or _stands_out(reading, word)
    return _is_introduced(reading, word) or (
        not (word.is_initial or word.written in INSTITUTIONS)
        and not (is_never_a_name(word.folded) or is_ordinary(word.folded))
        and (_is_cued(reading, word) or _stands_alone(reading, word))
    )


def _is_introduced(reading: Reading, word: Word) -> bool:
    """Tell whether a title gives a name, or a title or a parting one that begins "A. "."""
    if word.is_initial:
        is_first = reading.text.startswith(". ", word.end)
        return is_first and reading.is_behind(word, "title", "parting")
    return reading.is_behind(word, "title") and not is_never_a_name(word.folded)


def _is_cued(reading: Reading, word: Word) -> bool:
    """Tell whether something before this capital gives a name."""
    if word.joined or reading.is_behind(word, *cues.GIVES_A_NAME):
        return True
    whole = reading.end_of_name(word.end)
    signs = reading.is_behind(word, "parting") and cues.END.match(reading.text, whole)
    speaks = reading.is_behind(word, "speaking") and cues.SAID.match(reading.text, whole)
    return bool(signs or speaks)


def _stands_alone(reading: Reading, word: Word) -> bool:
    """Tell whether only a name accounts for a capital that no list knows."""
    if reading.is_followed(word, cues.APPOSED):
        return True
    if is_thing(word.folded) or reading.is_of_a_place(word):
        return False
    if reading.is_behind(word, "determined", "speaking"):
        return False
    if reading.is_behind(word, "sentence"):
        acts = reading.is_followed(word, cues.STARTS, cues.SPOKE, cues.DOES)
        return acts or reading.has_surname(word)
    if reading.is_behind(word, "place") or not reading.is_english:
        return False
    spoke = reading.is_followed(word, cues.SPOKE)
    return spoke or not reading.is_behind(word, "used", "in a title")


def _stands_out(reading: Reading, word: Word) -> bool:
    """Tell whether a capital that may be an everyday word is rather a name."""
    if reading.is_of_a_place(word):
        return False
    if word.folded in RARELY:
        return not reading.is_behind(word, "no name") and (
            reading.has_surname(word) or reading.is_followed(word, cues.SPOKE)
        )
    if reading.has_surname(word) or reading.is_followed(word, cues.SPOKE, cues.APPOSED):
        return True
    return not reading.is_behind(word, "sentence", "place" if word.folded in PLACES_TOO else "eve")


def _is_meant(reading: Reading, word: Word) -> bool:
    """Tell whether a known name that is an everyday word is the name."""
    if not is_capitalised(word.written):
        return False
    if word.folded in RARELY:
        return _is_cued(reading, word) or _stands_out(reading, word)
    return not reading.is_followed(word, cues.INVERTED)
