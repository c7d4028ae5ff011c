"""The cases of the domain wellbeing, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "wellbeing"
