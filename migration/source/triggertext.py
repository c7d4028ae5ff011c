"""Taking a CREATE TRIGGER statement apart: when it fires, on what, and the statements of its body.

The text is known to be valid. `catalogue` keeps it whole; `migration.schema.triggers` translates
the parts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migration.source.sqltext import Token, tokens, unquote


@dataclass(frozen=True)
class TriggerText:
    """The parts of a trigger in the words of its author."""

    moment: str
    """BEFORE, AFTER or INSTEAD."""
    event: str
    """INSERT, UPDATE or DELETE."""
    columns: tuple[str, ...]
    """Those after UPDATE OF."""
    condition: str | None
    statements: tuple[str, ...]

    @property
    def writes(self) -> tuple[str, ...]:
        """Return the tables that the statements write to."""
        return tuple(filter(None, map(_written, self.statements)))


def trigger_text(sql: str) -> TriggerText:
    """Take a statement apart."""
    every = tokens(sql)
    # Whatever the trigger is called, its event is the first such word before the table's ON.
    on = next(n for n, token in enumerate(every) if token.word == "ON")
    event = next(n for n in range(on) if every[n].word in ("INSERT", "UPDATE", "DELETE"))
    begin = next(
        n for n in range(on, len(every)) if every[n].word == "BEGIN" and every[n - 1].text != "."
    )
    end = max(n for n in range(len(every)) if every[n].word == "END")
    moments = [t.word for t in every[:event] if t.word in ("BEFORE", "AFTER", "INSTEAD")]
    return TriggerText(
        moment=moments[-1] if moments else "BEFORE",
        event=every[event].word,
        columns=tuple(unquote(t.text) for t in every[event + 2 : on] if t.text != ","),
        condition=_condition(every[on:begin], sql),
        statements=tuple(_statements(every[begin + 1 : end], sql)),
    )


def _condition(header: Sequence[Token], sql: str) -> str | None:
    start = next((token.end for token in header if token.word == "WHEN"), None)
    return None if start is None else sql[start : header[-1].end].strip()


def _statements(body: Sequence[Token], sql: str) -> Iterator[str]:
    start = 0
    for place, token in enumerate(body):
        if token.text == ";":
            yield sql[body[start].start : token.start].strip()
            start = place + 1


def _written(statement: str) -> str | None:
    words = [token.word for token in tokens(statement)]
    for place, word in enumerate(words):
        if (word == "UPDATE" and place == 0) or word in ("INTO", "FROM"):
            return None if words[0] == "SELECT" else unquote(tokens(statement)[place + 1].text)
    return None
