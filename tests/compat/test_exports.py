"""The cases of the domain exports, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "exports"
