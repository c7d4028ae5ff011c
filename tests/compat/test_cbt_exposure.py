"""The cases of the domain cbt_exposure, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "cbt_exposure"
