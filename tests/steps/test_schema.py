"""The step schema on our own databases: the packaged checks."""

from migration.suites.schema import *
