"""The cases of the domain cbt_thoughts, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "cbt_thoughts"
