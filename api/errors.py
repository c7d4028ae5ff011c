"""Errors as a client sees them: one JSON shape, and no exception text ever leaves the server.

    {"error": text, "code": NAME}            every error
    {…, "fields": {name: message}}           400 for invalid input
    {…, "error_id": 8 hex digits}            500; the same id stands in the log and the audit trail

Views and services raise the classes below; `register` turns them, the framework's own errors
and those of `api.db` into answers, alike on both engines.

    ApiError
    ├── BadRequest            400  the request as such cannot be read
    ├── ValidationFailed      400  it can be read, but some fields are not valid
    ├── Unauthorized          401  nobody is logged in
    ├── Forbidden             403  somebody is, but may not do this
    ├── NotFound              404
    ├── Conflict              409  it clashes with what is stored
    ├── TooManyRequests       429  with Retry-After
    └── Unavailable           503  with Retry-After
"""

import logging
from collections.abc import Mapping

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api import audit, runtime
from api.db import errors as db_errors

log = logging.getLogger(__name__)

RETRY_SECONDS = 5

HTTP_ERRORS = {
    400: ("BAD_REQUEST", "The request cannot be read."),
    404: ("NOT_FOUND", "There is nothing at this address."),
    405: ("METHOD_NOT_ALLOWED", "This address does not take that method."),
    413: ("TOO_LARGE", "The request body is too large."),
}


class ApiError(Exception):
    """A failure with the status, code and message that the client may know."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields
        self.retry_after = retry_after


class BadRequest(ApiError):
    def __init__(self, message: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(400, code, message)


class ValidationFailed(ApiError):
    """Input that can be read but is not valid; `fields` says why, field by field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        text = "; ".join(f"{name} {message}" for name, message in fields.items())
        super().__init__(400, "VALIDATION_FAILED", f"Invalid input: {text}.", fields)


class Unauthorized(ApiError):
    def __init__(self, message: str = "Log in first.", code: str = "UNAUTHORIZED") -> None:
        super().__init__(401, code, message)


class Forbidden(ApiError):
    def __init__(self, message: str = "You may not do this.", code: str = "FORBIDDEN") -> None:
        super().__init__(403, code, message)


class NotFound(ApiError):
    def __init__(self, message: str = "There is no such entry.", code: str = "NOT_FOUND") -> None:
        super().__init__(404, code, message)


class Conflict(ApiError):
    def __init__(self, message: str, code: str = "CONFLICT") -> None:
        super().__init__(409, code, message)


class TooManyRequests(ApiError):
    """Too many tries; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        message = f"Too many requests. Try again in {retry_after} seconds."
        super().__init__(429, "RATE_LIMITED", message, retry_after=retry_after)


class Unavailable(ApiError):
    """Something this server needs does not answer; worth another try."""

    def __init__(
        self,
        message: str = "The service is not available at the moment. Try again shortly.",
        code: str = "UNAVAILABLE",
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(503, code, message, fields, retry_after=RETRY_SECONDS)


def register(app: Flask) -> None:
    """Answer every failure of `app` in the one JSON shape."""
    app.register_error_handler(ApiError, answer)
    app.register_error_handler(HTTPException, _framework_error)
    app.register_error_handler(db_errors.DatabaseError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def answer(error: ApiError) -> Response:
    """Return the JSON answer for `error`."""
    body: dict[str, object] = {"error": error.message, "code": error.code}
    if error.fields is not None:
        body["fields"] = dict(error.fields)
    response = jsonify(body)
    response.status_code = error.status
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _framework_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(error.get_body(), status, error.get_headers())
    code, message = HTTP_ERRORS.get(status, (error.name.upper().replace(" ", "_"), error.name))
    response = answer(ApiError(status, code, message))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _database_error(error: db_errors.DatabaseError) -> Response:
    """Answer for what the database refused and no view expected."""
    match error:
        case db_errors.Unavailable():
            log.warning("database not available for %s: %s", request.endpoint, error)
            return answer(Unavailable())
        case db_errors.UniqueViolation():
            return answer(Conflict("This exists already."))
        case db_errors.ForeignKeyViolation():
            return answer(Conflict("Something this refers to does not exist any more."))
        case _:
            return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    """Answer 500 with an id under which the log holds the whole story."""
    error_id = runtime.token_hex(4)
    name = (request.endpoint or "request").rpartition(".")[2]
    log.error("error %s in %s", error_id, name, exc_info=error)
    audit.incident("error", f"{name}_error", f"{error_id} {type(error).__name__}")
    response = jsonify(
        {
            "error": "Something went wrong on our side.",
            "code": "INTERNAL_ERROR",
            "error_id": error_id,
        }
    )
    response.status_code = 500
    return response
