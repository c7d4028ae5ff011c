"""The step audit on our own databases: its packaged checks."""

from migration.suites.audit import *
