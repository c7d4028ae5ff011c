"""Request limits: Flask-Limiter's moving windows, checked by the pipeline at its own place.

Flask-Limiter holds the storage and the strategy; `check` asks them after authentication,
which its own hook, running before everything else, could not. Every route is under the
default limits, counted per route for the account, or for the address of a visitor. A limit of
the route's own counts for the address and for the account, so that neither many addresses
against one account nor one address against many accounts gets far. A refused try is not
counted. Counts are kept in the memory of one application object (`clock_storage.py`); several
worker processes share them through the server that a storage URI names.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse_many
from limits.errors import StorageError

from api import audit, runtime
from api.errors import TooManyRequests, Unavailable
from api.security.clock_storage import ClockStorage

UNLIMITED = ""


@dataclass(frozen=True)
class Limits:
    """The limiter of one application and the limits every route is under."""

    limiter: Limiter
    defaults: tuple[RateLimitItem, ...]


def init_app(app: Flask, *, enabled: bool, defaults: str, storage: str) -> None:
    """Limit the routes of `app`; `defaults` reads like "1000 per hour; 10000 per day"."""
    uri = f"{ClockStorage.SCHEME}://" if storage == "memory://" else storage
    limiter = Limiter(
        get_remote_address,
        storage_uri=uri,
        storage_options={"wrap_exceptions": True},
        strategy="moving-window",
        enabled=enabled,
    )
    limiter.init_app(app)
    app.extensions["limits"] = Limits(limiter, tuple(parse_many(defaults)))


def check(own: str | None, account: str | None, named: object) -> None:
    """Count this request and raise TooManyRequests where a limit is used up.

    `own` is the limit of the route, None for the default limits alone; `account` is who is
    logged in; `named` is the username a visitor's body speaks of, whatever its type. Raise
    Unavailable where counts are shared by a server that does not answer.
    """
    limits: Limits = current_app.extensions["limits"]
    if own == UNLIMITED or not limits.limiter.enabled:
        return
    try:
        _count(limits, own, account, named)
    except StorageError as error:
        raise Unavailable from error


def _count(limits: Limits, own: str | None, account: str | None, named: object) -> None:
    address = f"address {request.remote_addr}"
    if own:
        person = account or (named if isinstance(named, str) else None)
        visitors = [address, _of_account(person)] if person else [address]
        _take(limits.limiter, parse_many(own), "own", visitors)
    visitor = _of_account(account) if account else address
    _take(limits.limiter, limits.defaults, "default", [visitor])


def _of_account(username: str) -> str:
    """Name an account in a key; what a visitor sent may be long, or no valid text at all."""
    return f"account {username[:100]!a}"


def _take(
    limiter: Limiter, items: Iterable[RateLimitItem], scope: str, visitors: Iterable[str]
) -> None:
    endpoint = request.endpoint or ""
    for item in items:
        for visitor in visitors:
            key = (scope, endpoint, visitor)
            if not limiter.limiter.hit(item, *key):
                reset = limiter.limiter.get_window_stats(item, *key).reset_time
                _refuse(max(1, int(reset - runtime.now().timestamp()) + 1))


def _refuse(seconds: int) -> None:
    audit.incident(
        "security", "rate_limit_exceeded", f"{request.endpoint} from {request.remote_addr}"
    )
    raise TooManyRequests(seconds)
