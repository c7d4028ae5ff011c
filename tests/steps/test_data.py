"""The step data on our own databases: the packaged checks."""

from migration.suites.data import *
