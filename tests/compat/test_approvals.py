"""The cases of the domain approvals, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "approvals"
