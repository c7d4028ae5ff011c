"""The cases of the domain developer, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "developer"
