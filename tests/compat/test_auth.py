"""The cases of the domain auth, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "auth"
