"""What a copy did: rows read, copied and rejected, and where the sequences stand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rejected:
    """One value that could not be stored, named by its row's key; the value itself is not shown."""

    table: str
    key: str
    column: str
    reason: str


@dataclass(frozen=True)
class TableCopied:
    """How many rows of a table were read, and how many stand in the target at the end."""

    table: str
    rows_read: int
    rows_copied: int


@dataclass(frozen=True)
class SequenceSet:
    """The highest id ever given out in a table: the next one is above it."""

    table: str
    highest: int


@dataclass(frozen=True)
class CopyReport:
    """The outcome of copying one database."""

    schema: str
    tables: tuple[TableCopied, ...]
    sequences: tuple[SequenceSet, ...]
    rejected: tuple[Rejected, ...]

    @property
    def complete(self) -> bool:
        """Say whether every row of the source stands in the target."""
        return not self.rejected and all(t.rows_read == t.rows_copied for t in self.tables)

    def __str__(self) -> str:
        """Return one line with the totals."""
        copied = sum(table.rows_copied for table in self.tables)
        missing = sum(table.rows_read for table in self.tables) - copied
        tail = f", {missing} in quarantine" if missing else ""
        return f"{self.schema}: {copied} rows in {len(self.tables)} tables{tail}"
