"""The step target on our own databases: the packaged checks."""

from migration.suites.target import *
