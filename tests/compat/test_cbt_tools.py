"""The cases of the domain cbt_tools, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "cbt_tools"
