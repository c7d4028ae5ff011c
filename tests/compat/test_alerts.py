"""The cases of the domain alerts, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "alerts"
