"""Which id each sequence of a PostgreSQL schema gives out next, and the highest in its table."""

from collections.abc import Iterator
from dataclasses import dataclass

from migration.db import PgConnection
from migration.schema.model import quote

_SEQUENCES = """
SELECT relname, attname, sequence
FROM pg_namespace AS n
JOIN pg_class AS c ON c.relnamespace = n.oid
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN pg_get_serial_sequence(format('%%I.%%I', nspname, relname), attname) AS sequence
WHERE nspname = %s AND relkind IN ('r', 'p') AND sequence IS NOT NULL
ORDER BY relname
"""


@dataclass(frozen=True)
class Counter:
    """A sequence: the id it gives out next, and the highest id in the table, 0 when empty."""

    table: str
    column: str
    next_id: int
    highest: int


def next_ids(pg: PgConnection, schema: str) -> Iterator[Counter]:
    """Yield the state of every sequence that fills a column. Takes no number from any."""
    for table, column, sequence in pg.execute(_SEQUENCES, [schema]).fetchall():
        name = f"{quote(schema)}.{quote(table)}"
        row = pg.execute(
            f"SELECT last_value::numeric + is_called::int,"
            f" (SELECT coalesce(max({quote(column)}), 0) FROM {name}) FROM {sequence}".encode()
        ).fetchone()
        if row:
            yield Counter(table, column, int(row[0]), row[1])
