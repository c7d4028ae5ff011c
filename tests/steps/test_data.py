"""The step data on our own databases: its packaged checks."""

from migration.suites.data import *
