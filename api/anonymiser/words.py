"""What a single word tells `names.py`, going by the lists in `lists/` and by its ending.

Words are compared folded: in small letters without marks.
"""

import unicodedata
from pathlib import Path

LISTS = Path(__file__).parent / "lists"
UNMARKED = str.maketrans("øłđðþı’", "oldddi'")

# An ordinary word may have one of these behind a simpler form.
ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "est")


def listed(name: str) -> frozenset[str]:
    """Return the words of a list; its lines that begin with # say what it holds."""
    lines = (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


SURE = listed("given_names")
WORDS_TOO = listed("given_names_and_words")
PLACES_TOO = listed("given_names_and_places")
RARELY = listed("given_names_rarely")
AMBIGUOUS = WORDS_TOO | PLACES_TOO | RARELY
EVERYDAY = AMBIGUOUS | listed("surnames_and_words")
NEVER_NAMES = listed("never_names")
NOT_SAID = NEVER_NAMES | listed("not_said")
ORDINARY = listed("ordinary")
THINGS = listed("things")
ABSTRACT = tuple(listed("abstract_endings"))
MEDICINE = tuple(listed("medicine_endings"))


def fold(word: str) -> str:
    """Return a word in small letters without marks, the form in which words are compared."""
    letters = unicodedata.normalize("NFKD", word.casefold().translate(UNMARKED))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_capitalised(word: str) -> bool:
    """Tell whether a word begins with a capital and is not written in capitals throughout."""
    return word[0].isupper() and (len(word) == 1 or not word.isupper())


def is_sure(folded: str) -> bool:
    """Tell whether a word, of several parts perhaps, is a given name and no other word."""
    if folded in SURE:
        return True
    first, *others = folded.split("-")
    return bool(others) and first in SURE and (SURE | WORDS_TOO).issuperset(others)


def is_never_a_name(folded: str) -> bool:
    """Tell whether a word, one of its parts, or what it is a contraction of, is known as none."""
    if folded.endswith("n't"):
        return True
    parts = folded.partition("'")[0].split("-")
    return not NEVER_NAMES.isdisjoint(parts)


def is_ordinary(folded: str) -> bool:
    """Tell whether a word is common in the language, in this form or in a simpler one."""
    if folded in ORDINARY or folded.endswith(ABSTRACT):
        return True
    return any(
        folded.endswith(ending) and not ORDINARY.isdisjoint(_simpler(folded.removesuffix(ending)))
        for ending in ENDINGS
    )


def _simpler(stem: str) -> tuple[str, ...]:
    """Return what a stem may have been, as in "hat(e)", "studi(es)", "sitt(ing)"."""
    if stem.endswith("i"):
        return (f"{stem[:-1]}y",)
    return (stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem)


def is_thing(folded: str) -> bool:
    """Tell whether a word is known, or looks, like a place, a firm, a work or a medicine."""
    return folded in THINGS or folded.endswith(MEDICINE)


def is_part(word: str) -> bool:
    """Tell whether a word as it is written may go on a name that has begun."""
    return is_capitalised(word) and not is_never_a_name(fold(word))
