"""PostgreSQL URLs: masking, and the same server with another database or other options."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

MASK = "***"
SECRET_PARAMETERS = frozenset({"password", "sslpassword", "passfile"})


def mask(url: str) -> str:
    """Return the URL with every password replaced, fit to be printed.

    Text that is no URL (a key=value connection string) is hidden as a whole: it may hold anything.
    """
    if "://" not in url:
        return MASK
    parts = urlsplit(url)
    user, colon, _ = parts.netloc.rpartition("@")[0].partition(":")
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{user}{colon and ':' + MASK}@{host}" if user or colon else host
    query = [
        (key, MASK if key in SECRET_PARAMETERS else value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit((parts.scheme, netloc, parts.path, _query(query), ""))


def url_with(url: str, *, database: str | None = None, options: str | None = None) -> str:
    """Return the URL with another database and, where given, other server options.

    `options` are those of libpq, for instance `-c search_path=pet_game`; `postgres://` becomes
    `postgresql://`.
    """
    parts = urlsplit(url)
    path = parts.path if database is None else "/" + quote(database, safe="")
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not (key == "dbname" and database is not None)
        and not (key == "options" and options is not None)
    ]
    if options is not None:
        query.append(("options", options))
    # Assembled by hand: urlunsplit drops the empty host of `postgresql:///name?host=/socket`.
    text = f"postgresql://{parts.netloc}{path}"
    return f"{text}?{_query(query)}" if query else text


def search_path(schema: str) -> str:
    """Return the server option under which unqualified names are those of one schema."""
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", schema) is not None
    name = schema if plain else '"' + schema.replace('"', '""') + '"'
    # In libpq's options a backslash protects what would end the word.
    return "-c search_path=" + re.sub(r"([\\\s])", r"\\\1", name)


def _query(pairs: list[tuple[str, str]]) -> str:
    # libpq reads "+" as itself, hence %20 for blanks.
    return urlencode(pairs, quote_via=quote, safe="/*")
