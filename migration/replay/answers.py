"""An HTTP answer as a tree: the status, the headers that matter, cookies by name, the body.

JSON is kept with its number text and types; other text as text; the files of an archive one by
one; the text of a PDF page by page; anything else as length and digest.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from contextlib import suppress

from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from migration.replay.canonical import Tree, read
from migration.replay.pdf import START as _PDF
from migration.replay.pdf import read_pdf

_HEADERS = ("Content-Type", "Location", "Cache-Control", "Retry-After")
_CORS = "Access-Control-"
_ARCHIVE = b"PK\x03\x04"


def answer_of(response: TestResponse) -> dict[str, Tree]:
    """Return what is compared of an answer."""
    return {
        "status": response.status_code,
        "headers": _headers(response.headers),
        "cookies": [*_cookies(response.headers)],
        **_body(response.get_data(), is_json=response.is_json),
    }


def _headers(headers: Headers) -> dict[str, Tree]:
    kept = [*_HEADERS, *sorted({name for name, _ in headers if name.startswith(_CORS)})]
    return {name: headers[name] for name in kept if name in headers}


def _cookies(headers: Headers) -> list[str]:
    """Name each cookie that is set, with its flags and without its value."""
    shown = []
    for cookie in headers.getlist("Set-Cookie"):
        pair, *flags = (part.strip() for part in cookie.split(";"))
        name, _, value = pair.partition("=")
        emptied = [] if value.strip('"') else ["(emptied)"]
        shown.append("; ".join([name, *emptied, *sorted(flags)]))
    return sorted(shown)


def _body(data: bytes, *, is_json: bool) -> dict[str, Tree]:
    if data.startswith(_ARCHIVE):
        return {"archive": _archive(data)}
    if data.startswith(_PDF) and (said := read_pdf(data)):
        return {"pdf": said}
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    if is_json:
        with suppress(ValueError):
            return {"json": read(text)}
    lines: list[Tree] = [*text.split("\n")]
    # Line by line, a long page can be read in a review.
    return {"lines": lines} if len(lines) > 1 else {"text": text}


def _archive(data: bytes) -> Tree:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name: _body(archive.read(name), is_json=name.endswith(".json"))
            for name in sorted(archive.namelist())
        }
