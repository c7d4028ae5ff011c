"""CSRF: a request that changes something must carry the token of its own session.

The token lives in the signed session cookie (`api.security.sessions`); visitors get one from
GET /api/csrf-token, and login hands out a new one. It comes back in the header X-CSRF-Token
(or X-CSRFToken), or as `_csrf_token` in the JSON body.
"""

import hmac
from collections.abc import Mapping
from typing import Any

from flask import request, session

from api import audit
from api.errors import Forbidden


def check(body: Mapping[str, Any]) -> None:
    """Raise Forbidden unless the request carries the token of its session."""
    expected = session.get("csrf_token")
    sent = (
        request.headers.get("X-CSRF-Token")
        or request.headers.get("X-CSRFToken")
        or body.get("_csrf_token")
    )
    if expected and isinstance(sent, str) and _same(sent, expected):
        return
    audit.incident(
        "security", "csrf_validation_failed", f"{request.endpoint} from {request.remote_addr}"
    )
    raise Forbidden(
        "The CSRF token is missing or does not belong to this session."
        " Get one from /api/csrf-token and send it as X-CSRF-Token.",
        "CSRF_FAILED",
    )


def _same(sent: str, expected: str) -> bool:
    """Compare in constant time; as bytes, since the function takes no non-ASCII text."""
    return hmac.compare_digest(sent.encode("utf-8", "replace"), expected.encode())
