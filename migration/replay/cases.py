"""Cases: what is asked of the application, read from data files.

One YAML file per domain, one entry per route. An entry states the base request and its status;
the cases every route needs (no session, wrong role, malformed body, ...) are derived from it.
`play.py` runs a case, `goldens.py` names the file of its golden, `gates.py` holds what a kind of
case may answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from migration.replay.errors import CaseFileError
from migration.replay.yaml_json import Json, read_yaml

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KINDS = (
    "success",
    "twice",
    "no-session",
    "no-csrf",
    "wrong-role",
    "other-person",
    "malformed",
    "invalid",
    "not-found",
    "branch",
)
_DERIVED_STATUS = {
    "no-session": 401,
    "no-csrf": 403,
    "wrong-role": 403,
    "other-person": 403,
    "malformed": 400,
    "not-found": 404,
}
_REQUEST_KEYS = frozenset({"as", "json", "raw", "form", "query", "path", "headers", "csrf"})
_STEP_KEYS = (_REQUEST_KEYS - {"path"}) | {"expect", "capture", "clock_shift", *METHODS}
_ROUTE_KEYS = frozenset(
    {"request", "expect", "capture", "before", "left_out", "cases", "durations", "masked"}
) | (set(KINDS) - {"success", "branch"})
_CASE_KEYS = frozenset({"name", "kind", "steps", "durations", "masked"})
_VARIABLE = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")


class Absent(Enum):
    """The mark of a body that is not sent (`null` is a body)."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class Step:
    """One request: who sends it, what is sent, what is expected, what is kept for later steps."""

    method: str
    path: str
    expect: int
    user: str | None = None
    query: Mapping[str, Json] = field(default_factory=dict)
    json: Json | Absent = ABSENT
    raw: str | None = None
    form: Mapping[str, Json] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    csrf: bool = True
    capture: Mapping[str, str] = field(default_factory=dict)
    clock_shift: float = 0


@dataclass(frozen=True)
class Case:
    """One or more requests in order. `durations` and `masked` map a field to its reason."""

    domain: str
    route: str
    name: str
    kind: str
    steps: tuple[Step, ...]
    source: Path
    durations: Mapping[str, str] = field(default_factory=dict)
    masked: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.route}: {self.name}"


@dataclass(frozen=True)
class RouteCases:
    """The cases of one route, and the kinds left out with their reasons."""

    route: str
    domain: str
    cases: tuple[Case, ...]
    left_out: Mapping[str, str]


def load(folder: Path) -> list[Case]:
    """Read every case below `folder`, in the order of the files; raise `CaseFileError`."""
    return [case for entry in load_routes(folder) for case in entry.cases]


def load_routes(folder: Path) -> list[RouteCases]:
    """Read every route entry below `folder`; raise `CaseFileError` for a route written twice."""
    entries: dict[str, RouteCases] = {}
    for file in sorted(folder.glob("*.yaml")):
        document = read_yaml(file)
        if not isinstance(document, dict):
            raise CaseFileError.at(file, "the file", "is no mapping of routes")
        for route, written in document.items():
            if route in entries:
                raise CaseFileError.at(file, route, f"is also in {entries[route].domain}.yaml")
            entries[route] = _Entry(file, route, written).read()
    return list(entries.values())


