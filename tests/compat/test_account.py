"""The cases of the domain account, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "account"
