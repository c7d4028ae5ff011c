"""The cases of the domain cbt_goals, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "cbt_goals"
