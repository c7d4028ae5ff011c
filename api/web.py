"""The request pipeline: what happens between a URL and its view, in one fixed order.

    404/405        by the router
    413 415 400    the body is small enough, JSON, and readable
    401            somebody is logged in, where the route needs it
    429            not too often
    403            the CSRF token is the session's; the role is one of the route's
    400            body, query and path hold valid values (`fields` says which do not)

Then the view runs and may still answer 404, 403 or 409 about the object. A view says what it
needs and takes what it names:

    @bp.post("/api/mood/log")
    @endpoint(auth=roles("user"), body=MoodEntry)
    def log_mood(caller: Caller, body: MoodEntry) -> Reply:

Of `caller`, `body` and `query` it gets those among its parameters, besides those of the path;
on a public route `caller` may be None. An absent body counts as `{}`. Errors are raised from
`api.errors`; models and field types live in `api.validation`, who-may-what in `api.access`.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Never

from flask import Flask, Response, current_app, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue

from api import errors, validation
from api.access import Caller
from api.errors import ApiError, BadRequest, Forbidden, Unauthorized, ValidationFailed
from api.security import cors, csrf, headers, limits, proxy, sessions
from api.security.limits import UNLIMITED
from api.settings import Settings
from api.validation import Body, Day, Query, QueryFlag, QueryInt, RawText, Text

__all__ = [
    "ANY_ROLE",
    "PUBLIC",
    "UNLIMITED",
    "Auth",
    "Body",
    "Caller",
    "Day",
    "Endpoint",
    "EndpointInfo",
    "Query",
    "QueryFlag",
    "QueryInt",
    "RawText",
    "Reply",
    "Text",
    "endpoint",
    "init_app",
    "roles",
]

Reply = ResponseReturnValue
JSON_ONLY = ("application/json",)
EXACT = 2**53  # up to here every whole number has a float of its own
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Auth:
    """Who may call a route: anybody, anybody logged in, or only some roles."""

    login: bool
    roles: frozenset[str] | None = None


PUBLIC = Auth(login=False)
ANY_ROLE = Auth(login=True)


def roles(*names: str) -> Auth:
    """Admit callers of these roles only."""
    return Auth(login=True, roles=frozenset(names))


@dataclass(frozen=True)
class EndpointInfo:
    """What a route declares; the tests and `api.openapi` read it too.

    `answers` holds the statuses of the view itself: its success first, then what it refuses.
    What the pipeline answers before the view is no part of it.
    """

    auth: Auth
    body: type[Body] | None
    query: type[Query] | None
    csrf: bool
    limit: str | None
    answers: tuple[int, ...] = (200,)
    media: tuple[str, ...] = JSON_ONLY


class Endpoint:
    """A view with its checks in front."""

    __name__: str

    def __init__(self, view: Callable[..., Reply], info: EndpointInfo) -> None:
        update_wrapper(self, view)
        self.endpoint_info = info
        self._view = view
        self._wanted = frozenset(inspect.signature(view).parameters)

    def __call__(self, **path: Any) -> Response:
        info = self.endpoint_info
        body = _read_body()
        caller = self._caller()
        limits.check(info.limit, caller.username if caller else None, body.get("username"))
        if info.csrf and request.method not in SAFE_METHODS:
            csrf.check(body)
        if info.auth.roles is not None and (caller is None or caller.role not in info.auth.roles):
            raise Forbidden("Your role may not do this.", "WRONG_ROLE")
        given = {"caller": caller, **self._input(path, body)}
        wanted = {name: value for name, value in given.items() if name in self._wanted}
        return current_app.make_response(self._view(**wanted, **path))

    def _caller(self) -> Caller | None:
        """Return the caller; left unread where the route is public and does not ask."""
        login = self.endpoint_info.auth.login
        if not login and "caller" not in self._wanted:
            return None
        caller = sessions.caller()
        if login and caller is None:
            raise Unauthorized
        return caller

    def _input(self, path: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, object]:
        """Return the checked body and query, or raise ValidationFailed for all faults at once."""
        info = self.endpoint_info
        problems = validation.storable_problems(path)
        given: dict[str, object] = {}
        if info.body:
            given["body"] = validation.read(info.body, body, problems)
        if info.query:
            given["query"] = validation.read(info.query, request.args.to_dict(), problems)
        if problems:
            raise ValidationFailed(problems)
        return given


def endpoint(
    *,
    auth: Auth,
    body: type[Body] | None = None,
    query: type[Query] | None = None,
    csrf: bool = True,
    limit: str | None = None,
    answers: tuple[int, ...] = (200,),
    media: tuple[str, ...] = JSON_ONLY,
) -> Callable[[Callable[..., Reply]], Endpoint]:
    """Put the pipeline in front of a view.

    `limit`, like "5 per minute", comes on top of the default limits and counts per client
    address and per account; UNLIMITED takes the route out of all limits. `csrf` matters only
    to methods that change something. `answers` and `media` (of a success) are promises to
    clients; tests hold them against what the view really answers.
    """
    info = EndpointInfo(auth, body, query, csrf, limit, answers, media)
    return lambda view: Endpoint(view, info)


def _read_body() -> dict[str, Any]:
    """Return the JSON object sent, {} where nothing was; 413, 415 and 400 come from here."""
    if request.method in SAFE_METHODS:
        return {}
    raw = request.get_data()
    if not raw:
        return {}
    if request.mimetype != "application/json":
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.")
    try:
        document = json.loads(raw.decode(), parse_float=_number, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.", "MALFORMED_JSON") from None
    if not isinstance(document, dict):
        raise BadRequest("The body must be a JSON object.", "MALFORMED_JSON")
    return document


def _number(text: str) -> int | float:
    """Read a number with a point or an exponent: JSON makes no difference between 7.0 and 7."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) <= EXACT else number


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


class StrictJSON(DefaultJSONProvider):
    """Answers with sorted keys, always compact; a view formats dates itself, in one format."""

    compact = True
    sort_keys = True

    @staticmethod
    def default(o: Any) -> Never:
        raise TypeError(f"{type(o).__name__} in an answer: format it through api.db.types")


def init_app(app: Flask) -> None:
    """Give `app` the pipeline: JSON answers, errors, sessions, limits, headers, CORS, proxies."""
    settings: Settings = app.config["SETTINGS"]
    app.json = StrictJSON(app)
    errors.register(app)
    sessions.init_app(app, secure=settings.production, hours=settings.session_hours)
    limits.init_app(
        app,
        enabled=settings.limits_enabled,
        defaults=settings.default_limit,
        storage=settings.limits_storage,
    )
    cors.init_app(app, origins=settings.allowed_origins)
    headers.init_app(app, production=settings.production)
    proxy.init_app(app, hops=settings.trusted_proxies)
