"""The step backup on our own databases: its packaged checks."""

from migration.suites.backup import *
