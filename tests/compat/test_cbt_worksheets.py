"""The cases of the domain cbt_worksheets, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "cbt_worksheets"
