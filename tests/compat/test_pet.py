"""The cases of the domain pet, replayed on both engines."""

from migration.suites.replay import *  # noqa: F403

DOMAIN = "pet"
