"""One source and one target: the SQLite files and the PostgreSQL database of a migration.

Steps and suites are given a Site and ask it for connections. `locate` finds the real one;
`testing/site.py` builds scratch ones for tests. Where servers come from: `db/server.py`.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from migration.config import Config, LogicalDatabase
from migration.db import PgConnection, SqliteConnection, open_postgres, open_sqlite
from migration.db.errors import DatabaseAccessError
from migration.db.server import ServerAddress, find_kept, given, kept_folder, start
from migration.errors import SourceError, TargetError
from migration.progress import Progress, silent


@dataclass(frozen=True)
class Roles:
    """The target's three roles; logins are made members of them by whoever runs the server."""

    owner: str
    application: str
    read_only: str


@dataclass(frozen=True)
class Site:
    """A configuration with the server that was found for it."""

    config: Config
    server: ServerAddress | None
    unreachable: str
    """Why there is no server; empty when there is one."""
    scratch: bool = False
    """Whether this is a test's own site, whose work must leave the project's files alone."""
    replace: bool = False
    """Whether somebody allowed to empty what a given target holds."""
    progress: Progress = silent
    """Is told how far long work is."""

    @property
    def roles(self) -> Roles:
        """The names of the roles, which belong to a whole server and so carry the database's."""
        name = self.config.target.database
        return Roles(f"{name}_owner", f"{name}_application", f"{name}_read_only")

    @property
    def may_rebuild(self) -> bool:
        """Whether a step may drop what an earlier run put into the target."""
        embedded = self.server is not None and self.server.origin == "embedded"
        return self.replace or self.scratch or embedded

    @contextmanager
    def source(self, database: LogicalDatabase) -> Iterator[SqliteConnection]:
        """Open a source for reading; SourceError when the file is missing."""
        if not database.sqlite.exists():
            raise SourceError(
                f"opening the source {database.name}",
                f"there is no file {database.sqlite}",
                f"correct `sqlite` in [databases.{database.name}] of {self.config.path.name}",
            )
        with closing(open_sqlite(database.sqlite)) as connection:
            yield connection

    def has_target(self) -> bool:
        """Say whether the target's database exists on a server that answers."""
        if self.server is None:
            return False
        with self.server.connect() as connection:
            row = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self.config.target.database]
            ).fetchone()
        return row is not None

    def need_server(self) -> ServerAddress:
        """Return the server; TargetError when there is none."""
        if self.server is None:
            raise TargetError(
                "reaching the target",
                self.unreachable,
                "`python -m migration server start`, or set "
                f"{self.config.target.url_env} to the URL of your server",
            )
        return self.server

    @contextmanager
    def target(
        self, database: LogicalDatabase | None = None, *, role: str | None = None
    ) -> Iterator[PgConnection]:
        """Open the target, in the schema of a logical database and as a role where one is given."""
        server = self.need_server()
        schema = database.schema if database else None
        url = server.url(self.config.target.database)
        with open_postgres(url, schema=schema) as connection:
            if role is not None:
                connection.execute("SELECT set_config('role', %s, false)", [role])
            yield connection


def locate(
    config: Config,
    environ: Mapping[str, str],
    *,
    start_server: bool = False,
    replace: bool = False,
) -> Site:
    """Find the target: the URL in the environment, else this project's kept embedded server.

    Looking starts nothing; with `start_server` the embedded server is started where it is not
    running, and a server that does not answer raises.
    """
    try:
        server = _server(config, environ, start_server=start_server)
        return Site(config, server, "", replace=replace)
    except DatabaseAccessError as error:
        if start_server:
            raise
        return Site(config, None, f"{error.what}: {error.why}")


def _server(config: Config, environ: Mapping[str, str], *, start_server: bool) -> ServerAddress:
    url = environ.get(config.target.url_env)
    if url:
        return given(url)
    folder = kept_folder(config.root)
    if start_server:
        return start(folder=folder, major=config.target.major).address
    found = find_kept(folder)
    if found is None:
        raise DatabaseAccessError(
            "looking for the embedded server", f"none runs in {folder}", "start it"
        )
    return found
