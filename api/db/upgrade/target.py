"""A new database: a file of the present schema, filled in one transaction.

The constraints of the schema judge the rows; what a violation is called is in `rules.py`.
"""

import sqlite3
from pathlib import Path
from typing import Any

from api.db import catalogue
from api.db.catalogue import Table
from api.db.schema import create_schema
from api.db.upgrade.errors import NotAccounted
from api.db.upgrade.rules import OF_VIOLATION, Rejected
from api.db.upgrade.source import quoted
from api.db.upgrade.values import Value


class NewDatabase:
    """One new database. Its file is of use only after `finish`."""

    def __init__(self, path: Path, logical: str) -> None:
        self.logical = logical
        self.tables = {table.name: table for table in catalogue.tables(logical)}
        self._connection = sqlite3.connect(path, isolation_level=None)
        # A file that is not finished is thrown away: nothing to protect from a crash.
        self._connection.execute("PRAGMA journal_mode = MEMORY")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA foreign_keys = ON")
        create_schema(self._connection, logical)
        self._connection.execute("BEGIN")

    def __enter__(self) -> "NewDatabase":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def in_order(self) -> list[Table]:
        """Return the tables, each after those that it refers to."""
        waiting = dict(self.tables)
        ordered: list[Table] = []
        while waiting:
            ready = [table for table in waiting.values() if not _parents(table) & waiting.keys()]
            ordered += ready
            for table in ready:
                del waiting[table.name]
        return ordered

    def insert(self, table: str, values: dict[str, Value]) -> None:
        """Insert a row. Raises Rejected where a constraint forbids it."""
        columns = ", ".join(map(quoted, values))
        marks = ", ".join("?" * len(values))
        try:
            self._connection.execute(
                f"INSERT INTO {quoted(table)} ({columns}) VALUES ({marks})", list(values.values())
            )
        except sqlite3.IntegrityError as error:
            raise Rejected(OF_VIOLATION[error.sqlite_errorcode], str(error)) from None

    def has(self, table: str, **values: Value) -> bool:
        """Tell whether a table has a row with these values."""
        condition = " AND ".join(f"{quoted(column)} = ?" for column in values)
        return bool(
            self._value(
                f"SELECT EXISTS (SELECT 1 FROM {quoted(table)} WHERE {condition})",
                *values.values(),
            )
        )

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self._value(f"SELECT count(*) FROM {quoted(table)}"))

    def column(self, table: str, column: str) -> list[Any]:
        """Return the values of a column."""
        rows = self._connection.execute(f"SELECT {quoted(column)} FROM {quoted(table)}")
        return [value for (value,) in rows]

    def recount_likes(self) -> list[int]:
        """Set the number of reactions of every post where it is wrong; return their ids."""
        rows = self._connection.execute(
            "UPDATE community_posts SET likes = counted.number FROM (SELECT post.id,"
            " count(given.id) AS number FROM community_posts AS post LEFT JOIN community_likes"
            " AS given ON given.post_id = post.id GROUP BY post.id) AS counted"
            " WHERE counted.id = community_posts.id AND likes <> counted.number"
            " RETURNING id"
        )
        return [number for (number,) in rows]

    def count_ids_from(self, table: str, last_id: int) -> None:
        """Let the next id of a table be above `last_id`."""
        self._connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
        self._connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", [table, last_id])

    def finish(self) -> None:
        """Commit, then check the file from end to end. Raises NotAccounted."""
        self._connection.execute("COMMIT")
        found = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        sound = self._value("PRAGMA integrity_check(1)")
        if found or sound != "ok":
            raise NotAccounted(
                f"check the new {self.logical}",
                f"{len(found)} rows refer to nothing; integrity: {sound}",
                "report this as a mistake of the upgrade; the old files are as they were",
            )

    def _value(self, sql: str, *params: Value) -> Any:
        return self._connection.execute(sql, params).fetchone()[0]


def _parents(table: Table) -> set[str]:
    refers_to = {(column.refers_to or "").partition(".")[0] for column in table.columns}
    return refers_to - {table.name, ""}
