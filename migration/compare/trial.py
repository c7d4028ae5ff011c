"""Doing the same on both engines and looking at every row afterwards.

SQLite's side is a copy of the declarations in memory, PostgreSQL's a schema made for the trial. A
value that is the present time is taken for the same as any other such: the engines are asked one
after the other.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from migration.compare.facts import ColumnFacts, TableFacts
from migration.compare.samples import Sample, as_parameter
from migration.compare.values import (
    Scalar,
    canonical_copy_text,
    canonical_postgres,
    canonical_sqlite,
)
from migration.db import (
    OUT_OF_RANGE,
    PgConnection,
    PgError,
    Rollback,
    SqliteConnection,
    SqliteError,
)
from migration.schema.model import LogicalType, quote

_NEAR = timedelta(minutes=10)
_CLOCK = re.compile(r"\d\d:\d\d:\d\d")


@dataclass(frozen=True)
class Trial:
    """Both sides, with the same tables; `schema` is where PostgreSQL has them."""

    sqlite: SqliteConnection
    pg: PgConnection
    schema: str
    tables: Mapping[str, TableFacts]
    loosened: frozenset[str] = frozenset()
    """Tables of which a rule is left out, so that the two sides may take other rows."""

    def insert(self, table: TableFacts, row: Sample) -> bool:
        """Add a row on both sides, and say whether it was taken.

        Raises TrialDiffers where only one side takes it, unless PostgreSQL would have to calculate
        beyond 64 bits.
        """
        names = ", ".join(map(_name, row))
        places = ", ".join(self._place(table, name) for name in row)
        sources = ", ".join(quote(_column(table, name).source) for name in row)
        return self._do(
            f"INSERT INTO {table.name}",
            f"INSERT INTO {quote(table.source)} ({sources}) VALUES ({', '.join('?' for _ in row)})",
            f"INSERT INTO {self._target(table)} ({names}) VALUES ({places})",
            table,
            row,
        )

    def update(self, table: TableFacts, change: Sample, key: Sample) -> bool:
        """Change one column of the row of a key, or with no key of every row."""
        ((name, _),) = change.items()
        source = quote(_column(table, name).source)
        return self._do(
            f"UPDATE {table.name}, {name}",
            f"UPDATE {quote(table.source)} SET {source} = ?{self._where_sqlite(table, key)}",
            f"UPDATE {self._target(table)} SET {_name(name)} = {self._place(table, name)}"
            f"{self._where_postgres(table, key)}",
            table,
            change,
            key,
        )

    def delete(self, table: TableFacts, key: Sample) -> bool:
        """Remove the row of a key, or with no key every row."""
        return self._do(
            f"DELETE FROM {table.name}",
            f"DELETE FROM {quote(table.source)}{self._where_sqlite(table, key)}",
            f"DELETE FROM {self._target(table)}{self._where_postgres(table, key)}",
            table,
            key,
        )

    def name(self, table: TableFacts) -> str:
        """Return the table's qualified name in PostgreSQL."""
        return f"{quote(self.schema)}.{quote(table.name)}"

    def _target(self, table: TableFacts) -> str:
        return f"{_name(self.schema)}.{_name(table.name)}"

    def _do(
        self, what: str, sqlite: str, postgres: str, table: TableFacts, *values: Sample
    ) -> bool:
        given = [(name, value) for sample in values for name, value in sample.items()]
        try:
            parameters = [as_parameter(value, _column(table, name)) for name, value in given]
        except ValueError:
            return False  # the copy would not take it either
        self._align_sequences()
        with self._kept_if_alike(what, table) as taken:
            taken.append(self._sqlite_takes(sqlite, [value for _, value in given]))
            taken.append(self._postgres_takes(postgres, parameters))
        for other in self.tables.values():
            self._compare(what, other, with_ids=bool(values[-1]))
        return taken == [True, True]

    @contextmanager
    def _kept_if_alike(self, what: str, table: TableFacts) -> Iterator[list[bool | None]]:
        """Undo on both sides what only one takes, where that may be; else raise TrialDiffers."""
        self.sqlite.execute("SAVEPOINT tried")
        taken: list[bool | None] = []
        with self.pg.transaction():
            yield taken
            if set(taken) == {True, False} and table.name not in self.loosened:
                verbs = ["takes" if side else "refuses" for side in taken]
                raise TrialDiffers(f"{what}: SQLite {verbs[0]} it, PostgreSQL {verbs[1]} it")
            if len(set(taken)) > 1:
                self.sqlite.execute("ROLLBACK TO tried")
                raise Rollback
        self.sqlite.execute("RELEASE tried")

    def _sqlite_takes(self, statement: str, values: list[Any]) -> bool:
        try:
            self.sqlite.execute(statement, values)
        except SqliteError:
            return False
        return True

    def _postgres_takes(self, statement: str, parameters: list[str | None]) -> bool | None:
        """Say whether it is taken; None where it calculates beyond 64 bits."""
        try:
            with self.pg.transaction():
                self.pg.execute(statement.encode(), parameters)
        except PgError as error:
            return None if error.sqlstate == OUT_OF_RANGE else False
        return True

    def _align_sequences(self) -> None:
        """Let PostgreSQL give the ids that SQLite would; how it goes on is compared elsewhere."""
        for table in self.tables.values():
            for column in table.columns:
                if column.hands_out_ids:
                    highest = self._highest(table, column)
                    self.pg.execute(
                        "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
                        [self.name(table), column.name, max(highest, 1), highest >= 1],
                    )

    def _highest(self, table: TableFacts, column: ColumnFacts) -> int:
        query = f"SELECT coalesce(max({quote(column.source)}), 0) FROM {quote(table.source)}"
        highest = int(self.sqlite.execute(query).fetchone()[0])
        kept = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"
        if not self.sqlite.execute(kept).fetchone():
            return highest
        counted = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"
        return max(highest, int(self.sqlite.execute(counted, [table.source]).fetchone()[0]))

    def _compare(self, what: str, table: TableFacts, *, with_ids: bool) -> None:
        # In which order a statement goes through many rows is nowhere said, so neither is which
        # of them gets which id.
        columns = [column for column in table.columns if with_ids or not column.hands_out_ids]
        sources = ", ".join(quote(column.source) for column in columns) or "1"
        names = ", ".join(read_as(column.name, column.meaning) for column in columns) or "1"
        ours = self.sqlite.execute(f"SELECT {sources} FROM {quote(table.source)}").fetchall()
        theirs = self.pg.execute(f"SELECT {names} FROM {self.name(table)}".encode()).fetchall()
        meanings = [c.meaning for c in columns] or [LogicalType.INTEGER]
        left = in_order([tuple(map(canonical_sqlite, row, meanings)) for row in ours])
        right = in_order([tuple(map(canonical_read, row, meanings)) for row in theirs])
        if left != right:
            raise TrialDiffers(f"{what}: afterwards the rows of {table.name} are not the same")

    def _place(self, table: TableFacts, name: str) -> str:
        return f"%s::text::{_column(table, name).type}"

    def _where_sqlite(self, table: TableFacts, key: Sample) -> str:
        tests = " AND ".join(f"{quote(_column(table, name).source)} = ?" for name in key)
        return f" WHERE {tests}" if key else ""

    def _where_postgres(self, table: TableFacts, key: Sample) -> str:
        tests = " AND ".join(f"{_name(name)} = {self._place(table, name)}" for name in key)
        return f" WHERE {tests}" if key else ""


