"""Scratch sites: sources built by the seed, a database of their own, the real steps' work.

Everything lies in a temporary folder and on the test server; the project's files are left alone.
The fixtures that hand them out are in `site.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from migration.config import Backup, Config
from migration.db.clone import drop, fresh_name
from migration.db.server import ServerAddress
from migration.loading import load_function
from migration.schema.model import quote
from migration.site import Site
from migration.steps import STEPS


@contextmanager
def scratch_site(config: Config, server: ServerAddress, folder: Path) -> Iterator[Site]:
    """Build fresh sources in the folder and name a database that does not exist yet."""
    sources = folder / "source"
    sources.mkdir()
    load_function(config.root, config.replay.seed)(sources, config.replay.now)
    name = fresh_name("scratch")
    site = Site(
        config=replace(
            config,
            path=folder / "migration.toml",
            databases=tuple(
                replace(database, sqlite=sources / f"{database.name}.db")
                for database in config.databases
            ),
            target=replace(config.target, database=name),
            # A test must not write tags into the project's repository.
            backup=Backup(git_tag=False),
        ),
        server=server,
        unreachable="",
        scratch=True,
    )
    try:
        yield site
    finally:
        drop(server, name)
        _drop_roles(site, server)


class Scratch:
    """A scratch site whose steps are worked when a suite first needs them."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._waiting = list(STEPS)

    def up_to(self, step: str) -> Site:
        """Return the site after the work of every site step up to this one."""
        while any(waiting.name == step for waiting in self._waiting):
            if not self._waiting[0].committed:
                self._waiting[0].work(self._site, _nobody)
            del self._waiting[0]
        return self._site


def _nobody(_line: str) -> None:
    """Say nothing."""


def _drop_roles(site: Site, server: ServerAddress) -> None:
    with server.connect() as connection:
        for role in (site.roles.owner, site.roles.application, site.roles.read_only):
            connection.execute(f"DROP ROLE IF EXISTS {quote(role)}".encode())
