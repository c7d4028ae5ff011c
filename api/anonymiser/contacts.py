"""Ways to reach somebody: e-mail and web addresses, handles, telephone numbers.

Every pattern starts where a run of its characters starts and repeats a bounded number of times,
so that the time a text takes grows with its length and no faster.
"""

import re
from collections.abc import Iterator

from phonenumbers import (
    NumberParseException,
    ValidationResult,
    is_possible_number_with_reason,
    parse,
)

from api.anonymiser.spans import Found, matches

HOME = "GB"
LABEL = r"[^\W_][\w-]{0,62}"
HOST = rf"(?:{LABEL}\.){{1,8}}[^\W\d_]{{2,24}}"
# Only where a full stop without a blank behind it could be meant as well.
TOP_LEVEL = (
    "com|org|net|info|edu|gov|app|dev|blog|io|co|uk|ie|eu|de|fr|pl|es|nl|se|dk|ca|au|nz|us|tv"
    "|example|test"
)

WEB = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"“”\0]{2,2000}", re.IGNORECASE)
PAGE = re.compile(
    rf"(?<![\w@.-])(?:{LABEL}\.){{1,8}}(?:{TOP_LEVEL})/[^\s<>\"“”\0]{{1,2000}}", re.IGNORECASE
)
PUNCTUATION = ".,;:!?'’)]}"

LOCAL = r"[^\W_][\w.+'’-]{0,63}"
EMAIL = re.compile(rf"(?<![\w.+'’-]){LOCAL}[@＠]{HOST}(?!\w)")

# Spelled to be kept from machines: "marta at example dot org", "noor (at) example.net".
SAID_DOT = r"(?: ?[\[({<] ?(?:dot|\.) ?[\])}>] ?| dot )"
SPELLED_LOCAL = (
    rf"(?<![\w.+-])[^\W_][\w.+-]{{0,63}}(?:(?:{SAID_DOT}| underscore )\w{{1,63}}){{0,3}}"
)
SPELLED = (
    re.compile(
        rf"{SPELLED_LOCAL}(?: ?[@＠] ?| ?[\[({{<] ?at ?[\])}}>] ?)"
        rf"(?:{LABEL}(?:{SAID_DOT}| ?\. ?)){{1,4}}(?:{TOP_LEVEL})(?!\w)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{SPELLED_LOCAL} at (?:{LABEL}{SAID_DOT}){{1,4}}(?:{TOP_LEVEL})(?!\w)", re.IGNORECASE
    ),
)

HANDLE = re.compile(r"(?<![\w@.])@\w[\w.]{0,28}\w(?!\w)")
NETWORK = (
    "insta|instagram|twitter|snap|snapchat|tik ?tok|facebook|discord|telegram|linkedin|youtube"
    "|reddit|twitch|bluesky|mastodon"
)
# Without an at sign it takes a digit, a point or a line below to tell a handle from a word.
SAID_HANDLE = re.compile(
    rf"(?<!\w)(?:{NETWORK})(?: (?:handle|name|username|account))?(?: is | ?: ?|['’]s )"
    r"(?P<it>(?=[^\W\d_]{0,29}[\d_.]\w)[^\W_][\w.]{0,28}\w)(?![\w@])",
    re.IGNORECASE,
)

# From 8 to 18 figures, in groups, that begin as a number does that one can dial: with a country,
# with a nought, or as North America groups them. How many are right depends on the beginning.
GAP = r"[ .()–-]{0,3}"
THREE_THREE_FOUR = r"\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\w)"
SPELLED_OUT = r"(?<!\d )0(?: \d){9,10}(?! ?\w)"
DIALLED = re.compile(
    rf"(?:(?:[+＋]|(?<!\w)00) ?(?=[1-9])|(?<!\w)(?=0[1-9]|44|{SPELLED_OUT}|{THREE_THREE_FOUR}))"
    rf"\d(?:{GAP}\d){{7,17}}(?!\w)"
)
GROUP = re.compile(r"\d+(?!\w)")
NATIONAL = range(10, 12)


def web_addresses(text: str) -> list[Found]:
    """Find web addresses, whole: whether a page tells of somebody cannot be seen from here."""
    return [
        Found(one.start, one.start + len(text[one.start : one.end].rstrip(PUNCTUATION)), one.kind)
        for one in matches(text, "URL", WEB, PAGE)
    ]


def emails(text: str) -> list[Found]:
    """Find e-mail addresses, also outside ASCII and such as are spelled out."""
    return matches(text, "EMAIL", EMAIL, *SPELLED)


def handles(text: str) -> list[Found]:
    """Find names on social networks: behind an at sign, or said to be one."""
    return matches(text, "HANDLE", HANDLE, SAID_HANDLE)


def phones(text: str) -> Iterator[Found]:
    """Find British and international telephone numbers, whether or not they are in service."""
    position = 0
    while dialled := DIALLED.search(text, position):
        groups = [group.end() for group in GROUP.finditer(text, *dialled.span())]
        start = dialled.start()
        whole = next((end for end in reversed(groups) if is_dialable(text[start:end])), None)
        if whole is not None:
            number = text[start:whole]
            in_brackets = (
                start > 0 and text[start - 1] == "(" and number.count("(") < number.count(")")
            )
            yield Found(start - in_brackets, whole, "PHONE")
        position = whole or groups[0]


def is_dialable(written: str) -> bool:
    """Tell whether a number has a length that its country has given out."""
    figures = [character for character in written if character.isdigit()]
    if written[0] == "0" != written[1] and len(figures) not in NATIONAL:
        return False
    try:
        number = parse(written, HOME)
    except NumberParseException:
        return False
    return is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
