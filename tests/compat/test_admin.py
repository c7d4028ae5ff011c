"""The cases of the domain admin, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "admin"
