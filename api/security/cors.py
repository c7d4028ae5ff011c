"""CORS: which other origins a browser may let talk to this API, credentials included.

Only the configured origins are ever named in an answer; any other one simply gets no CORS
headers, and its browser refuses it.
"""

from collections.abc import Collection

from flask import Flask, Response, request

METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"


def init_app(app: Flask, *, origins: Collection[str]) -> None:
    """Allow these origins, spelled as browsers send them, like https://app.example.org."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        if not origins:
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin not in origins:
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = METHODS
            if asked := request.headers.get("Access-Control-Request-Headers"):
                response.headers["Access-Control-Allow-Headers"] = asked
        return response
