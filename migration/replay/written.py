"""What stands in a case file, checked and named where it is wrong; one request becomes a `Step`.

Which cases an entry makes is decided in `cases.py`.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from migration.replay.case import ABSENT, METHODS, Step
from migration.replay.errors import CaseFileError
from migration.replay.yaml_json import Json

REQUEST_KEYS = frozenset({"as", "json", "raw", "form", "query", "path", "headers", "csrf"})
_STEP_KEYS = (REQUEST_KEYS - {"path"}) | {"expect", "capture", "clock_shift", *METHODS}
_BODIES = ("json", "raw", "form")


@dataclass(frozen=True)
class Written:
    """The entry of one route in one file: reads parts of it, and raises `CaseFileError`."""

    file: Path
    route: str

    def error(self, why: str) -> CaseFileError:
        """Return the error that names this entry."""
        return CaseFileError.at(self.file, self.route, why)

    def mapping(self, value: Json, keys: Set[str] | None = None) -> dict[str, Json]:
        """Return a mapping that has no other keys than these; nothing counts as empty."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error(f"has {value!r} where a mapping belongs")
        unknown = set(value) - keys if keys is not None else set()
        if unknown:
            raise self.error(f"has unknown keys: {', '.join(sorted(unknown))}")
        return value

    def items(self, value: Json) -> list[Json]:
        """Return a list; nothing counts as empty."""
        if not isinstance(value, list | None):
            raise self.error(f"has {value!r} where a list belongs")
        return value or []

    def texts(self, value: Json) -> dict[str, str]:
        """Return a mapping whose values are sent or shown as text."""
        return {key: str(text) for key, text in self.mapping(value).items()}

    def text(self, value: Json, key: str) -> str | None:
        """Return a text, or None where there is none."""
        if not isinstance(value, str | None):
            raise self.error(f"needs a text under {key!r}, has {value!r}")
        return value

    def status(self, value: Json, key: str) -> int:
        """Return an HTTP status."""
        if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 599:
            raise self.error(f"needs an HTTP status under {key!r}, has {value!r}")
        return value

    def step(self, value: Json) -> Step:
        """Return the step of a case that is written step by step."""
        written = self.mapping(value, _STEP_KEYS)
        methods = [key for key in written if key in METHODS]
        if len(methods) != 1:
            raise self.error("has a step without exactly one METHOD: /path")
        path = self.text(written[methods[0]], methods[0]) or ""
        return self.request(methods[0], path, written)

    def request(self, method: str, path: str, written: dict[str, Json]) -> Step:
        """Return a step whose method and path are known."""
        bodies = [key for key in _BODIES if key in written]
        if len(bodies) > 1:
            raise self.error(f"has a request with {' and '.join(bodies)}")
        shift = written.get("clock_shift", 0)
        if not isinstance(shift, int | float):
            raise self.error(f"needs seconds under 'clock_shift', has {shift!r}")
        return Step(
            method=method,
            path=path,
            expect=self.status(written.get("expect"), "expect"),
            user=self.text(written.get("as"), "as"),
            query=self.mapping(written.get("query")),
            json=written.get("json", ABSENT),
            raw=self.text(written.get("raw"), "raw"),
            form=self.mapping(written["form"]) if "form" in written else None,
            headers=self.texts(written.get("headers")),
            csrf=written.get("csrf") is not False,
            capture=self.texts(written.get("capture")),
            clock_shift=shift,
        )


def merged(base: dict[str, Json], change: dict[str, Json]) -> dict[str, Json]:
    """Return the base request with some keys replaced; a body replaces any other body."""
    if any(key in change for key in _BODIES):
        base = {key: value for key, value in base.items() if key not in _BODIES}
    return {**base, **change}
