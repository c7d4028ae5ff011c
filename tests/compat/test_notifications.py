"""The cases of the domain notifications, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "notifications"
