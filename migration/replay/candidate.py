"""The candidate outside of pytest: a PostgreSQL database made for one recording run.

In a test run the fixtures of `migration/testing/` offer the same from the run's own server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from migration.config import Config
from migration.db.clone import drop, fresh_name
from migration.db.server import start
from migration.replay.app import reader_of
from migration.replay.arms import PostgresArm
from migration.replay.play import Player
from migration.replay.template import build_template

Candidate: TypeAlias = Callable[[Config], AbstractContextManager[Player]]


@contextmanager
def postgres_candidate(config: Config) -> Iterator[Player]:
    """Offer a player on a database moved from the seed; server and database go afterwards."""
    with start() as server, TemporaryDirectory(prefix="candidate-") as folder:
        templates = build_template(config, server, Path(folder), config.replay.now)
        try:
            arm = PostgresArm(
                server, templates.database, fresh_name("candidate"), config, reader_of(config)
            )
            with closing(arm), closing(Player(config, arm, ids_seed="replay")) as player:
                yield player
        finally:
            drop(server, templates.database)
