"""How much of what is personal the anonymiser finds, and how much it masks in vain.

The sentences in `data/anonymiser/` are invented and labelled by hand: `{NAME:Ada}` is what should
be found, with its kind, and what is not labelled should stay. A line `known: ada | Ada Marlow`
gives the names that are known while the following lines are read. By those in `development.txt`
the rules were shaped. Those in `held_out.txt` are only ever measured: their figures are the ones
to quote, and whoever shapes a rule by one moves it to the others and writes new ones.

    precision   of what was found, how much is labelled: the same place, the same kind
    recall      of what is labelled, how much was found: the same place, the same kind
    hidden      of what is labelled, how much cannot be read any more, by whatever tag

`anonymiser_pace.py` tells how long it takes. Run it with `make benchmarks`, or
`.venv/bin/python -m benchmarks.anonymiser --json`.
"""

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from api.anonymiser.finders import find
from api.anonymiser.spans import Found

DATA = Path(__file__).parent / "data" / "anonymiser"
HALVES = ("development", "held_out")
OVERALL = "all"
LABEL = re.compile(r"\{([A-Z_]+):([^{}]+)\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence, what is personal in it, and the names that are known."""

    text: str
    labels: tuple[Found, ...]
    known: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a sentence: what was found rightly, missed, and found in vain."""

    sentence: Sentence
    right: tuple[Found, ...]
    missed: tuple[Found, ...]
    in_vain: tuple[Found, ...]
    hidden: tuple[Found, ...]


@dataclass(frozen=True)
class Figures:
    """The figures of a kind."""

    labelled: int
    precision: float
    recall: float
    f1: float
    hidden: float


def read(half: str) -> list[Sentence]:
    """Return the sentences of a half."""
    sentences: list[Sentence] = []
    known: tuple[str, ...] = ()
    for line in (DATA / f"{half}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("known:"):
            names = line.removeprefix("known:").split("|")
            known = tuple(name.strip() for name in names if name.strip())
        elif line and not line.startswith("#"):
            sentences.append(parse(line, known))
    return sentences


def parse(line: str, known: tuple[str, ...] = ()) -> Sentence:
    """Take the labels out of a line."""
    text, labels, position = "", [], 0
    for label in LABEL.finditer(line):
        text += line[position : label.start()]
        labels.append(Found(len(text), len(text) + len(label[2]), label[1]))
        text += label[2]
        position = label.end()
    return Sentence(text + line[position:], tuple(labels), known)


def judge(sentence: Sentence) -> Outcome:
    """Compare what is found in a sentence with its labels."""
    found, labels = set(find(sentence.text, known=sentence.known)), set(sentence.labels)
    return Outcome(
        sentence,
        right=_in_order(labels & found),
        missed=_in_order(labels - found),
        in_vain=_in_order(found - labels),
        hidden=_in_order(label for label in labels if _is_hidden(sentence.text, label, found)),
    )


def _in_order(found: Iterable[Found]) -> tuple[Found, ...]:
    return tuple(sorted(found, key=lambda one: one.start))


def _is_hidden(text: str, label: Found, found: Iterable[Found]) -> bool:
    masked = {position for one in found for position in range(one.start, one.end)}
    return all(
        position in masked or not text[position].isalnum()
        for position in range(label.start, label.end)
    )


def figures(outcomes: Sequence[Outcome]) -> dict[str, Figures]:
    """Return the figures of every kind that occurs, and of all together."""
    seen = {
        one.kind for outcome in outcomes for one in (*outcome.in_vain, *outcome.sentence.labels)
    }
    return {kind: _figures_of(kind, outcomes) for kind in [*sorted(seen), OVERALL]}


def _figures_of(kind: str, outcomes: Sequence[Outcome]) -> Figures:
    def count(part: str) -> int:
        every = (one for outcome in outcomes for one in getattr(outcome, part))
        return sum(kind in (one.kind, OVERALL) for one in every)

    right, labelled = count("right"), count("right") + count("missed")
    precision = _share(right, right + count("in_vain"))
    recall = _share(right, labelled)
    f1 = _share(2 * precision * recall, precision + recall)
    return Figures(labelled, precision, recall, f1, _share(count("hidden"), labelled))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def table(half: str, outcomes: Sequence[Outcome]) -> Table:
    """Lay the figures of a half out."""
    title = f"{half.replace('_', ' ')}: {len(outcomes)} sentences"
    shown = Table("kind", "labelled", "precision", "recall", "F1", "hidden", title=title)
    for kind, of_kind in figures(outcomes).items():
        shares = (of_kind.precision, of_kind.recall, of_kind.f1, of_kind.hidden)
        shown.add_row(kind, str(of_kind.labelled), *(f"{share:.3f}" for share in shares))
    return shown


def faults(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Describe what was missed and what was found in vain, a line each."""
    for outcome in outcomes:
        text = outcome.sentence.text
        for word, places in (("missed", outcome.missed), ("in vain", outcome.in_vain)):
            for one in places:
                yield f"{word:8} {one.kind:11} {text[one.start : one.end]!r} in {text!r}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of both halves, what was missed and what was masked in vain."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--half", choices=HALVES, help="measure one half only")
    wanted = parser.parse_args(arguments)
    halves = [wanted.half] if wanted.half else HALVES
    judged = {half: [judge(sentence) for sentence in read(half)] for half in halves}
    if wanted.json:
        print(json.dumps({half: _plain(outcomes) for half, outcomes in judged.items()}, indent=2))
        return
    console = Console()
    for half, outcomes in judged.items():
        console.print(table(half, outcomes))
        for fault in faults(outcomes):
            console.print(fault, markup=False, highlight=False, soft_wrap=True)


def _plain(outcomes: Sequence[Outcome]) -> dict[str, object]:
    return {
        "sentences": len(outcomes),
        "figures": {kind: asdict(of_kind) for kind, of_kind in figures(outcomes).items()},
        "faults": list(faults(outcomes)),
    }


if __name__ == "__main__":
    main()