class TrialDiffers(Exception):
    """The two sides did not do the same."""


def _name(name: str) -> str:
    """Quote a name for a statement with parameters."""
    return quote(name).replace("%", "%%")


def _column(table: TableFacts, name: str) -> ColumnFacts:
    return next(column for column in table.columns if column.name == name)


def read_as(name: str, meaning: LogicalType) -> str:
    """Return how a column is read: JSON as text, which tells its null from none at all."""
    return f"{quote(name)}::text" if meaning is LogicalType.JSON else quote(name)


def canonical_read(value: Any, meaning: LogicalType) -> Scalar:
    """Return the canonical form of a value that was read so."""
    if meaning is LogicalType.JSON:
        return canonical_copy_text(value, meaning)
    return canonical_postgres(value, meaning)


def in_order(rows: list[tuple[Scalar, ...]]) -> list[tuple[Scalar, ...]]:
    """Return rows in an order of their own, the present time as one word."""
    return sorted((tuple(map(_timeless, row)) for row in rows), key=repr)


def _timeless(value: Scalar) -> Scalar:
    """Return a canonical value, the present time in any spelling as one word."""
    now = datetime.now(UTC)
    if isinstance(value, int) and not isinstance(value, bool):
        return "now" if abs(value - now.timestamp()) < _NEAR.total_seconds() else value
    if not isinstance(value, str) or len(value) > 40:
        return value
    if value.isdigit():
        near = abs(int(value) - now.timestamp()) < _NEAR.total_seconds()
        return "now" if near else value
    text = f"{now:%Y-%m-%d} {value}" if _CLOCK.fullmatch(value) else value
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return value
    if len(text) == len("2024-01-01"):
        return "today" if abs(now - moment.replace(tzinfo=UTC)) < timedelta(days=1) else value
    return "now" if abs(now - _in_utc(moment)) < _NEAR else value


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
