"""Where the three logical databases are, read from the settings.

Either each has an address of its own (`DATABASE_URL`, `PET_DATABASE_URL`,
`TRAINING_DATABASE_URL`: a SQLite path, `sqlite:///path`, or a `postgresql://` URL), or the
parts of one PostgreSQL server are given (`DB_HOST`, …, with one or three database names).
The backends that open an address are next door in `sqlite.py` and `postgres.py`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

MAIN, PET, TRAINING = "therapist_app", "pet_game", "ai_training_data"
LOGICAL = (MAIN, PET, TRAINING)
URLS = {
    MAIN: "DATABASE_URL",
    PET: "PET_DATABASE_URL",
    TRAINING: "TRAINING_DATABASE_URL",
}
NAMES = {MAIN: "DB_NAME", PET: "PET_DB_NAME", TRAINING: "TRAINING_DB_NAME"}
SERVER = ("DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD")
KEYS = (*URLS.values(), *SERVER, *NAMES.values())


class AddressError(ValueError):
    """The settings do not say clearly where the databases are."""


@dataclass(frozen=True)
class SqliteAddress:
    """A logical database that is a file of its own."""

    path: Path


@dataclass(frozen=True)
class PostgresAddress:
    """A logical database that is the schema of its name in a PostgreSQL database."""

    url: str

    def __repr__(self) -> str:
        return f"PostgresAddress({mask(self.url)!r})"


Address = SqliteAddress | PostgresAddress


def read(given: Mapping[str, str], *, folder: Path) -> dict[str, Address]:
    """Return the address of every logical database; `folder` holds the files of the default.

    Raises AddressError for an incomplete, contradictory or unknown setting.
    """
    urls = {name: given[key] for name, key in URLS.items() if key in given}
    parts = {key: given[key] for key in (*SERVER, *NAMES.values()) if key in given}
    if urls and parts:
        raise AddressError(
            f"{_listed(URLS[name] for name in urls)} and {_listed(parts)} both say where the"
            " databases are: give either the URLs or the DB_ settings."
        )
    if parts:
        return _from_parts(parts)
    if urls:
        return _from_urls(urls)
    return _beside(folder)


def parse(text: str) -> Address:
    """Read one address. Raises AddressError, with any password masked."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        return SqliteAddress(_file(text))
    if scheme == "sqlite":
        return SqliteAddress(_file(rest.removeprefix("/")))
    if scheme in ("postgres", "postgresql"):
        return PostgresAddress(_readable(f"postgresql://{rest}"))
    raise AddressError(
        f"{mask(text)} is not a database address known here: give the path of a SQLite file,"
        " sqlite:///path, or postgresql://user:password@host/database."
    )


def mask(text: str) -> str:
    """Return `text` without the passwords of the URLs in it."""
    text = re.sub(r"(://[^:/?#\s]*):\S*@", r"\1:***@", text)
    return re.sub(r"(password=)[^&\s]*", r"\1***", text)


def _readable(url: str) -> str:
    try:
        ports = str(conninfo_to_dict(url).get("port", "0"))
    except psycopg.Error:
        ports = ""
    # A "/" in a password makes what precedes it a port, which the driver would quote later.
    if not all(port.isdigit() for port in ports.split(",")):
        raise AddressError(
            f"{mask(url)} is no PostgreSQL URL: write postgresql://user:password@host:port/database"
            " and percent-encode special characters in the password."
        )
    return url


def _from_urls(urls: Mapping[str, str]) -> dict[str, Address]:
    if MAIN not in urls:
        raise AddressError(
            f"{_listed(URLS[name] for name in urls)} is set, but DATABASE_URL is not: set"
            " DATABASE_URL too."
        )
    given = {name: parse(url) for name, url in urls.items()}
    main = given[MAIN]
    if len({type(address) for address in given.values()}) > 1:
        raise AddressError(
            f"{_listed(URLS[name] for name in urls)} name both SQLite and PostgreSQL: all"
            " databases must be on one engine."
        )
    if isinstance(main, SqliteAddress):
        return _files({**_beside(main.path.parent), **given})
    if len(given) == 2:
        raise AddressError(
            "Two of the three database URLs are set: set DATABASE_URL alone, for one database"
            f" with a schema for each, or all of {_listed(URLS.values())}."
        )
    return {name: given.get(name, main) for name in LOGICAL}


def _beside(folder: Path) -> dict[str, Address]:
    return {name: SqliteAddress(folder / f"{name}.db") for name in LOGICAL}


def _files(given: dict[str, Address]) -> dict[str, Address]:
    if len(set(given.values())) < len(given):
        raise AddressError(
            f"Two databases would share one SQLite file: give each of {_listed(URLS.values())} a"
            " file of its own."
        )
    return given


def _from_parts(parts: Mapping[str, str]) -> dict[str, Address]:
    needed = ("DB_HOST", "DB_USER", "DB_PASSWORD", "DB_NAME")
    further = {"PET_DB_NAME", "TRAINING_DB_NAME"}
    missing = [key for key in needed if key not in parts]
    if further & parts.keys():
        missing += sorted(further - parts.keys())
    if missing:
        raise AddressError(
            f"{_listed(parts)} set, but not {_listed(missing)}: a PostgreSQL server needs"
            f" {_listed(needed)}, and three databases need {_listed(NAMES.values())}."
        )
    return {
        name: PostgresAddress(_joined(parts, parts.get(key, parts["DB_NAME"])))
        for name, key in NAMES.items()
    }


def _joined(parts: Mapping[str, str], database: str) -> str:
    user, password = quote(parts["DB_USER"], safe=""), quote(parts["DB_PASSWORD"], safe="")
    host, port = quote(parts["DB_HOST"], safe="[]:"), parts.get("DB_PORT", "5432")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise AddressError(f"DB_PORT is {port!r}: give a number from 1 to 65535.")
    return f"postgresql://{user}:{password}@{host}:{port}/{quote(database, safe='')}"


def _file(text: str) -> Path:
    if text in ("", ":memory:"):
        raise AddressError(
            "A SQLite database must be a file, because every request opens it anew: give its path."
        )
    return Path(text)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
