"""Masking of personal data in free text, before it becomes training data (`api.training_data`).

Works offline and by rules alone, so that the same text always comes out the same.

    contacts.py   e-mail and web addresses, handles, telephone numbers
    numbers.py    NHS numbers and others that are known by their form
    places.py     postcodes, streets
    dates.py      calendar dates, and whatever is said of a birth
    names.py      names: the writer's, well-known ones, and what stands where a name stands;
                  by reading.py (a text's words), cues.py (what is around one), words.py (what
                  one is, by the lists in lists/)
    finders.py    all of them, one after the other; spans.py keeps them off each other

Telephone numbers are checked by phonenumbers, which knows every country's lengths and prefixes
(its variant without geographical data, a tenth of the size). Recognisers of names were left out:
those that are well kept (spaCy, alone or under Presidio) need a model that is downloaded apart and
a hundred times the memory, and the lists of names that exist were made from people's accounts.

What is found becomes a tag in brackets. Where a rule must err, it errs towards masking; names
that nothing in the text gives away stay. What comes out is pseudonymous, not anonymous.
`python -m benchmarks.anonymiser` measures how much is found and how much is masked in vain.
"""

import unicodedata
from collections.abc import Iterable

__all__ = ["anonymise"]


def anonymise(text: str, *, names: Iterable[str] = ()) -> str:
    """Mask personal data; `names` are known names of people who may be mentioned.

    The text is brought to Unicode's composed form. Masking what is masked changes nothing.
    """
    # Here and not above, since patterns, lists and telephone tables take a while to load, for
    # which the start of the application need not wait.
    from api.anonymiser.finders import find

    text = unicodedata.normalize("NFC", text)
    parts, position = [], 0
    for found in find(text, known=names):
        parts += [text[position : found.start], f"[{found.kind}]"]
        position = found.end
    return "".join([*parts, text[position:]])
