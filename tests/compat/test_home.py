"""The cases of the domain home, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "home"
