"""The cases of the domain cbt_practice, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "cbt_practice"
