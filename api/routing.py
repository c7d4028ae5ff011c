"""Routes that are cheap to register.

werkzeug compiles, for every rule, two functions that only `url_for` needs; for some two hundred
routes that is most of the time an application takes to be built, and tests build thousands.
"""

from collections.abc import Callable

from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule that compiles its URL builders when a URL is built.

    Should werkzeug rename the method, rules are slower to register and nothing else changes.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder

        def build(rule: Rule, **values: str) -> tuple[str, str]:
            return compile_now(append_unknown)(rule, **values)

        return build
