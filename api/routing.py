"""Routes that are cheap to register.

werkzeug parses every rule, and compiles for it two functions that only `url_for` needs; for some
two hundred routes that is most of the time an application takes to be built, and tests build
thousands. Should werkzeug rename what is overridden here, rules are slower to register and
nothing else changes.
"""

from functools import lru_cache
from typing import NamedTuple

from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.routing.rules import RulePart


class Parsed(NamedTuple):
    """What a rule's text says; the same for every application."""

    parts: list[RulePart]
    trace: list[tuple[bool, str]]
    converters: dict[str, BaseConverter]


class LateRule(Rule):
    """A rule whose text is parsed once, and whose URL builders are compiled when they are used."""

    def compile(self) -> None:
        """Take over what is known of a rule of this text."""
        self._parts, self._trace, self._converters = _parsed(self.rule)
        self.arguments.update(self._converters)

    def _build(self, **values: str) -> tuple[str, str]:
        return self._compile_builder(False)(self, **values)

    def _build_unknown(self, **values: str) -> tuple[str, str]:
        return self._compile_builder(True)(self, **values)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Parsed:
    """Let werkzeug parse a rule, with the converters that every map has."""
    rule = Rule(text, endpoint="")
    Map([rule])
    return Parsed(rule._parts, rule._trace, rule._converters)