class _Entry:
    """One route's entry while it is read."""

    def __init__(self, file: Path, route: str, written: Json) -> None:
        self.file = file
        self.route = route
        self.written = self._mapping(written, _ROUTE_KEYS)
        self.method, _, self.rule = route.partition(" ")
        if self.method not in METHODS or not self.rule.startswith("/"):
            raise self._error("is not written as METHOD /rule")
        self.left_out = self._left_out()

    def read(self) -> RouteCases:
        cases = [*self._derived(), *self._further()]
        names = [case.name for case in cases]
        for name in names:
            if names.count(name) > 1:
                raise self._error(f"has two cases named {name!r}")
        return RouteCases(self.route, self.file.stem, tuple(cases), self.left_out)

    # The cases that every route needs

    def _derived(self) -> Iterator[Case]:
        if "request" not in self.written:
            return
        base = self._mapping(self.written["request"], _REQUEST_KEYS)
        expect = self._status(self.written.get("expect"), "expect")
        first = self._step(base, expect, capture=self.written.get("capture"))
        yield self._case("success", "success", [first])
        if "twice" in self.written:
            yield self._case("twice", "twice", [first, self._second(base)])
        for kind, implied in self._implied(base).items():
            if kind in self.left_out:
                continue
            own = self.written.get(kind)
            if own is not None or implied is not None:
                step = self._variant({**base, **(implied or {})}, own, _DERIVED_STATUS[kind])
                yield self._case(kind, kind, [step])
        for item in self._items("invalid"):
            if not isinstance(item, dict) or not isinstance(item.get("name"), str):
                raise self._error("has an invalid case without a name")
            change = {key: value for key, value in item.items() if key != "name"}
            step = self._variant(base, change, 400)
            yield self._case(f"invalid: {item['name']}", "invalid", [step])

    def _implied(self, base: Mapping[str, Json]) -> dict[str, dict[str, Json] | None]:
        """Say per kind what changes in the base request; None: only where the author writes it."""
        has_body = "json" in base or "raw" in base
        return {
            "no-session": {"as": None} if base.get("as") else None,
            "no-csrf": {"csrf": False} if self.method in WRITING else None,
            "wrong-role": None,
            "other-person": None,
            "malformed": {"raw": '{"a":'} if has_body or "malformed" in self.written else None,
            "not-found": None,
        }

    def _second(self, base: Mapping[str, Json]) -> Step:
        written = self.written["twice"]
        if isinstance(written, dict):
            return self._variant(base, written, 0)
        return self._step(base, self._status(written, "twice"))

    def _variant(self, base: Mapping[str, Json], change: Json, status: int) -> Step:
        change = self._mapping(change or {}, _REQUEST_KEYS | {"expect"})
        merged = {**base, **{key: value for key, value in change.items() if key != "expect"}}
        bodies = [key for key in ("raw", "json", "form") if key in change or key in merged]
        own = [key for key in bodies if key in change] or bodies
        for key in bodies:
            if key != own[0]:
                del merged[key]
        return self._step(merged, self._status(change.get("expect", status), "expect"))

    def _step(self, request: Mapping[str, Json], expect: int, *, capture: Json = None) -> Step:
        values = self._mapping(request.get("path") or {}, None)
        names = set(_VARIABLE.findall(self.rule))
        if names != set(values):
            raise self._error(f"needs path values for {sorted(names)}, has {sorted(values)}")
        path = _VARIABLE.sub(lambda found: str(values[found[1]]), self.rule)
        rest = {key: value for key, value in request.items() if key != "path"}
        return self._request(self.method, path, rest, expect=expect, capture=capture, shift=0)

    # Cases written step by step

    def _further(self) -> Iterator[Case]:
        for item in self._items("cases"):
            written = self._mapping(item, _CASE_KEYS)
            name, kind = written.get("name"), written.get("kind", "branch")
            if not isinstance(name, str) or kind not in KINDS:
                raise self._error("has a case without a name or of an unknown kind")
            steps = [self._written_step(step) for step in _list(written.get("steps"))]
            if not steps:
                raise self._error(f"has the case {name!r} without steps")
            yield self._case(name, str(kind), steps, own=written, before=False)

    def _written_step(self, item: Json) -> Step:
        written = self._mapping(item, _STEP_KEYS)
        methods = [key for key in written if key in METHODS]
        if len(methods) != 1:
            raise self._error("has a step without exactly one METHOD: /path")
        path = written[methods[0]]
        shift = written.get("clock_shift", 0)
        if not isinstance(path, str) or not isinstance(shift, int | float):
            raise self._error("has a step whose path is no text or clock_shift no number")
        return self._request(
            methods[0],
            path,
            written,
            expect=self._status(written.get("expect"), "expect"),
            capture=written.get("capture"),
            shift=shift,
        )

    def _request(
        self,
        method: str,
        path: str,
        written: Mapping[str, Json],
        *,
        expect: int,
        capture: Json,
        shift: float,
    ) -> Step:
        bodies = [key for key in ("json", "raw", "form") if key in written]
        if len(bodies) > 1:
            raise self._error(f"has a request with {' and '.join(bodies)}")
        user, raw, form = written.get("as"), written.get("raw"), written.get("form")
        if not isinstance(user, str | None) or not isinstance(raw, str | None):
            raise self._error("has a request whose `as` or `raw` is no text")
        return Step(
            method=method,
            path=path,
            expect=expect,
            user=user,
            query=self._mapping(written.get("query") or {}, None),
            json=written.get("json", ABSENT),
            raw=raw,
            form=None if form is None else self._mapping(form, None),
            headers=self._texts(written.get("headers")),
            csrf=written.get("csrf") is not False,
            capture=self._texts(capture),
            clock_shift=shift,
        )

    # Small parts

    def _case(
        self,
        name: str,
        kind: str,
        steps: Sequence[Step],
        *,
        own: Mapping[str, Json] | None = None,
        before: bool = True,
    ) -> Case:
        first = [self._written_step(step) for step in self._items("before")] if before else []
        notes = own if own is not None else self.written if kind in ("success", "twice") else {}
        return Case(
            domain=self.file.stem,
            route=self.route,
            name=name,
            kind=kind,
            steps=(*first, *steps),
            source=self.file,
            durations=self._texts(notes.get("durations")),
            masked=self._texts(notes.get("masked")),
        )

    def _left_out(self) -> dict[str, str]:
        left_out = self._texts(self.written.get("left_out"))
        for kind, reason in left_out.items():
            if kind not in KINDS or not reason.strip():
                raise self._error(f"leaves out {kind!r}, no known kind, or gives no reason")
        return left_out

    def _items(self, key: str) -> list[Json]:
        return _list(self.written.get(key))

    def _mapping(self, value: Json, keys: frozenset[str] | set[str] | None) -> dict[str, Json]:
        if not isinstance(value, dict):
            raise self._error(f"has {value!r} where a mapping belongs")
        unknown = set(value) - keys if keys is not None else set()
        if unknown:
            raise self._error(f"has unknown keys: {', '.join(sorted(unknown))}")
        return value

    def _texts(self, value: Json) -> dict[str, str]:
        mapping = self._mapping(value or {}, None)
        return {key: text if isinstance(text, str) else str(text) for key, text in mapping.items()}

    def _status(self, value: Json, key: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 599:
            raise self._error(f"needs an HTTP status under {key!r}, has {value!r}")
        return value

    def _error(self, why: str) -> CaseFileError:
        return CaseFileError.at(self.file, self.route, why)


def _list(value: Any) -> list[Json]:
    return value if isinstance(value, list) else []
