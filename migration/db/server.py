"""The PostgreSQL server: one that was given, or the embedded one.

A *test* server lives as long as the process that started it and trades durability for speed. A
*kept* server lives in a folder, is durable and outlives its process. Databases on a server:
`clone.py`; how the embedded one is run: `embedded.py`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self
from urllib.parse import quote

from migration.db import embedded
from migration.db.errors import CannotConnect, ServerFailed, WrongServer, WrongSetting
from migration.db.postgres import PgConnection, open_postgres
from migration.db.url import mask, url_with

MAJORS = (18, 16)
MAINTENANCE = "postgres"
# A worker of the tests needs about a dozen: its arm, its application's pool, its clones.
CONNECTIONS = {"max_connections": str(max(200, 16 * (os.cpu_count() or 1)))}
# Nothing on a test server outlives it. Autovacuum would block clones and move rows about.
UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class Server(Protocol):
    """What the users of a server need of it."""

    def url(self, database: str | None = None) -> str:
        """Return the URL of a database on this server, or of the one it was given with."""

    def connect(self, database: str | None = None) -> PgConnection:
        """Open an autocommit connection to a database on this server."""


@dataclass(frozen=True)
class ServerAddress:
    """Where a server is and what it is."""

    template: str = field(repr=False)
    origin: Literal["given", "embedded"]
    version: str
    major: int
    folder: Path | None

    def url(self, database: str | None = None) -> str:
        """Return the URL of a database on this server, or of the one it was given with."""
        return url_with(self.template, database=database)

    def connect(self, database: str | None = None) -> PgConnection:
        """Open an autocommit connection to a database on this server."""
        return open_postgres(self.url(database))

    def __str__(self) -> str:
        """Return one line fit to be printed: version, origin and masked place."""
        place = f"in {self.folder}" if self.folder else f"at {mask(self.template)}"
        return f"PostgreSQL {self.version}, {self.origin}, {place}"


@dataclass
class RunningServer:
    """A server this process may use until `stop()`, or the end of the `with` block."""

    address: ServerAddress
    owner: int | None = None

    def url(self, database: str | None = None) -> str:
        """Return the URL of a database on this server, or of the one it was given with."""
        return self.address.url(database)

    def connect(self, database: str | None = None) -> PgConnection:
        """Open an autocommit connection to a database on this server."""
        return self.address.connect(database)

    def stop(self) -> None:
        """End the server and remove its folder if this process started it as a test server."""
        if self.owner is None:
            return
        if self.address.folder is not None:
            embedded.remove(self.address.folder)
        os.close(self.owner)
        self.owner = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(*, major: int | None = None, folder: Path | None = None) -> RunningServer:
    """Return a server: a kept one in `folder`, else TEST_DATABASE_URL, else an embedded test one.

    `major` is 18 or 16; without it any given server will do, and the embedded one is 18 unless
    PGSERVER_POSTGRES_VERSION says otherwise. Raises ServerFailed, WrongServer or CannotConnect.
    """
    if folder is not None:
        return RunningServer(_start_kept(folder, major))
    url = os.environ.get("TEST_DATABASE_URL")
    if url:
        return RunningServer(_to_test_on(given(url), major))
    embedded.sweep()
    try:
        return _start_test(_embedded_major(major))
    except ServerFailed:
        # The package gives a start ten seconds; a busy machine may need a second go.
        return _start_test(_embedded_major(major))


def given(url: str) -> ServerAddress:
    """Return the server behind a URL, whatever its user may do. Raises CannotConnect."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise CannotConnect(
            what="cannot use the server that was given",
            why="its address does not begin with postgresql://",
            remedy="write it as postgresql://user:password@host:port/database",
        )
    return _address(url, origin="given", folder=None)


def find_kept(folder: Path) -> ServerAddress | None:
    """Return the kept server of this folder when it runs. Only looks."""
    return _embedded_address(folder) if embedded.find(folder) else None


def stop_kept(folder: Path) -> bool:
    """End the kept server of this folder, keep its data, and say whether one was running."""
    if not folder.is_dir():
        return False
    with embedded.one_at_a_time(folder):
        return embedded.end(folder)


