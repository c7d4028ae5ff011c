"""Numbers that are known by their form: NHS numbers by their check digit, and US ones."""

import re

from api.anonymiser.spans import Found, blanked, matches

NHS_NUMBER = "NHS_NUMBER"
# Behind the country's code it is a telephone number.
TEN_DIGITS = re.compile(r"(?<![\w+])(?<!\+44 )(?<!\b0044 )\d{3}([ .-]?)\d{3}\1\d{4}(?!\w)")
# What is said to be one counts even if it was mistyped.
SAID = re.compile(r"\bNHS\b[^\d\n\0]{0,20}(?P<it>\d{3}[ .-]?\d{3}[ .-]?\d{4})(?!\w)", re.IGNORECASE)
SOCIAL_SECURITY = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")


def nhs_numbers(text: str) -> list[Found]:
    """Find NHS numbers, in one piece or in three, by their check digit or by what is said."""
    said = matches(text, NHS_NUMBER, SAID)
    checked = (
        Found(*number.span(), NHS_NUMBER)
        for number in TEN_DIGITS.finditer(blanked(text, said))
        if has_check_digit(number[0])
    )
    return sorted([*said, *checked], key=lambda one: one.start)


def has_check_digit(number: str) -> bool:
    """Tell whether ten digits are an NHS number: weighted 10 to 1 they are divisible by 11."""
    digits = (int(character) for character in number if character.isdigit())
    weights = range(10, 0, -1)
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def social_security_numbers(text: str) -> list[Found]:
    """Find social security numbers as the United States write them."""
    return matches(text, "SSN", SOCIAL_SECURITY)
