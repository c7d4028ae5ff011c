"""The cases of the domain cbt_cards, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "cbt_cards"