def kept_folder(project: Path) -> Path:
    """Return the folder of this user's kept server for a project; it need not exist yet.

    Under the system's temporary folder, for run as root the server opens every folder above its
    data to reading, which a home must be spared.
    """
    name = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()).resolve() / f"migration-kept-{os.geteuid()}-{name}"


def _start_test(major: int) -> RunningServer:
    folder = embedded.fresh_folder()
    owner = embedded.claim(folder)
    try:
        settings = CONNECTIONS | UNSAFE_BUT_FAST
        embedded.launch(folder, major=major, settings=settings, keep=owner)
        address = _embedded_address(folder)
        _assert_settings(address, settings)
    except BaseException:
        embedded.remove(folder)
        os.close(owner)
        raise
    return RunningServer(address, owner)


def _start_kept(folder: Path, major: int | None) -> ServerAddress:
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise WrongServer(
            what=f"cannot keep a server in {folder}",
            why="the folder belongs to another user",
            remedy="choose another folder, or run as its owner",
        )
    with embedded.one_at_a_time(folder):
        if embedded.find(folder) is None:
            _launch_kept(folder, _embedded_major(major or _major_on_disk(folder)))
        address = _embedded_address(folder)
    _assert_major(address, major)
    return address


def _launch_kept(folder: Path, major: int) -> None:
    try:
        embedded.launch(folder, major=major, settings=CONNECTIONS)
    except ServerFailed:
        embedded.end(folder)
        embedded.launch(folder, major=major, settings=CONNECTIONS)


def _major_on_disk(folder: Path) -> int | None:
    version = folder / "data" / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _embedded_major(major: int | None) -> int:
    chosen = str(major or os.environ.get("PGSERVER_POSTGRES_VERSION") or MAJORS[0])
    if chosen not in map(str, MAJORS):
        raise WrongServer(
            what=f"cannot embed PostgreSQL {chosen}",
            why=f"the embedded server comes as {' or '.join(map(str, MAJORS))}",
            remedy=f"ask for one of these, or set TEST_DATABASE_URL to a PostgreSQL {chosen}",
        )
    return int(chosen)


def _to_test_on(address: ServerAddress, major: int | None) -> ServerAddress:
    _assert_major(address, major)
    with address.connect() as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    if not (row and row[0]):
        raise WrongServer(
            what=f"cannot test on {address}",
            why="its user may not create databases",
            remedy="grant CREATEDB to the user, or unset TEST_DATABASE_URL",
        )
    return address


def _embedded_address(folder: Path) -> ServerAddress:
    postmaster = embedded.find(folder)
    if postmaster is None:
        raise ServerFailed(
            what=f"PostgreSQL in {folder} started but does not answer",
            why="no socket accepts a connection",
            remedy=f"read {folder / 'data' / 'log'} and start again",
        )
    place = quote(str(postmaster.socket_folder))
    url = f"postgresql://postgres@/{MAINTENANCE}?host={place}&port={postmaster.port}"
    return _address(url, origin="embedded", folder=folder)


def _address(
    url: str, *, origin: Literal["given", "embedded"], folder: Path | None
) -> ServerAddress:
    with open_postgres(url) as connection:
        version = connection.info.parameter_status("server_version") or "unknown"
        major = connection.info.server_version // 10_000
    return ServerAddress(url, origin, version, major, folder)


def _assert_major(address: ServerAddress, major: int | None) -> None:
    if major is not None and address.major != major:
        raise WrongServer(
            what=f"needs PostgreSQL {major}",
            why=f"found {address}",
            remedy=(
                f"run `make clean` or remove {address.folder}"
                if address.folder
                else f"point TEST_DATABASE_URL at a PostgreSQL {major}, or unset it"
            ),
        )


def _assert_settings(address: ServerAddress, settings: Mapping[str, str]) -> None:
    with address.connect() as connection:
        for name, wanted in settings.items():
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            if row is None or row[0] != wanted:
                raise WrongSetting(
                    what=f"{address} should have {name} = {wanted}",
                    why=f"SHOW {name} says {row and row[0]}",
                    remedy="look for a setting that overrides postgresql.conf",
                )
