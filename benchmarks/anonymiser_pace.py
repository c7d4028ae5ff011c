"""How long the anonymiser takes for a message, and for texts that are made to be slow.

What grows with the length of a text and no faster takes the same time a character, however long
the text is. Times are of the processor. Run it with `make benchmarks`, or
`.venv/bin/python -m benchmarks.anonymiser_pace`.
"""

import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from api.anonymiser import anonymise
from benchmarks.anonymiser import HALVES, read

KNOWN = ("ada_m", "Ada Marlow")
LENGTHS = (2_500, 10_000)
SHOWN = 5
# Beginnings of whatever is looked for, without its end.
SLOW = (
    *list("a1([\n \0"),
    *("a.", "a@", "@a", "a'", "a-", "1 ", "0 ", "+1", "1/", "e\u0301"),
    *("a at b dot ", "a underscore ", "insta is ", "www.", "http://", "NHS ", "999 945 8076 "),
    *("12 Rowan ", "12 rowan ", "Flat 1 ", "Rose Cottage ", "1 Ab Street, Cd Ef ", "live in Xyz "),
    *("4 May ", "1 of ", "may ", "twenty-", "born ", "born in the ", "[NAME] ", "A. ", "Dr. "),
    *("Emma ", "Emma-", "Emma van ", "Xyz ", "Xyz and ", "my name is ", "I am ", "great-", "St. "),
)


def milliseconds(text: str, names: Sequence[str]) -> float:
    """Return how long it takes to mask a text."""
    began = time.process_time()
    anonymise(text, names=names)
    return (time.process_time() - began) * 1e3


def of_messages() -> list[float]:
    """Return the milliseconds of each labelled sentence, in the order of size."""
    sentences = (sentence for half in HALVES for sentence in read(half))
    return sorted(milliseconds(sentence.text, sentence.known) for sentence in sentences)


def of_slow_text(piece: str) -> list[float]:
    """Return the microseconds a character that a piece over and over takes, at each length."""
    texts = ((piece * length)[:length] for length in LENGTHS)
    return [milliseconds(text, KNOWN) * 1e3 / len(text) for text in texts]


def main() -> None:
    """Print the times."""
    console = Console()
    times = of_messages()
    console.print(
        f"{len(times)} messages: {sum(times) / len(times):.2f} ms in the mean,"
        f" 99 of 100 within {times[len(times) * 99 // 100]:.2f} ms"
    )
    shown = Table("text of", *(f"{length}: µs a character" for length in LENGTHS), title="slowest")
    paces = sorted(((of_slow_text(piece), piece) for piece in SLOW), key=lambda one: -one[0][-1])
    for took, piece in paces[:SHOWN]:
        shown.add_row(repr(piece), *(f"{pace:.1f}" for pace in took))
    console.print(shown)


if __name__ == "__main__":
    main()
