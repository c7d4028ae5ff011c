"""Running the DDL on a server, all of it or nothing. What it says is written by `ddl`."""

from migration.db import PgConnection, PgError
from migration.schema.errors import CannotApply


def apply(pg: PgConnection, ddl: str) -> None:
    """Run every statement of a DDL text in one transaction.

    Raises CannotApply, and then nothing of it stands.
    """
    try:
        with pg.transaction():
            pg.execute(ddl.encode())
    except PgError as error:
        raise CannotApply(
            what="apply the generated DDL",
            why=str(error).strip(),
            remedy="use an empty schema and a role that may create tables in it",
        ) from error
