"""The cases of the domain appointments, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "appointments"
