"""The cases of the domain training, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "training"
