"""A scratch site of a test's own, for tests that damage it; `site` is shared or real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from migration.config import Config
from migration.db.server import RunningServer
from migration.site import Site
from migration.testing.scratch import scratch_site


@pytest.fixture
def own_site(migration_config: Config, server: RunningServer, tmp_path: Path) -> Iterator[Site]:
    """Fresh sources, and no target yet."""
    with scratch_site(migration_config, server.address, tmp_path) as site:
        yield site
