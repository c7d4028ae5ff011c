"""Rows that are in quarantine instead of in their table: known by their key, held whole.

A row of the source is accounted for when it is in its table or here, with the values it has there.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from migration.db import PgConnection

TABLE = "migration.quarantine"


@dataclass
class LeftBehind:
    """The rows of one table in quarantine; `found` are those that the source has as well."""

    entries: Mapping[str, Mapping[str, Any]]
    found: set[str] = field(default_factory=set)

    def holds(self, key: str, row: Mapping[str, object]) -> bool:
        """Say whether a row of the source is here, value for value."""
        kept = self.entries.get(key)
        if kept is None or any(_shown(row.get(name)) != value for name, value in kept.items()):
            return False
        self.found.add(key)
        return True

    @property
    def unknown(self) -> Sequence[str]:
        """The keys of those that the source does not have like this."""
        return sorted(self.entries.keys() - self.found)


def left_behind(pg: PgConnection, schema: str) -> dict[str, LeftBehind]:
    """Return what is in quarantine, by table. Writes nothing."""
    if pg.execute("SELECT to_regclass(%s)", [TABLE]).fetchone() == (None,):
        return {}
    found: dict[str, dict[str, Any]] = {}
    for table, key, raw in pg.execute(
        f"SELECT table_name, row_key, raw FROM {TABLE} WHERE schema_name = %s", [schema]
    ).fetchall():
        found.setdefault(table, {})[key] = json.loads(raw)
    return {table: LeftBehind(entries) for table, entries in found.items()}


def key_of(names: Sequence[str], values: Sequence[object]) -> str:
    """Return how quarantine names a row: `id=17`."""
    return ", ".join(f"{name}={value!r}" for name, value in zip(names, values, strict=True))


def _shown(value: object) -> object:
    if isinstance(value, bytes):
        return {"blob": value.hex()}
    if isinstance(value, str):
        content = value.encode(errors="surrogateescape")
        return value if _is_text(content) else {"text": content.hex()}
    return value


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
