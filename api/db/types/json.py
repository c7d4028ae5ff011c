"""JSON documents: `jsonb` on PostgreSQL, text on SQLite."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Json:
    """Marks a bound value as a JSON document."""

    value: Any


def parsed(value: Any) -> Any:
    """Return a stored document. Raises ValueError where an old row holds something else.

    Both backends hand documents out as text; a bare number is what SQLite's column affinity
    makes of a document that is nothing but a number.
    """
    return json.loads(value) if isinstance(value, str) else value


def stored(document: Json) -> str:
    """Spell a document for the database: compact, keys sorted. Raises ValueError for a NaN."""
    return json.dumps(
        document.value,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        sort_keys=True,
    )
