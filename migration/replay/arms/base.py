"""What an arm offers, and the proof that it is clean."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import ClassVar, Literal

from migration.errors import MigrationError
from migration.replay.rows import Dump, dirty


class IsolationBroken(MigrationError):
    """The databases of an arm could not be brought back to the template between two cases."""


class Arm(ABC):
    """The application's databases on one engine, as they are in a template until a case writes."""

    engine: ClassVar[Literal["sqlite", "postgres"]]
    template: Dump

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return the environment through which the application finds these databases."""

    @abstractmethod
    def dump(self) -> Dump:
        """Read every committed row of every logical database. Looking writes nothing."""

    @abstractmethod
    def reset(self, dirty: Collection[str]) -> None:
        """Bring these tables, named `logical.table`, back to the template.

        After a change of the structure everything is brought back, whatever is named. Raises
        IsolationBroken when the application still holds locks; the arm is then made anew.
        """

    @abstractmethod
    def renew(self) -> None:
        """Throw the databases away and copy the template; connections to them are lost."""

    @abstractmethod
    def close(self) -> None:
        """Give the databases up."""

    def prove_clean(self) -> Dump:
        """Return a dump that equals the template's.

        Raises IsolationBroken with the tables that differ; the arm is then made anew, so that the
        next case starts clean.
        """
        now = self.dump()
        tables = sorted(dirty(self.template, now))
        if not tables and now.extent == self.template.extent:
            return now
        self.renew()
        raise IsolationBroken(
            what=f"the {self.engine} databases did not come back to the template",
            why=f"they differ in {', '.join(tables) or 'their tables and columns'}",
            remedy=(
                "look for a request that still writes after it was answered (a thread, a "
                "connection left open), or for a table left out of the reset"
            ),
        )
