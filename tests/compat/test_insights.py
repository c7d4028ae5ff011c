"""The cases of the domain insights, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "insights"
