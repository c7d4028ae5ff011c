"""Pytest plugin: the fixture `site`, the source and target that a step's suite looks at.

When a step is proved, it is the real one. In a plain run of the tests it is a scratch one
(`scratch.py`), on which the work of the steps up to the suite's own has been done.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from migration.config import Config
from migration.config_file import load
from migration.site import Site, locate
from migration.testing.scratch import Scratch, scratch_site

# A check is told like any other test what differed, in the packaged suites too.
pytest.register_assert_rewrite("migration.suites")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say which project and which site."""
    group = parser.getgroup("migration")
    group.addoption(
        "--migration-config", type=Path, help="migration.toml (default: the one of the root folder)"
    )
    group.addoption(
        "--migration-site",
        choices=("scratch", "real"),
        default="scratch",
        help="look at the real source and target, or at scratch ones (default)",
    )


@pytest.fixture(scope="session")
def migration_config(pytestconfig: pytest.Config) -> Config:
    """The project's migration.toml."""
    return load(
        pytestconfig.getoption("migration_config") or pytestconfig.rootpath / "migration.toml"
    )


@pytest.fixture(scope="session")
def scratch(
    request: pytest.FixtureRequest,
    migration_config: Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scratch]:
    """A scratch site, shared by the tests of this process."""
    server = request.getfixturevalue("server")
    folder = tmp_path_factory.mktemp("site")
    with scratch_site(migration_config, server.address, folder) as site:
        yield Scratch(site)


@pytest.fixture
def site(request: pytest.FixtureRequest, migration_config: Config) -> Site:
    """The site that the suite of this module is about."""
    if request.config.getoption("migration_site") == "real":
        return locate(migration_config, os.environ)
    step = request.path.stem.removeprefix("test_")
    scratch: Scratch = request.getfixturevalue("scratch")
    return scratch.up_to(step)
