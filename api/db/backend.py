"""What the two engines have in common: the outline that `sqlite.py` and `postgres.py` fill in.

A backend stands for one logical database of one application. It hands out connections, binds
Python values and translates its driver's errors. All else is one for both engines: the SQL
(`$1`, `$2`, … for values) and the `Database` of `database.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from api.db.errors import DatabaseError

Row = dict[str, Any]


@dataclass(frozen=True)
class Capacity:
    """How many connections to one database to hold, and how many seconds to wait for it."""

    connections: int = 10
    seconds: float = 5.0


@dataclass(frozen=True)
class Usage:
    """Connections at work, held in reserve, and requests that wait for one."""

    in_use: int
    idle: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Result:
    """The rows a statement gave back, and how many it touched."""

    rows: list[Row]
    count: int


class Connection(Protocol):
    """The part of a driver's connection that both drivers share."""

    def execute(self, query: Any, params: Any = ..., /) -> Any: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class Backend(ABC):
    """One logical database on one engine."""

    driver_error: ClassVar[type[Exception]]

    def __init__(self, name: str, capacity: Capacity) -> None:
        self.name = name
        self.capacity = capacity

    @abstractmethod
    def acquire(self) -> Any:
        """Return a connection that is in no transaction; its rows are dicts.

        Raises Unavailable when none is to be had in time, SchemaMismatch when the database
        does not hold the application's schema.
        """

    @abstractmethod
    def release(self, connection: Any) -> None:
        """Take a connection back, in whatever state; what is not committed is lost."""

    @abstractmethod
    def close(self) -> None:
        """Give up every connection held; nothing can be acquired afterwards."""

    @abstractmethod
    def usage(self) -> Usage:
        """Return how the connections of this process are used at the moment."""

    @abstractmethod
    def size(self, connection: Any) -> int:
        """Return how many bytes the database takes, indexes included."""

    @abstractmethod
    def schema_version(self, connection: Any) -> int | None:
        """Return the version of the schema that is there, None where none is written."""

    @abstractmethod
    def bind(self, params: Sequence[object]) -> Any:
        """Return the values in the form the driver takes."""

    @abstractmethod
    def translated(self, error: Exception) -> DatabaseError:
        """Return a driver's exception as one of ours."""

    def before(self, connection: Any, sql: str) -> None:
        """Do what the engine needs before this statement."""
        del connection, sql

    def execute(self, connection: Connection, sql: str, params: Sequence[object]) -> Result:
        """Run one statement to its end; raises the driver's exceptions."""
        self.before(connection, sql)
        cursor = connection.execute(sql, self.bind(params))
        rows = cursor.fetchall() if cursor.description else []
        return Result(rows, cursor.rowcount)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn the driver's exceptions into ours."""
        try:
            yield
        except self.driver_error as error:
            raise self.translated(error) from error
