"""The step audit on our own databases: the packaged checks."""

from migration.suites.audit import *
