"""The OpenAPI document: one operation for each method of each rule."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask
from pydantic import ValidationError
from werkzeug.routing import Rule

from api.openapi.models import INTEGER, Bodies, Json, query_schema
from api.security import limits
from api.web import JSON_ONLY, SAFE_METHODS, Body, EndpointInfo

TITLE, VERSION = "Healing Space API", "1.0.0"
VARIABLE = re.compile(r"<(?:(\w+):)?(\w+)>")
WRITING_ANSWERS = (400, 413, 415)
# What each converter lets through to the view.
VALUES: dict[str, Json] = {
    "": {"type": "string", "minLength": 1, "pattern": r"^[^/\u0000]+$"},
    "path": {"type": "string", "minLength": 1, "pattern": r"^[^/\u0000][^\u0000]*$"},
    "int": {**INTEGER, "minimum": 0},
}
RETRY_AFTER = {
    "description": "Seconds to wait before another try.",
    "schema": {"type": "integer", "minimum": 1},
}
ERROR: Json = {
    "type": "object",
    "required": ["error", "code"],
    "properties": {
        "error": {"type": "string", "description": "What went wrong, for people."},
        "code": {"type": "string", "description": "What went wrong, for programs."},
        "fields": {
            "type": "object",
            "description": "Each input that is not valid, and why.",
            "additionalProperties": {"type": "string"},
        },
    },
}
SECURITY_SCHEMES: Json = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "Set by POST /api/auth/login. Roles beside it are those that may ask.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": (
            "The session's token: `csrf_token` in the answer of the login, or for visitors of"
            " GET /api/csrf-token."
        ),
    },
}


@dataclass(frozen=True)
class Operation:
    """One method of one rule, with what its view declares."""

    method: str
    rule: Rule
    info: EndpointInfo
    summary: str
    overlaps: bool  # what does not fit this rule may fit another one, for other methods

    @property
    def writes(self) -> bool:
        return self.method not in SAFE_METHODS

    @property
    def path(self) -> str:
        """The rule as OpenAPI writes it."""
        return VARIABLE.sub(r"{\2}", self.rule.rule)

    @property
    def variables(self) -> list[tuple[str, str]]:
        """The variables of the path, as (converter, name)."""
        return VARIABLE.findall(self.rule.rule)

    @property
    def statuses(self) -> list[int]:
        """Every status that may be answered, by the view or before it."""
        info = self.info
        found = {*info.answers, 503}
        if self.writes:
            found.update(WRITING_ANSWERS)
        if info.query or self.variables:
            found.add(400)
        if self.variables:
            found.add(404)
        if self.overlaps:
            found.add(405)
        if info.auth.login:
            found.add(401)
        if info.auth.roles is not None or (self.writes and info.csrf):
            found.add(403)
        if info.limit is not limits.UNLIMITED:
            found.add(429)
        return sorted(found)


def describe(app: Flask) -> Json:
    """Return the description of every route of `app`."""
    found = list(operations(app))
    bodies = Bodies.of(one.info.body for one in found if one.info.body)
    paths: dict[str, Json] = {}
    for operation in found:
        methods = paths.setdefault(operation.path, {})
        methods[operation.method.lower()] = _describe(operation, bodies)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": {**bodies.components, "Error": ERROR},
            "responses": {str(status): _refusal(status) for status in _refusals(found)},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def operations(app: Flask) -> Iterator[Operation]:
    """Yield an operation for each method of each rule that declares itself."""
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    shapes = Counter(VARIABLE.sub("{}", rule) for rule in rules)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        info: EndpointInfo | None = getattr(view, "endpoint_info", None)
        if info is None:
            continue
        summary = (view.__doc__ or "").strip().partition("\n")[0]
        overlaps = "<int:" in rule.rule and shapes[VARIABLE.sub("{}", rule.rule)] > 1
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Operation(method, rule, info, summary, overlaps)


def _refusals(found: Iterable[Operation]) -> list[int]:
    return sorted({status for one in found for status in one.statuses if status >= 400})


def _describe(operation: Operation, bodies: Bodies) -> Json:
    info = operation.info
    described: Json = {
        "operationId": f"{operation.method.lower()}.{operation.rule.endpoint}",
        "tags": [operation.rule.endpoint.partition(".")[0]],
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(info)],
        "responses": {str(status): _answer(operation, status) for status in operation.statuses},
        "security": _security(operation),
    }
    if info.body:
        described["requestBody"] = {
            "required": not _admits_nothing(info.body),
            "content": {"application/json": {"schema": bodies.reference(info.body)}},
        }
    return described


def _admits_nothing(body: type[Body]) -> bool:
    """Tell whether no body, which counts as `{}`, would do."""
    try:
        body()
    except ValidationError:
        return False
    return True


def _path_parameters(operation: Operation) -> Iterator[Json]:
    for converter, name in operation.variables:
        schema = VALUES[converter]
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(info: EndpointInfo) -> Iterator[Json]:
    if info.query is None:
        return
    schema = query_schema(info.query)
    for name, described in schema["properties"].items():
        required = name in schema.get("required", ())
        yield {"name": name, "in": "query", "required": required, "schema": described}


def _security(operation: Operation) -> list[Json]:
    auth = operation.info.auth
    needed: Json = {"session": sorted(auth.roles or ())} if auth.login else {}
    if operation.writes and operation.info.csrf:
        needed["csrf"] = []
    return [needed] if needed else []


def _answer(operation: Operation, status: int) -> Json:
    if status >= 400:
        return {"$ref": f"#/components/responses/{status}"}
    described: Json = {"description": HTTPStatus(status).phrase}
    if status != HTTPStatus.NO_CONTENT:
        media = operation.info.media
        # Of several forms JSON is a file like the others, and need not be an object.
        schema: Json = {"type": "object"} if media == JSON_ONLY else {}
        described["content"] = {name: {"schema": schema} for name in media}
    return described


def _refusal(status: int) -> Json:
    schema = {"$ref": "#/components/schemas/Error"}
    refusal: Json = {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": {"schema": schema}},
    }
    if status in (429, 503):
        refusal["headers"] = {"Retry-After": RETRY_AFTER}
    return refusal
