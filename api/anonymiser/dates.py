"""Dates: days of the calendar in all usual spellings, and months and years of a birth.

A day without a year goes too, since it is often a birthday. What stays is a moment that a
machine wrote, with its time of day, and a month or a year alone, unless somebody was born then.
"""

import re

from api.anonymiser.spans import Found, matches

KIND = "DATE"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?:\.(?= ?\d))?"
)
# "may" and "march" are words as well, and so they count in capitals only.
SURE_MONTH = rf"(?:(?!may\b|march\b|mar\b)(?i:{MONTH}))"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"
YEAR = r"(?:1[89]|20)\d{2}"
ANY_YEAR = rf"(?:{YEAR}|['’]?\d{{2}})(?!\w)"
ORDINAL = r"(?:st|nd|rd|th)"
SPOKEN_DAY = (
    "(?:(?:twenty|thirty)[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    "|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth"
    "|nineteenth|twentieth|thirtieth"
)
BEFORE = r"(?<![\w.,:/£$€-])"
THEN_YEAR = rf"(?:,? (?:{YEAR}\b|['’]\d{{2}}\b))?"
VERSION = r"(?<!version )(?<!chapter )(?<!section )(?<!release )"

FIGURES = (
    re.compile(
        rf"{BEFORE}{VERSION}{DAY} ?([/.-]) ?{DAY} ?\1 ?(?:{YEAR}|\d{{2}})(?![\w/-]|\.\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"{BEFORE}{YEAR}([/.-])\d{{1,2}}\1\d{{1,2}}(?![\w/-]|\.\d|[T ]\d{{1,2}}:\d{{2}})"),
)
WORDS = (
    re.compile(
        rf"{BEFORE}(?:(?:{DAY}{ORDINAL}|(?i:{SPOKEN_DAY}))(?: of)? (?i:{MONTH})"
        rf"|{DAY}(?: of)?[ .-]{SURE_MONTH}|{DAY}[ -](?i:{MONTH})(?=,?[ -]{YEAR}))"
        rf"(?:[-.]{ANY_YEAR}|{THEN_YEAR})(?![\w%])"
    ),
    re.compile(
        rf"{BEFORE}(?:{SURE_MONTH} (?:the )?{DAY}{ORDINAL}?|(?i:{MONTH}) (?:the )?{DAY}{ORDINAL}"
        rf"|(?i:{MONTH}) {DAY}(?=,? {YEAR})){THEN_YEAR}(?![\w%-]|[:.,]\d)"
    ),
)
# Up to four words may lie between, "born in Hull in 1951"; then a month, a year or loose figures.
BIRTH = re.compile(
    r"(?<!\w)(?i:born|d\.?o\.?b\.?|(?:date|year) of birth|birth ?date|birth ?day|b-?day)(?!\w)"
    r"(?:[ ,:=–-]{1,3}[^\W\d_]['’\w]{0,29}){0,4}?[ ,:=–-]{1,3}"
    rf"(?P<it>(?:{DAY} )?(?i:{MONTH})(?: (?:of )?{ANY_YEAR})|{DAY} (?i:{MONTH})"
    rf"|{DAY}[ ]\d{{1,2}} {YEAR}|\d{{8}}|{YEAR}|['’]\d{{2}})(?![\w/])"
)


def dates(text: str) -> list[Found]:
    """Find days of the calendar, and the months and years in which somebody was born."""
    return matches(text, KIND, *FIGURES, *WORDS, BIRTH)
