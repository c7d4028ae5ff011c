"""Everything that can stop the tool, one class per cause.

    MigrationError
    ├── UsageError             the command line asks for something that cannot be done
    │   └── ConfigError        migration.toml is missing, unreadable or says something impossible
    ├── AppError               a function named in migration.toml cannot be loaded, or fails
    ├── SourceError            a SQLite source is missing or cannot be read
    ├── BackupError            a backup could not be taken, or has nothing to be tied to
    ├── TargetError            the PostgreSQL side is not fit to receive the data
    ├── SchemaError            a table cannot be converted, or a schema cannot be put in place
    ├── CopyError              rows could not be moved
    ├── Unproven               a question has no answer for want of something
    ├── EvidenceError          a proof could not be made
    │   └── LedgerBusy         another run holds the ledger
    ├── DatabaseAccessError    servers and connections: db/errors.py
    └── ReplayError            cases, recordings and goldens: replay/errors.py

Each says what was tried, why it failed and what to do. The command line prints those three lines
and ends with the class's exit code; a wrong answer of checked code is an AssertionError, not one
of these.
"""

import re

FAILED, UNPROVEN = 1, 2

_PASSWORD_IN_URL = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^\s:/@?]*:)[^\s/]+@", re.IGNORECASE)
_PASSWORD_AS_KEY = re.compile(r"(?P<before>\bpassword=)(?:'[^']*'|[^\s&]+)", re.IGNORECASE)


def masked(text: str) -> str:
    """Return the text with every password of a connection URL or string replaced by `***`."""
    text = _PASSWORD_IN_URL.sub(r"\g<before>***@", text)
    return _PASSWORD_AS_KEY.sub(r"\g<before>***", text)


class MigrationError(Exception):
    """What was tried, why it failed, what to do about it."""

    exit_code = FAILED

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what, why, remedy)  # all three, so that the error survives pickling
        self.what = masked(what)
        self.why = masked(why)
        self.remedy = masked(remedy)

    def __str__(self) -> str:
        return f"{self.what}\n  why: {self.why}\n  do:  {self.remedy}"


class UsageError(MigrationError):
    """The command line asks for something that cannot be done."""

    exit_code = UNPROVEN


class ConfigError(UsageError):
    """migration.toml is missing, unreadable or says something impossible."""


class AppError(MigrationError):
    """A function named in migration.toml cannot be loaded, or fails."""


class SourceError(MigrationError):
    """A SQLite source is missing or cannot be read."""


class BackupError(MigrationError):
    """A backup could not be taken, or has nothing to be tied to."""


class TargetError(MigrationError):
    """The PostgreSQL side is not fit to receive the data."""


class SchemaError(MigrationError):
    """A table cannot be converted, or a schema cannot be put in place."""


class CopyError(MigrationError):
    """Rows could not be moved."""


class Unproven(MigrationError):
    """A question has no answer for want of something."""

    exit_code = UNPROVEN


class EvidenceError(MigrationError):
    """A proof could not be made."""


class LedgerBusy(EvidenceError):
    """Another run holds the ledger."""

    exit_code = UNPROVEN
