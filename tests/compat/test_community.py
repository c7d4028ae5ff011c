"""The cases of the domain community, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "community"
