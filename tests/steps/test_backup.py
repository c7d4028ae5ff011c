"""The step backup on our own databases: the packaged checks."""

from migration.suites.backup import *
