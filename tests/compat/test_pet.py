"""The cases of the domain pet, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "pet"
