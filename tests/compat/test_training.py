"""The cases of the domain training, replayed on both engines."""

from migration.suites.replay import *  # noqa: F403

DOMAIN = "training"
