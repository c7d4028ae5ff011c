"""Setting the sequences so that no id is ever given out twice."""

from collections.abc import Iterator

from migration.copy.report import SequenceSet
from migration.db import PgConnection, SqliteConnection
from migration.schema.ddl import qualified
from migration.schema.model import Schema, quote


def set_sequences(
    sqlite: SqliteConnection, pg: PgConnection, schema: Schema
) -> Iterator[SequenceSet]:
    """Set every sequence to the larger of SQLite's counter and the highest id, never below 1."""
    counters = _counters(sqlite)
    for table in schema.tables:
        if table.identity is None:
            continue
        id, name = table.identity.name, qualified(schema, table.name)
        source = quote(table.identity.source)
        query = f"SELECT coalesce(max({source}), 0) FROM {quote(table.source)}"
        highest = max(sqlite.execute(query).fetchone()[0], counters.get(table.source, 0))
        pg.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
            [name, id, max(highest, 1), highest >= 1],
        )
        yield SequenceSet(table.name, max(highest, 0))


def _counters(sqlite: SqliteConnection) -> dict[str, int]:
    """Return the highest ids that AUTOINCREMENT tables ever gave out, of rows deleted since too."""
    kept = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"
    if not sqlite.execute(kept).fetchone():
        return {}
    return dict(sqlite.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
