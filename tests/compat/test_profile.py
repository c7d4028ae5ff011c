"""The cases of the domain profile, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "profile"
