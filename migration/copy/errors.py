"""Why rows could not be moved.

CopyError
    TargetNotReady       a table is not there: the schema has not been applied
    TargetNotEmpty       a table already holds rows
    RowsRejected         rows that the target's types, keys or references do not allow
    TargetRefused        the server ended the copy
"""

from collections.abc import Sequence

from migration.copy.report import Rejected
from migration.errors import CopyError

SHOWN = 200


class TargetNotReady(CopyError):
    """A table is not there: the schema has not been applied."""


class TargetNotEmpty(CopyError):
    """A table already holds rows."""


class TargetRefused(CopyError):
    """The server ended the copy."""


class RowsRejected(CopyError):
    """Rows that the target's types, keys or references do not allow; `rejected` holds them all."""

    def __init__(self, schema: str, rejected: Sequence[Rejected]) -> None:
        self.rejected = tuple(rejected)
        lines = [f"{r.table} ({r.key}), {r.column}: {r.reason}" for r in self.rejected[:SHOWN]]
        if len(self.rejected) > SHOWN:
            lines.append(f"and {len(self.rejected) - SHOWN} more")
        super().__init__(
            what=f"copy the rows of {schema}",
            why=f"{len(self.rejected)} values cannot be stored as they are:\n    "
            + "\n    ".join(lines),
            remedy="correct them in the source, or copy with the policy `quarantine`",
        )

    def __reduce__(self) -> tuple[type["RowsRejected"], tuple[str, tuple[Rejected, ...]]]:
        """Let the error survive pickling, whatever its base class keeps."""
        return RowsRejected, (self.what.removeprefix("copy the rows of "), self.rejected)
