"""What the tests of moving data share: a small SQLite database on its way to PostgreSQL."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from migration.compare.data import DataComparison, compare_data
from migration.compare.schema import Difference, compare_schemas
from migration.copy import CopyReport, copy_database, copy_resumably
from migration.db import PgConnection, SqliteConnection
from migration.policies import UNDECIDED, Policies
from migration.schema.apply import apply
from migration.schema.convert import convert
from migration.schema.ddl import render
from migration.schema.model import Schema
from migration.source.catalogue import read

SCHEMA = "app"


@dataclass(frozen=True)
class Move:
    """A SQLite file, open for writing, and an empty PostgreSQL database."""

    file: Path
    sqlite: SqliteConnection
    pg: PgConnection

    @property
    def model(self) -> Schema:
        """The schema that the file converts to."""
        return convert(read(self.sqlite), schema=SCHEMA)

    def declare(self, script: str) -> "Move":
        """Run SQL on the SQLite side."""
        self.sqlite.executescript(script)
        return self

    def apply(self) -> "Move":
        """Create the converted schema in PostgreSQL."""
        apply(self.pg, render(self.model))
        return self

    def copy(self, policies: Policies = UNDECIDED) -> CopyReport:
        """Copy the rows in one transaction."""
        return copy_database(self.sqlite, self.pg, self.model, policies=policies)

    def copy_resumably(self, policies: Policies = UNDECIDED, *, streams: int = 1) -> CopyReport:
        """Copy the rows in many transactions, and prove them."""
        return copy_resumably(self.sqlite, self.pg, self.model, policies=policies, streams=streams)

    def change(self, statement: str) -> "Move":
        """Run SQL on the PostgreSQL side, inside the schema."""
        self.pg.execute(statement.encode())
        return self

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the PostgreSQL side."""
        return self.pg.execute(query.encode()).fetchall()

    def schema_differences(self) -> list[Difference]:
        """Compare what both sides declare."""
        return compare_schemas(self.sqlite, self.pg, schema=SCHEMA)

    def data(
        self, *protected: str, policies: Policies = UNDECIDED, full: bool = False
    ) -> DataComparison:
        """Compare what both sides hold."""
        return compare_data(
            self.sqlite, self.pg, schema=SCHEMA, protected=protected, policies=policies, full=full
        )


def error_of(work: Callable[[], object], *, seconds: float = 30) -> BaseException | None:
    """Return what work raises; fails when it does not end in time, instead of waiting for ever."""
    raised: list[BaseException | None] = []

    def watched() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)
        else:
            raised.append(None)

    thread = Thread(target=watched, daemon=True)
    thread.start()
    thread.join(seconds)
    assert raised, "it hangs"
    return raised[0]


def interrupt_at(moment: int) -> Callable[[str, int, int], None]:
    """Return a watch that ends the copy when it is told something for this time."""
    told = iter(range(moment))

    def tell(table: str, done: int, total: int) -> None:
        del table, done, total
        if next(told, None) is None:
            raise KeyboardInterrupt

    return tell
