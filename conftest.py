"""Table of contents of the fixtures: `migration/testing/` lists them by topic."""

from migration.testing import PLUGINS

pytest_plugins = PLUGINS
