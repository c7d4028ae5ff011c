"""Why rows could not be moved.

CopyError
    TargetNotReady       a table is not there: the schema has not been applied
    TargetNotEmpty       a table already holds rows
    CopyBusy             another copy into the same schema is at work
    BegunOtherwise       an unfinished copy was begun from something else
    PolicyUnknown        a decision names a column that is not there
    RowsRejected         rows that the target's types, keys or references do not allow
    TargetRefused        the server ended the copy
    CopyInterrupted      somebody ended the copy
    CopyDiffers          what was read back is not what was sent
"""

from collections.abc import Sequence

from migration.copy.report import Rejected
from migration.errors import CopyError

SHOWN = 200


class TargetNotReady(CopyError):
    """A table is not there: the schema has not been applied."""


class TargetNotEmpty(CopyError):
    """A table already holds rows."""


class CopyBusy(CopyError):
    """Another copy into the same schema is at work."""


class BegunOtherwise(CopyError):
    """An unfinished copy was begun from something else."""


class PolicyUnknown(CopyError):
    """A decision names a table or column that is not there."""


class TargetRefused(CopyError):
    """The server ended the copy."""


class CopyInterrupted(CopyError):
    """Somebody ended the copy."""


class CopyDiffers(CopyError):
    """What was read back is not what was sent."""


class RowsRejected(CopyError):
    """Rows that the target's types, keys or references do not allow; `rejected` holds the first."""

    def __init__(self, schema: str, rejected: Sequence[Rejected], total: int) -> None:
        self.rejected = tuple(rejected)
        self._arguments = (schema, self.rejected, total)
        lines = [str(fault) for fault in self.rejected[:SHOWN]]
        if total > len(lines):
            lines.append(f"and {total - len(lines)} more")
        super().__init__(
            what=f"copy the rows of {schema}",
            why=f"{total} values cannot be stored as they are:\n    " + "\n    ".join(lines),
            remedy="correct them in the source, or decide in [copy] of migration.toml what becomes"
            " of them",
        )

    def __reduce__(self) -> tuple[type["RowsRejected"], tuple[str, tuple[Rejected, ...], int]]:
        """Let the error survive pickling, whatever its base class keeps."""
        return RowsRejected, self._arguments
