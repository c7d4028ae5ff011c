"""The cases of the domain professional, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "professional"
