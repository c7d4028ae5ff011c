"""Pytest plugin: players on the run's arms, and recording for the case that needs it.

The arms come from `databases.py`. Recording starts two processes at the first case that differs
from its golden or has none; they end with the session, or with this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import cached_property

import pytest
from syrupy.assertion import SnapshotAssertion

from migration.config import Config
from migration.replay.arms import Arm
from migration.replay.cases import Case
from migration.replay.goldens import Goldens, digest
from migration.replay.observation import Observation
from migration.replay.play import Player
from migration.replay.record import Outcome, Recording
from migration.replay.recorders import Recorders
from migration.testing.sent import NOTES, Notes, databases_of
from migration.testing.snapshots import GoldenExtension

IDS_SEED = "replay"


class OnDemand:
    """Records a case, and remembers what came of it for the other engine's test."""

    def __init__(
        self, config: Config, recorders: Recorders, request: pytest.FixtureRequest
    ) -> None:
        self.goldens = Goldens(config.replay.goldens)
        self._config = config
        self._recorders = recorders
        self._request = request
        self._outcomes: dict[str, Outcome] = {}

    def record(self, case: Case) -> Outcome:
        """Record a case once in this process."""
        if case.id not in self._outcomes:
            self._outcomes[case.id] = self._recording.record(case)
        return self._outcomes[case.id]

    @cached_property
    def _recording(self) -> Recording:
        candidate: Player = self._request.getfixturevalue("candidate")
        return Recording(self._config, self._recorders, candidate)


class NotingPlayer(Player):
    """A player that notes, for the end of the run, what each case sent."""

    def __init__(self, config: Config, arm: Arm, notes: Notes) -> None:
        super().__init__(config, arm, ids_seed=IDS_SEED)
        self._notes = notes
        self._databases = databases_of(config)

    def play(self, case: Case) -> Observation:
        observation = super().play(case)
        self._notes.take(observation, self._databases)
        return observation


@pytest.fixture(scope="session")
def reference(
    migration_config: Config, sqlite_arm: Arm, pytestconfig: pytest.Config
) -> Iterator[Player]:
    """Plays cases on SQLite."""
    notes = pytestconfig.stash[NOTES]
    with closing(NotingPlayer(migration_config, sqlite_arm, notes)) as player:
        yield player


@pytest.fixture(scope="session")
def candidate(
    migration_config: Config, postgres_arm: Arm, pytestconfig: pytest.Config
) -> Iterator[Player]:
    """Plays cases on PostgreSQL."""
    notes = pytestconfig.stash[NOTES]
    with closing(NotingPlayer(migration_config, postgres_arm, notes)) as player:
        yield player


@pytest.fixture(scope="session")
def recording(request: pytest.FixtureRequest, migration_config: Config) -> Iterator[OnDemand]:
    """Records the cases that turn out to need it."""
    with closing(Recorders(migration_config)) as recorders:
        yield OnDemand(migration_config, recorders, request)


@pytest.fixture(scope="session")
def golden_digests(migration_config: Config) -> dict[str, str]:
    """The digest of every golden by its name, as they lie there when it is first asked for."""
    goldens = Goldens(migration_config.replay.goldens)
    return {name: digest((goldens.folder / name).read_bytes()) for name in goldens.names()}


@pytest.fixture(scope="session")
def golden_extension(migration_config: Config) -> type[GoldenExtension]:
    """How syrupy reads this project's goldens."""
    return GoldenExtension.below(migration_config.replay.goldens)


@pytest.fixture
def golden(
    golden_extension: type[GoldenExtension], snapshot: SnapshotAssertion
) -> SnapshotAssertion:
    """syrupy's assertion on a golden: `played == golden(name=golden_name(case))`."""
    return snapshot.use_extension(golden_extension)
