"""The connection that a view works with: queries, one transaction, savepoints.

It behaves alike on both engines. In particular a failed statement ends the transaction on
either: PostgreSQL would turn the commit into a silent rollback, SQLite would commit the rest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.db.backend import Backend, Result, Row
from api.db.errors import DatabaseError, SchemaMismatch, TransactionAborted
from api.db.schema import SCHEMA_VERSION


class Database:
    """One connection to one logical database.

    SQL is the same for both engines, with `$1`, `$2`, … for the values. Every method raises
    the classes of `api/db/errors.py`.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._connection = backend.acquire()
        self._failed = False

    def all(self, sql: str, *params: object) -> list[Row]:
        """Return every row."""
        return self._execute(sql, params).rows

    def one(self, sql: str, *params: object) -> Row | None:
        """Return the first row, None where there is none."""
        return next(iter(self.all(sql, *params)), None)

    def value(self, sql: str, *params: object) -> Any:
        """Return the first column of the first row, None where there is no row."""
        row = self.one(sql, *params)
        return next(iter(row.values())) if row else None

    def run(self, sql: str, *params: object) -> int:
        """Execute a statement and return how many rows it touched."""
        return self._execute(sql, params).count

    def insert(self, sql: str, *params: object) -> int:
        """Execute an INSERT that ends in RETURNING id, and return the id."""
        return int(self.value(sql, *params))

    def commit(self) -> None:
        """Make what was written permanent; raise TransactionAborted if a part of it failed."""
        if self._failed:
            raise TransactionAborted
        with self._watched():
            self._connection.commit()

    def rollback(self) -> None:
        """Undo what was written since the last commit."""
        with self._backend.errors():
            self._connection.rollback()
        self._failed = False

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only what the block wrote when it raises, so that the transaction can go on."""
        self.run("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._failed = False
            self.run("ROLLBACK TO SAVEPOINT attempt")
            self.run("RELEASE SAVEPOINT attempt")
            raise
        self.run("RELEASE SAVEPOINT attempt")

    def check_schema(self) -> None:
        """Raise SchemaMismatch unless the database holds the schema of this application."""
        with self._watched():
            found = self._backend.schema_version(self._connection)
        if found != SCHEMA_VERSION:
            raise SchemaMismatch(
                f"{self._backend.name} should be in schema version {SCHEMA_VERSION}, but the"
                f" database says {found}: an empty PostgreSQL database is filled by"
                " `python -m migration run schema`, not by the application."
            )

    def size(self) -> int:
        """Return how many bytes the database takes, indexes included."""
        with self._watched():
            return self._backend.size(self._connection)

    def close(self) -> None:
        """Give the connection back; what is not committed is lost."""
        self._backend.release(self._connection)

    def _execute(self, sql: str, params: tuple[object, ...]) -> Result:
        if self._failed:
            raise TransactionAborted
        with self._watched():
            return self._backend.execute(self._connection, sql, params)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            with self._backend.errors():
                yield
        except DatabaseError:
            self._failed = True
            raise
