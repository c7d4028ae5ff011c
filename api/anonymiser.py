"""Masking of personal data in free text, before it becomes training data (`api.training_data`).

Each rule replaces what it finds by a tag in brackets, in the order in which they stand here:
what could be read two ways is taken by the narrower rule first. Where a rule must err, it errs
towards masking. Names of other people that are merely mentioned stay in the text: what comes
out is pseudonymous, not anonymous.
"""

import re
from collections.abc import Iterable
from itertools import chain

STREET = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|crescent|gardens|grove|hill"
    "|mews|park|place|pl|rise|square|sq|terrace|walk|way"
)
MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
CAPITALISED = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*[a-zß-öø-ÿ][\w'’-]*"
WORD = r"[^\W\d_][\w'’-]*"

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
ADDRESS = re.compile(rf"\b\d{{1,5}}[a-z]?,?\s+(?:{WORD}\s+){{1,3}}(?:{STREET})\b\.?", re.IGNORECASE)
POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b", re.IGNORECASE)
DATES = (
    re.compile(r"\b\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})\b"),
    re.compile(r"\b\d{4}([/.-])\d{1,2}\1\d{1,2}\b"),
    re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTH})\.?(?:,?\s+\d{{4}})?\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:{MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b", re.IGNORECASE),
)
TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
PHONES = (
    re.compile(r"(?<!\w)(?:\+|00)[1-9]\d{0,2}(?:[ .-]?\(?\d+\)?){2,6}"),
    re.compile(r"(?<!\w)\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(?!\d)"),
    re.compile(r"(?<!\w)\(?0[1-9]\d{1,3}\)?(?:[ -]?\d{2,4}){2,3}(?!\d)"),
)
SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
SAID_NAMES = (
    re.compile(
        r"(?P<said>(?i:\bmy name(?:\s+is|['’]s)|\bi\s+am\s+called|\bi['’]m\s+called)\s+)"
        rf"{WORD}(?:\s+{CAPITALISED})*"
    ),
    re.compile(rf"(?P<said>\b[Ii](?:['’]m|\s+am)\s+){CAPITALISED}(?:\s+{CAPITALISED})*"),
)


def anonymise(text: str, *, names: Iterable[str] = ()) -> str:
    """Mask e-mails, addresses, postcodes, dates, numbers and names; `names` are known ones."""
    text = EMAIL.sub("[EMAIL]", text)
    text = ADDRESS.sub("[ADDRESS]", text)
    text = POSTCODE.sub("[POSTCODE]", text)
    for date in DATES:
        text = date.sub("[DATE]", text)
    text = SSN.sub("[SSN]", text)
    text = TEN_DIGITS.sub(_nhs_number, text)
    for phone in PHONES:
        text = phone.sub("[PHONE]", text)
    for said in SAID_NAMES:
        text = said.sub(r"\g<said>[NAME]", text)
    return _without_names(text, names)


def _nhs_number(found: re.Match[str]) -> str:
    """Tell an NHS number from a phone number by its check digit."""
    digits = [int(character) for character in found[0] if character.isdigit()]
    weighted = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return "[NHS_NUMBER]" if (weighted + digits[9]) % 11 == 0 else found[0]


def _without_names(text: str, names: Iterable[str]) -> str:
    """Mask known names, whole and word by word, in any case; longer ones before their parts."""
    words = set(chain.from_iterable([name, *name.split()] for name in names))
    for word in sorted((word for word in words if len(word) > 1), key=lambda w: (-len(w), w)):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "[NAME]", text, flags=re.IGNORECASE)
    return text
