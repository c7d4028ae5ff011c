"""All finders in their order, each kept off what the ones before it found (`spans.py`)."""

from collections.abc import Iterable, Sequence

from api.anonymiser import contacts, dates, names, numbers, places
from api.anonymiser.spans import Found, blank_tags, blanked

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
