"""Why an upgrade may end without a result.

    UpgradeError
    ├── OldUnusable        a file of the old folder is missing, damaged or not one to upgrade
    │   └── OldChanged     it was written to during the upgrade
    ├── NewTaken           the new folder holds something already, or another run is making it
    ├── KeyMissing         a field is encrypted with a key that is not among ours
    ├── CannotWrite        no room, or no permission
    └── NotAccounted       rows are missing from the account: a mistake of the upgrade's own

Each says what was tried, why it failed and what to do. Nothing is left behind of the new folder,
and the old one is as it was.
"""

import sqlite3

NO_ROOM = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
}


def lacks_room(error: sqlite3.Error) -> bool:
    """Tell whether SQLite could not write for lack of room or permission."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in NO_ROOM


class UpgradeError(Exception):
    """What was tried, why it failed, what to do about it."""

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what, why, remedy)
        self.what, self.why, self.remedy = what, why, remedy

    def __str__(self) -> str:
        return f"{self.what}\n  why: {self.why}\n  do:  {self.remedy}"


class OldUnusable(UpgradeError):
    """A file of the old folder is missing, damaged or not one to upgrade."""


class OldChanged(OldUnusable):
    """A file of the old folder was written to during the upgrade."""


class NewTaken(UpgradeError):
    """The new folder holds something already, or another run is making it."""


class KeyMissing(UpgradeError):
    """A field is encrypted with a key that is not among ours."""


class CannotWrite(UpgradeError):
    """No room, or no permission."""


class NotAccounted(UpgradeError):
    """Rows are missing from the account."""
