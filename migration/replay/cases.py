"""Cases: what is asked of the application, read from data files.

One YAML file per domain, one entry per route. An entry states the base request and its status; the
cases that every route needs (no session, wrong role, malformed body, ...) are derived from it, and
further cases are written step by step. The format is described in docs/cases.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from migration.replay.case import (
    ABSENT,
    KINDS,
    METHODS,
    WRITING,
    Absent,
    Case,
    RouteCases,
    Step,
)
from migration.replay.errors import CaseFileError
from migration.replay.written import REQUEST_KEYS, Written, merged
from migration.replay.yaml_json import Json, read_yaml

__all__ = ["ABSENT", "WRITING", "Absent", "Case", "RouteCases", "Step", "load", "load_routes"]

# What a derived case answers unless its entry says otherwise.
_STATUS = {
    "no-session": 401,
    "no-csrf": 403,
    "wrong-role": 403,
    "other-person": 403,
    "malformed": 400,
    "invalid": 400,
    "not-found": 404,
}
_MALFORMED = '{"a":'
_ROUTE_KEYS = frozenset({"request", "expect", "capture", "before", "left_out", "cases"})
_NOTE_KEYS = frozenset({"durations", "masked"})
_VARIABLE = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")


def load(folder: Path) -> list[Case]:
    """Read every case below `folder`, in the order of the files; raise `CaseFileError`."""
    return [case for entry in load_routes(folder) for case in entry.cases]


def load_routes(folder: Path) -> list[RouteCases]:
    """Read every route's entry below `folder`; raise `CaseFileError` for one written twice."""
    entries: dict[str, RouteCases] = {}
    for file in sorted(folder.glob("*.yaml")):
        document = read_yaml(file)
        if not isinstance(document, dict):
            raise CaseFileError.at(file, "the file", "is no mapping of routes")
        for route, written in document.items():
            if route in entries:
                other = entries[route].domain
                raise CaseFileError.at(file, route, f"is also in {other}.yaml")
            entries[route] = _Entry(file, route, written).read()
    return list(entries.values())


class _Entry:
    """One route's entry while it is read."""

    def __init__(self, file: Path, route: str, written: Json) -> None:
        self.source = Written(file, route)
        self.written = self.source.mapping(written, _ROUTE_KEYS | _NOTE_KEYS | set(KINDS))
        self.method, _, self.rule = route.partition(" ")
        if self.method not in METHODS or not self.rule.startswith("/"):
            raise self.source.error("is not written as METHOD /rule")
        self.left_out = self.source.texts(self.written.get("left_out"))

    def read(self) -> RouteCases:
        """Return what the entry holds, once it is known to be sound."""
        for kind, reason in self.left_out.items():
            if kind not in KINDS or not reason.strip():
                raise self.source.error(f"leaves out {kind!r}, no known kind, or gives no reason")
        cases = (*self._derived(), *self._further())
        names = [case.name for case in cases]
        for name in names:
            if names.count(name) > 1:
                raise self.source.error(f"has two cases named {name!r}")
        return RouteCases(self.source.route, self.source.file.stem, cases, self.left_out)

    def _derived(self) -> Iterator[Case]:
        if "request" not in self.written:
            return
        request = self.source.mapping(self.written["request"], REQUEST_KEYS)
        base = {**request, "expect": self.written.get("expect")}
        first = self._step({**base, "capture": self.written.get("capture")})
        yield self._case("success", "success", [first])
        if "twice" in self.written:
            yield self._case("twice", "twice", [first, self._second(base)])
        for kind, implied in self._implied(base).items():
            if kind in self.left_out or (implied is None and kind not in self.written):
                continue
            variant = merged(base, {**(implied or {}), "expect": _STATUS[kind]})
            for title, changes in self._changes(kind):
                yield self._case(title, kind, [self._variant(variant, changes)])
        for item in self.source.items(self.written.get("invalid")):
            change = {**self.source.mapping(item)}
            name = change.pop("name", None)
            if not isinstance(name, str):
                raise self.source.error("has an invalid case without a name")
            variant = {**base, "expect": _STATUS["invalid"]}
            yield self._case(f"invalid: {name}", "invalid", [self._variant(variant, change)])

    def _implied(self, base: dict[str, Json]) -> dict[str, dict[str, Json] | None]:
        """Say per kind what changes in the base request; None: only where the entry writes it."""
        has_body = "json" in base or "raw" in base or "malformed" in self.written
        return {
            "no-session": {"as": None} if base.get("as") else None,
            "no-csrf": {"csrf": False} if self.method in WRITING else None,
            "wrong-role": None,
            "other-person": None,
            "malformed": {"raw": _MALFORMED} if has_body else None,
            "not-found": None,
        }

    def _changes(self, kind: str) -> Iterator[tuple[str, Json]]:
        """Yield what changes in the base request, with the name of each case of a kind."""
        written = self.written.get(kind)
        if not isinstance(written, list):
            yield kind, written
            return
        for item in written:
            change = self.source.mapping(item)
            yield f"{kind}: {change.get('as')}", change

    def _second(self, base: dict[str, Json]) -> Step:
        written = self.written["twice"]
        return self._variant(base, written if isinstance(written, dict) else {"expect": written})

    def _variant(self, base: dict[str, Json], change: Json) -> Step:
        return self._step(merged(base, self.source.mapping(change, REQUEST_KEYS | {"expect"})))

    def _step(self, request: dict[str, Json]) -> Step:
        values = self.source.mapping(request.get("path"))
        names = set(_VARIABLE.findall(self.rule))
        if names != set(values):
            raise self.source.error(f"needs path values for {sorted(names)}, has {sorted(values)}")
        path = _VARIABLE.sub(lambda found: str(values[found[1]]), self.rule)
        return self.source.request(self.method, path, request)

    def _further(self) -> Iterator[Case]:
        for item in self.source.items(self.written.get("cases")):
            written = self.source.mapping(item, {"name", "kind", "steps", "settings"} | _NOTE_KEYS)
            name, kind = written.get("name"), written.get("kind", "branch")
            if not isinstance(name, str) or not isinstance(kind, str) or kind not in KINDS:
                raise self.source.error("has a case without a name or of an unknown kind")
            steps = [self.source.step(step) for step in self.source.items(written.get("steps"))]
            if not steps:
                raise self.source.error(f"has the case {name!r} without steps")
            yield self._made(
                name,
                kind,
                steps,
                notes=written,
                settings=self.source.mapping(written.get("settings")),
            )

    def _case(self, name: str, kind: str, steps: Sequence[Step]) -> Case:
        """Return a derived case; what is hidden is what a success hides."""
        before = map(self.source.step, self.source.items(self.written.get("before")))
        notes = self.written if kind in ("success", "twice") else {}
        return self._made(name, kind, [*before, *steps], notes=notes)

    def _made(
        self,
        name: str,
        kind: str,
        steps: Iterable[Step],
        *,
        notes: dict[str, Json],
        settings: dict[str, Json] | None = None,
    ) -> Case:
        return Case(
            domain=self.source.file.stem,
            route=self.source.route,
            name=name,
            kind=kind,
            steps=tuple(steps),
            source=self.source.file,
            durations=self.source.texts(notes.get("durations")),
            masked=self.source.texts(notes.get("masked")),
            settings=settings or {},
        )
