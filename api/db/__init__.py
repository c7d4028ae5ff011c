"""The one door to the three logical databases.

`get_db` gives a view its connection (`database.py`); which engine stands behind it is a
matter of the addresses alone (`addresses.py`, `sqlite.py`, `postgres.py`). Errors are in
`errors.py`, the forms of stored values in `types/`, the tables in `schema/`. Files of the earlier
application are brought to that schema by `upgrade/`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, current_app, g

from api.db.addresses import LOGICAL, MAIN, PET, TRAINING, Address, SqliteAddress
from api.db.backend import Backend, Capacity, Row, Usage
from api.db.database import Database
from api.db.errors import DatabaseError
from api.db.postgres import PostgresBackend
from api.db.sqlite import SqliteBackend
from api.db.types.json import Json

__all__ = [
    "LOGICAL",
    "MAIN",
    "PET",
    "TRAINING",
    "Database",
    "DatabaseError",
    "Json",
    "Row",
    "Usage",
    "close_pools",
    "commit",
    "get_db",
    "init_app",
    "release",
    "usage",
]


@dataclass(frozen=True)
class Databases:
    """The logical databases of one application, kept in its `extensions`."""

    backends: Mapping[str, Backend]

    def close(self) -> None:
        """Close every connection held in reserve."""
        for backend in self.backends.values():
            backend.close()


def init_app(app: Flask, addresses: Mapping[str, Address], capacity: Capacity) -> None:
    """Give `app` its databases. Nothing is opened before the first use."""
    app.extensions["databases"] = Databases(
        {name: _backend(name, address, capacity) for name, address in addresses.items()}
    )
    app.teardown_appcontext(_at_the_end)


def get_db(name: str = MAIN) -> Database:
    """Return this context's connection to a logical database, opened at the first call.

    A context is a request, or an `app.app_context()` outside of one. At its end what is not
    committed is rolled back and the connection returned. Raises Unavailable when the database
    cannot be reached.
    """
    opened: dict[str, Database] = g.setdefault("databases", {})
    if name not in opened:
        databases: Databases = current_app.extensions["databases"]
        opened[name] = Database(databases.backends[name])
    return opened[name]


def commit(*names: str) -> None:
    """Commit these databases in the order given, passing by any that was never opened."""
    opened: dict[str, Database] = g.get("databases", {})
    for name in names:
        if name in opened:
            opened[name].commit()


def release() -> None:
    """Give this context's connections back, before a long wait; the next `get_db` opens new ones.

    What is not committed is rolled back.
    """
    for database in g.pop("databases", {}).values():
        database.close()


def usage() -> dict[str, Usage]:
    """Return how this process uses the connections to each logical database."""
    databases: Databases = current_app.extensions["databases"]
    return {name: backend.usage() for name, backend in databases.backends.items()}


def close_pools(app: Flask) -> None:
    """Close every connection that `app` holds in reserve. The app is of no use afterwards."""
    app.extensions["databases"].close()


def _backend(name: str, address: Address, capacity: Capacity) -> Backend:
    if isinstance(address, SqliteAddress):
        return SqliteBackend(name, address, capacity)
    return PostgresBackend(name, address, capacity)


def _at_the_end(_error: BaseException | None) -> None:
    release()
