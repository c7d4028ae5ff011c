"""The step schema on our own databases: its packaged checks."""

from migration.suites.schema import *
