"""What may stand in braces in a case file, and how an answer's value gets there.

`{log_id}` is a value captured from an earlier answer of the case; alone in a text it keeps its
type. `{now+3600 %H:%M}` and `{today+1 %Y-%m-%d}` lie so many seconds or days from the case's
clock. Anything else in braces is left as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from migration.replay.canonical import Real, Tree, write_line
from migration.replay.yaml_json import Json

_PLACE = re.compile(
    r"\{(?:(?P<base>now|today)(?P<amount>[+-]\d+)?(?: (?P<format>[^{}]+))?|(?P<name>\w+))\}"
)
_UNITS = {"now": timedelta(seconds=1), "today": timedelta(days=1)}
_FORMATS = {"now": "%Y-%m-%d %H:%M:%S", "today": "%Y-%m-%d"}


def fill(value: Json, captured: Mapping[str, Tree], now: datetime) -> Json:
    """Return `value` with every placeholder in its texts filled in."""
    if isinstance(value, list):
        return [fill(item, captured, now) for item in value]
    if isinstance(value, dict):
        return {
            fill_text(key, captured, now): fill(item, captured, now) for key, item in value.items()
        }
    if not isinstance(value, str):
        return value
    whole = _PLACE.fullmatch(value)
    if whole and whole["name"] in captured:
        return _plain(captured[whole["name"]])
    return fill_text(value, captured, now)


def fill_text(text: str, captured: Mapping[str, Tree], now: datetime) -> str:
    """Return `text` with every placeholder filled in."""

    def filled(found: re.Match[str]) -> str:
        if found["base"]:
            moment = now.astimezone(UTC) + int(found["amount"] or 0) * _UNITS[found["base"]]
            return moment.strftime(found["format"] or _FORMATS[found["base"]])
        return _text(captured[found["name"]]) if found["name"] in captured else found[0]

    return _PLACE.sub(filled, text)


def pick(source: str, *, answer: Tree, headers: Mapping[str, str], effects: Sequence[Tree]) -> Tree:
    """Return what a capture names: `a.0.b` of the answer, `header:NAME` or `mail:REGEX`.

    None when it is not there.
    """
    kind, _, rest = source.partition(":")
    if kind == "header":
        return headers.get(rest)
    if kind == "mail":
        return _searched(rest, effects)
    for step in source.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return None
    return answer


def _searched(pattern: str, effects: Sequence[Tree]) -> str | None:
    for effect in reversed(effects):
        texts = effect.values() if isinstance(effect, dict) else []
        for text in texts:
            found = re.search(pattern, text) if isinstance(text, str) else None
            if found:
                return found[1] if found.re.groups else found[0]
    return None


def _plain(value: Tree) -> Json:
    if isinstance(value, Real):
        return float(value.text)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _text(value: Tree) -> str:
    return value if isinstance(value, str) else write_line(value)
