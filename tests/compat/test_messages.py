"""The cases of the domain messages, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "messages"
