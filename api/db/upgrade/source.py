"""An old database: a copy of the file, so that nothing is ever written beside the file itself.

Copied and hashed by `folders.py`; what becomes of the rows is in `move.py`.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from api.db.catalogue import Table
from api.db.upgrade.errors import OldUnusable, lacks_room
from api.db.upgrade.values import Value

# Of several rows with one key the first is kept: which that is, where it is not the oldest.
PREFERENCE = {
    "mood_logs": {"deleted_at": "deleted_at IS NOT NULL", "entrestamp": "entrestamp"},
    "cbt_tool_entries": {
        "deleted_at": "deleted_at IS NOT NULL",
        "updated_at": "updated_at DESC",
        "id": "id DESC",
    },
}


@dataclass(frozen=True)
class OldRow:
    """A row, text that is no UTF-8 kept as surrogates; `number` is its rowid."""

    table: str
    number: int
    key: str
    values: dict[str, Value]


class OldDatabase:
    """One old database, open for reading. Raises OldUnusable for a file that is not fit."""

    def __init__(self, copy: Path, original: Path) -> None:
        self._original = original
        self._connection = sqlite3.connect(copy, isolation_level=None)
        self._connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        try:
            self._check()
            self.tables = self._columns()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> "OldDatabase":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self._value(f"SELECT count(*) FROM {quoted(table)}"))

    def rows(self, name: str, table: Table | None) -> Iterator[OldRow]:
        """Yield every row, of several with one key the one to keep first."""
        columns = self.tables[name]
        order = [term for column, term in PREFERENCE.get(name, {}).items() if column in columns]
        cursor = self._connection.execute(
            f"SELECT rowid, {', '.join(map(quoted, columns))} FROM {quoted(name)}"
            f" ORDER BY {', '.join([*order, 'rowid'])}"
        )
        for number, *values in cursor:
            row = dict(zip(columns, values, strict=True))
            yield OldRow(name, number, _key(row, number, table), row)

    def has(self, table: str, column: str, value: Value) -> bool:
        """Tell whether a table has a row with this value."""
        return column in self.tables.get(table, ()) and bool(
            self._value(
                f"SELECT EXISTS (SELECT 1 FROM {quoted(table)} WHERE {quoted(column)} = ?)", value
            )
        )

    @cached_property
    def first_lines(self) -> frozenset[int]:
        """The rowids of the lines that begin somebody's conversation."""
        rows = self._connection.execute("SELECT min(rowid) FROM chat_history GROUP BY session_id")
        return frozenset(number for (number,) in rows)

    def last_id(self, table: str) -> int:
        """Return the highest id that a table has ever given out."""
        highest = self._value(f"SELECT max(rowid) FROM {quoted(table)}") or 0
        if not self._value("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?)", SEQUENCE):
            return int(highest)
        counter = self._value(f"SELECT max(seq) FROM {SEQUENCE} WHERE name = ?", table)
        return max(int(highest), int(counter or 0))

    def _value(self, sql: str, *params: Value) -> Any:
        return self._connection.execute(sql, params).fetchone()[0]

    def _check(self) -> None:
        what = f"read {self._original}"
        try:
            version = self._value("PRAGMA user_version")
            found = self._value("PRAGMA integrity_check(1)")
        except sqlite3.DatabaseError as error:
            if lacks_room(error):
                raise
            version, found = 0, str(error)
        if found != "ok":
            remedy = "recover what can be recovered with `sqlite3 FILE .recover`, and upgrade that"
            raise OldUnusable(what, f"the file is damaged, or no SQLite database: {found}", remedy)
        if version:
            why = f"it says schema version {version}, and the old application wrote none"
            raise OldUnusable(what, why, "use it as it is: it has been upgraded before")

    def _columns(self) -> dict[str, tuple[str, ...]]:
        rows = self._connection.execute(
            "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c"
            " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid"
        )
        found: dict[str, tuple[str, ...]] = {}
        for table, column in rows:
            found[table] = (*found.get(table, ()), column)
        return found


SEQUENCE = "sqlite_sequence"


def quoted(name: str) -> str:
    """Return an identifier as it may stand in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _key(row: dict[str, Value], number: int, table: Table | None) -> str:
    key = {name: row.get(name) for name in table.key} if table else {}
    if not key or None in key.values():
        return f"rowid={number}"
    return ", ".join(f"{name}={value!r}" for name, value in key.items())
