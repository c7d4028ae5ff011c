"""The cases of the domain openapi, replayed on both engines."""

from migration.suites.replay import *

DOMAIN = "openapi"
