"""The cases of the domain system, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "system"
