"""The cases of the domain therapy, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "therapy"
