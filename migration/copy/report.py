"""What a copy did: rows copied and left behind, and where the sequences stand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rejected:
    """One value that could not be stored, named by its row's key; the value itself is not shown."""

    table: str
    key: str
    column: str
    reason: str

    def __str__(self) -> str:
        """Return one line for a report."""
        column = f", {self.column}" if self.column else ""
        return f"{self.table} ({self.key}){column}: {self.reason}"


@dataclass(frozen=True)
class TableCopied:
    """How many rows of a table stand in the target, and how many stayed behind."""

    table: str
    rows_copied: int
    rows_left_behind: int


@dataclass(frozen=True)
class SequenceSet:
    """The highest id ever given out in a table: the next one is above it."""

    table: str
    highest: int


@dataclass(frozen=True)
class CopyReport:
    """The outcome of copying one database; of what was rejected, the first thousand faults."""

    schema: str
    tables: tuple[TableCopied, ...]
    sequences: tuple[SequenceSet, ...]
    rejected: tuple[Rejected, ...]
    written_meanwhile: bool = False
    """Whether the source was written to while it was read; nothing of that was copied."""

    @property
    def complete(self) -> bool:
        """Say whether every row of the source stands in the target."""
        return not any(table.rows_left_behind for table in self.tables)

    def __str__(self) -> str:
        """Return one line with the totals."""
        copied = sum(table.rows_copied for table in self.tables)
        missing = sum(table.rows_left_behind for table in self.tables)
        tail = f", {missing} in quarantine" if missing else ""
        return f"{self.schema}: {copied} rows in {len(self.tables)} tables{tail}"
