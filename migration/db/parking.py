"""Sessions of the server that are used again: what one application closes, the next one opens.

Every case has an application of its own, and a server process for each of its connections takes
longer to start and to read the catalogues than the case takes. So a session is kept when its
connection is closed, and given to the next connection to the same place. In between `DISCARD ALL`
makes it a new one: settings, temporary tables, locks, prepared statements and their plans are gone.
Only connections opened and closed inside of `parking()` take part, those of psycopg's synchronous
class.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from inspect import getattr_static
from typing import Any

import psycopg
from psycopg import pq

_NOWHERE = b"host=/nowhere"
_begin: Any = getattr_static(psycopg.Connection, "_connect_gen").__func__
_close = psycopg.Connection.close


class Parking:
    """Sessions at rest, by where they lead. Whoever made it closes it."""

    def __init__(self) -> None:
        self._resting: dict[str, list[pq.abc.PGconn]] = {}

    def take(self, conninfo: str) -> pq.abc.PGconn | None:
        """Return a session that is still alive, None where there is none."""
        resting = self._resting.get(conninfo, [])
        while resting:
            session = resting.pop()
            if session.exec_(b"").status == pq.ExecStatus.EMPTY_QUERY:
                return session
            session.finish()
        return None

    def leave(self, conninfo: str, session: pq.abc.PGconn) -> None:
        """Keep a session for the next who wants it, as if it were new; end one that cannot be."""
        if _ended(session) and _done(session, b"DISCARD ALL"):
            self._resting.setdefault(conninfo, []).append(session)
        else:
            session.finish()

    def close(self) -> None:
        """End every session at rest."""
        for session in (one for resting in self._resting.values() for one in resting):
            session.finish()
        self._resting.clear()


# psycopg is process-wide, and so is where its sessions go.
_open: list[Parking] = []


@contextmanager
def parking(place: Parking) -> Iterator[None]:
    """Let connections that are opened until the block ends take and leave their sessions there."""
    _install()
    _open.append(place)
    try:
        yield
    finally:
        _open.remove(place)


def _install() -> None:
    cls: Any = psycopg.Connection
    cls._connect_gen, cls.close = classmethod(_connect), _leave


def _connect(
    cls: type[psycopg.Connection[Any]], conninfo: str = ""
) -> Generator[Any, Any, psycopg.Connection[Any]]:
    session = _open[-1].take(conninfo) if _open else None
    if session is not None:
        connection = cls(session)
    else:
        connection = yield from _begin(cls, conninfo)
    if _open:
        vars(connection)["_parked_at"] = conninfo
    return connection


def _leave(connection: psycopg.Connection[Any]) -> None:
    conninfo, session = vars(connection).get("_parked_at"), connection.pgconn
    belongs_to_a_pool = getattr(connection, "_pool", None) is not None
    if conninfo is None or not _open or connection.closed or belongs_to_a_pool:
        _close(connection)
        return
    # Whoever still holds the connection must find it closed.
    connection.pgconn = pq.PGconn.connect_start(_NOWHERE)
    connection.pgconn.finish()
    connection._closed = True
    _open[-1].leave(conninfo, session)


def _ended(session: pq.abc.PGconn) -> bool:
    """End the transaction, and say whether nothing else is going on."""
    if session.pipeline_status != pq.PipelineStatus.OFF:
        return False
    match session.transaction_status:
        case pq.TransactionStatus.IDLE:
            return True
        case pq.TransactionStatus.INTRANS | pq.TransactionStatus.INERROR:
            return _done(session, b"ROLLBACK")
        case _:
            return False


def _done(session: pq.abc.PGconn, command: bytes) -> bool:
    return session.exec_(command).status == pq.ExecStatus.COMMAND_OK
