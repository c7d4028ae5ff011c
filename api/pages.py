"""The pages for people, and the files they are made of (`static/`).

The root page logs in and shows a patient's day or a clinician's patients, through the same
routes as any other client. Scripts and styles are files of their own, so that the pages work
under a content policy without exceptions.
"""

from pathlib import Path

from flask import Blueprint, Response, request

from api.errors import NotFound
from api.web import PUBLIC, UNLIMITED, Reply, endpoint

FOLDER = Path(__file__).parent / "static"
# Named here, for each machine has its own table of types.
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

bp = Blueprint("pages", __name__)


@bp.get("/")
@endpoint(auth=PUBLIC, media=("text/html",))
def root() -> Reply:
    """Serve the page that shows the API at work."""
    return serve("index.html")


@bp.get("/diagnostic")
@endpoint(auth=PUBLIC, media=("text/html",))
def diagnostic() -> Reply:
    """Serve the page that tells whether scripts, cookies and the API work in this browser."""
    return serve("diagnostic.html")


@bp.get("/static/<path:filename>")
@endpoint(auth=PUBLIC, limit=UNLIMITED, answers=(200, 404), media=("*/*",))
def static_file(filename: str) -> Reply:
    """Serve a file of the pages."""
    return serve(filename)


def serve(filename: str) -> Reply:
    """Return one of the files of the pages; 404 where there is none of that name."""
    file = next((file for file in FOLDER.iterdir() if file.name == filename), None)
    if file is None:
        raise NotFound("There is nothing at this address.")
    response = Response(file.read_bytes(), mimetype=TYPES[file.suffix])
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)
