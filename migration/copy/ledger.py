"""What a copy has done so far, kept in the target: `migration.copies` and `migration.chunks`.

A chunk is written down in the transaction that brings its rows, so both are there or neither. A
copy that was ended goes on from here; `proof` compares the digests with what is read back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from migration.copy.chunks import Chunk
from migration.copy.plan import Position, Range
from migration.db import PgConnection

COPIES, CHUNKS = "migration.copies", "migration.chunks"

_CREATE = f"""
CREATE SCHEMA IF NOT EXISTS migration;
CREATE TABLE IF NOT EXISTS {COPIES} (
    schema_name text PRIMARY KEY,
    inputs text NOT NULL,
    source text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    stage text NOT NULL
);
CREATE TABLE IF NOT EXISTS {CHUNKS} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name text NOT NULL REFERENCES {COPIES} ON DELETE CASCADE,
    table_name text NOT NULL,
    after_position text,
    upto_position text,
    row_count bigint NOT NULL,
    digest bytea NOT NULL
);
"""
_ADD = f"""
INSERT INTO {CHUNKS} (schema_name, table_name, after_position, upto_position, row_count, digest)
SELECT %s, %s, * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bytea[])
"""


class Stage(StrEnum):
    """How far a copy is."""

    LOADING = "loading"
    KEYED = "keyed"
    """Every row is there, with keys, indexes, references and sequences."""
    PROVED = "proved"


@dataclass(frozen=True)
class Begun:
    """A copy that was begun: from which inputs, what its source looked like, how far it is."""

    inputs: Mapping[str, str]
    source: str
    stage: Stage


@dataclass(frozen=True)
class LoadedChunk:
    """A chunk whose rows are in the target."""

    part: Range
    rows: int
    digest: bytes


class Ledger:
    """The ledger of the copy into one schema."""

    def __init__(self, pg: PgConnection, schema: str) -> None:
        self._pg = pg
        self._schema = schema

    def begun(self) -> Begun | None:
        """Return the copy that was begun, finished or not. Writes nothing."""
        if self._pg.execute("SELECT to_regclass(%s)", [COPIES]).fetchone() == (None,):
            return None
        row = self._pg.execute(
            f"SELECT inputs, source, stage FROM {COPIES} WHERE schema_name = %s",
            [self._schema],
        ).fetchone()
        return Begun(json.loads(row[0]), row[1], Stage(row[2])) if row else None

    def begin(self, inputs: Mapping[str, str], source: str) -> None:
        """Write down a new copy."""
        self._pg.execute(_CREATE)
        self._pg.execute(
            f"INSERT INTO {COPIES} (schema_name, inputs, source, stage) VALUES (%s, %s, %s, %s)",
            [self._schema, json.dumps(inputs), source, Stage.LOADING],
        )

    def add(self, pg: PgConnection, table: str, chunks: Sequence[Chunk]) -> None:
        """Write down chunks of a table, over the connection that brings their rows."""
        columns = (
            [_text(chunk.part.after) for chunk in chunks],
            [_text(chunk.part.upto) for chunk in chunks],
            [chunk.rows for chunk in chunks],
            [chunk.digest for chunk in chunks],
        )
        pg.execute(_ADD, [self._schema, table, *columns])

    def chunks(self, table: str) -> list[LoadedChunk]:
        """Return the chunks of a table in the order in which they came."""
        rows = self._pg.execute(
            f"SELECT after_position, upto_position, row_count, digest FROM {CHUNKS}"
            " WHERE schema_name = %s AND table_name = %s ORDER BY id",
            [self._schema, table],
        )
        return [
            LoadedChunk(Range(_position(after), _position(upto)), count, digest)
            for after, upto, count, digest in rows
        ]

    def rows(self) -> dict[str, int]:
        """Return how many rows of each table are in the target."""
        rows = self._pg.execute(
            f"SELECT table_name, sum(row_count)::bigint FROM {CHUNKS} WHERE schema_name = %s"
            " GROUP BY table_name",
            [self._schema],
        )
        return dict(rows.fetchall())

    def saw(self, source: str) -> None:
        """Write down how the source looks now."""
        query = f"UPDATE {COPIES} SET source = %s WHERE schema_name = %s"
        self._pg.execute(query, [source, self._schema])

    def reached(self, stage: Stage) -> None:
        """Write down how far the copy is now."""
        query = f"UPDATE {COPIES} SET stage = %s WHERE schema_name = %s"
        self._pg.execute(query, [stage, self._schema])

    def forget(self) -> None:
        """Remove everything about this copy."""
        if self.begun():
            self._pg.execute(f"DELETE FROM {COPIES} WHERE schema_name = %s", [self._schema])


def changed(inputs: Mapping[str, str], begun: Begun) -> list[str]:
    """Return the names of the inputs that are not what they were when the copy was begun."""
    names = sorted(inputs.keys() | begun.inputs.keys())
    return [name for name in names if inputs.get(name) != begun.inputs.get(name)]


def _text(position: Position | None) -> str | None:
    if position is None:
        return None
    return json.dumps([{"blob": v.hex()} if isinstance(v, bytes) else v for v in position])


def _position(text: str | None) -> Position | None:
    if text is None:
        return None
    values: list[Any] = json.loads(text)
    return tuple(bytes.fromhex(v["blob"]) if isinstance(v, dict) else v for v in values)
