"""The step target on our own databases: its packaged checks."""

from migration.suites.target import *
