"""The cases of the domain safety_plan, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "safety_plan"
