"""Masking of personal data in free text, before it becomes training data (`api.training_data`).

Works offline and by rules alone, so that the same text always comes out the same. Telephone
numbers are found by phonenumbers, which knows every country's lengths and prefixes (its variant
without geographical data, a tenth of the size). Recognisers of names were left out: those that
are well kept (spaCy, alone or under Presidio) need a model that is downloaded apart and a
hundred times the memory, and the lists of names that exist were made from people's accounts.

    contacts.py   e-mail and web addresses, handles, telephone numbers
    numbers.py    NHS numbers and others that are known by their form
    places.py     postcodes, streets
    dates.py      calendar dates, and whatever is said of a birth
    names.py      names: the writer's, well-known ones, and what stands where a name stands;
                  by cues.py (what is around it), words.py (what it is), and the lists of
                  given_names.py and everyday.py

What is found becomes a tag in brackets. Where a rule must err, it errs towards masking; names
that nothing in the text gives away stay. What comes out is pseudonymous, not anonymous.
`python -m benchmarks.anonymiser` measures how much is found and how much is masked in vain.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from api.anonymiser import contacts, dates, names, numbers, places
from api.anonymiser.spans import Found, blank_tags, blanked

__all__ = ["Found", "anonymise", "find"]

# What could be read two ways is taken by the finder that asks for more.
FINDERS = (
    contacts.web_addresses,
    contacts.emails,
    contacts.handles,
    places.postcodes,
    places.addresses,
    dates.dates,
    numbers.nhs_numbers,
    numbers.social_security_numbers,
    contacts.phones,
)


def anonymise(text: str, *, names: Iterable[str] = ()) -> str:
    """Mask personal data; `names` are known names of people who may be mentioned.

    The text is brought to Unicode's composed form. Masking what is masked changes nothing.
    """
    text = unicodedata.normalize("NFC", text)
    parts, position = [], 0
    for found in find(text, known=names):
        parts += [text[position : found.start], f"[{found.kind}]"]
        position = found.end
    return "".join([*parts, text[position:]])


def find(text: str, *, known: Iterable[str] = ()) -> Sequence[Found]:
    """Return what is personal in a composed text, in order and without overlaps."""
    every: list[Found] = []
    rest = blank_tags(text)
    for finder in FINDERS:
        found = list(finder(rest))
        rest = blanked(rest, found)
        every += found
    every += names.find(rest, known=known)
    return sorted(every, key=lambda found: found.start)
