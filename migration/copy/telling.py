"""Turning what drivers raise into errors that say what failed and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from migration.copy.errors import TargetRefused
from migration.db import PgError, SqliteError
from migration.errors import SourceError


@contextmanager
def telling(what: str, remedy: str) -> Iterator[None]:
    """Name what failed; the server's details are left out, because they quote whole rows."""
    try:
        yield
    except PgError as error:
        why = error.diag.message_primary or str(error).strip()
        table = error.diag.table_name
        raise TargetRefused(what, f"{why} (table {table})" if table else why, remedy) from None
    except SqliteError as error:
        check = "check the file with PRAGMA integrity_check"
        raise SourceError(what, f"the source: {error}", f"{check}; {remedy}") from error
