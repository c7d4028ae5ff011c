"""What can go wrong while cases are read, played, recorded and kept.

ReplayError
├── CaseFileError        a case file that cannot be read
├── PlayError            a case that cannot be played: its login, a capture, a placeholder
├── IsolationBroken      a case left traces that its reset did not remove
├── RecordingRefused     a recording that contradicts what its case or route declares
├── Nondeterminism       two recordings that differ where nothing may differ
├── RecorderEnded        a recording process that ended before it answered
└── GoldenError          a golden, the manifest or a pending file that cannot be trusted
"""

from __future__ import annotations

from pathlib import Path

from migration.errors import MigrationError


class ReplayError(MigrationError):
    """Anything that stops the replay engine."""


class CaseFileError(ReplayError):
    """A case file cannot be read."""

    @classmethod
    def at(cls, file: Path, where: str, why: str) -> CaseFileError:
        """Name the file and the entry in it."""
        return cls(f"reading {where} in {file}", why, "correct the file")


class PlayError(ReplayError):
    """A case cannot be played."""


class RecordingRefused(ReplayError):
    """A recording contradicts what its case or its route declares."""


class Nondeterminism(ReplayError):
    """Two recordings of one case differ where nothing may differ."""


class RecorderEnded(ReplayError):
    """A recording process ended before it answered."""


class GoldenError(ReplayError):
    """A golden, the manifest or a pending file cannot be trusted."""
