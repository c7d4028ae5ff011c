"""syrupy carries the assertion of a golden and its report; storage and naming are ours.

Only reading is left to it. Goldens change through `python -m migration accept` alone, because
syrupy's update mode deletes goldens of tests that crashed or never came to their assertion; so
everything here that would write or delete refuses. That no golden is unused is a check of its own
(`suites/replay.py`), which a partial run answers too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from syrupy.data import SnapshotCollection, SnapshotCollections
from syrupy.extensions.base import AbstractSyrupyExtension

from migration.replay.canonical import Tree
from migration.replay.cases import Case
from migration.replay.compare import Difference
from migration.replay.errors import GoldenError
from migration.replay.explain import summary
from migration.replay.goldens import Goldens, case_id_of, shown
from migration.replay.known import KnownDifference, unexcused
from migration.replay.match import match
from migration.replay.observation import Observation


@dataclass(frozen=True)
class Played:
    """One side of the assertion: what playing a case showed, and what is excused of it."""

    case: Case
    observation: Observation
    known: tuple[KnownDifference, ...] = ()

    def differences(self, golden: Tree) -> list[Difference]:
        """List where the observation differs from its golden, excused fields apart."""
        return unexcused(self.case, match(shown(golden), self.observation), self.known)


class GoldenExtension(AbstractSyrupyExtension):
    """Reads one project's goldens; a snapshot's name is the name of its golden."""

    goldens: ClassVar[Goldens]
    file_extension = "json"
    # A refused write must fail the test that asked for it, not the end of the run.
    write_immediately = True

    @classmethod
    def below(cls, folder: Path) -> type[GoldenExtension]:
        """Return the extension for the goldens of one project."""
        return type(cls.__name__, (cls,), {"goldens": Goldens(folder)})

    @classmethod
    def get_location(cls, *, index: Any, **_: Any) -> str:
        return str(cls.goldens.folder / str(index))

    @classmethod
    def get_snapshot_name(cls, *, index: Any = 0, **_: Any) -> str:
        return case_id_of(str(index))

    @classmethod
    def dirname(cls, **_: Any) -> str:
        return str(cls.goldens.folder)

    def serialize(self, data: Any, **_: Any) -> Any:
        return data

    def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
        return not serialized_data.differences(snapshot_data)

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        if snapshot_data:
            yield from map(summary, serialized_data.differences(snapshot_data))

    def read_snapshot_data_from_location(self, *, snapshot_location: str, **_: Any) -> Any:
        folder = self.goldens.folder
        return self.goldens.read(Path(snapshot_location).relative_to(folder).as_posix())

    def discover_snapshots(self, **_: Any) -> SnapshotCollections:
        return SnapshotCollections()

    def read_snapshot_collection(self, *, snapshot_location: str) -> SnapshotCollection:
        return SnapshotCollection(location=snapshot_location)

    def delete_snapshots(self, *, snapshot_location: str, **_: Any) -> NoReturn:
        _refuse(f"deleting {snapshot_location}")

    @classmethod
    def write_snapshot_collection(cls, *, snapshot_collection: Any, **_: Any) -> NoReturn:
        _refuse(f"writing {snapshot_collection.location}")


def _refuse(what: str) -> NoReturn:
    raise GoldenError(
        what,
        "a test run never writes or deletes goldens, --snapshot-update included",
        "`python -m migration record`, then `python -m migration accept`",
    )
