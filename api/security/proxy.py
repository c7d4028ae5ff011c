"""Behind proxies: the client's address and scheme come from the hops that are trusted.

Each trusted proxy appends what it saw to the X-Forwarded- headers, so exactly as many entries,
counted from the end, can be believed. With none configured the headers are ignored.
"""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask, *, hops: int) -> None:
    """Believe the forwarding headers of this many proxies in front of `app`."""
    if hops:
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = fixed  # type: ignore[method-assign]  # Flask's own way to wrap it
