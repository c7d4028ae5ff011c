"""The account of the rows: what became of each, and the file that keeps what was not stored.

`upgrade_rejects.db` lies beside the new databases and is none of them: it holds rows as they
were, personal data in plain text included, which must not reach production. Its table
`upgrade_rejects` has the rows that were rejected; `upgrade_changed_values` the old values that
a change made unreadable.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from api.db.upgrade.draft import Draft
from api.db.upgrade.errors import NotAccounted
from api.db.upgrade.report import RuleReport, TableReport
from api.db.upgrade.rules import Rejected, Rule
from api.db.upgrade.source import OldRow
from api.db.upgrade.target import NewDatabase
from api.db.upgrade.values import Value

REJECTS = "upgrade_rejects"

TABLES = (
    "CREATE TABLE upgrade_rejects (id INTEGER PRIMARY KEY, database_name TEXT NOT NULL,"
    " table_name TEXT NOT NULL, row_key TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL,"
    ' "row" TEXT NOT NULL)',
    "CREATE TABLE upgrade_changed_values (id INTEGER PRIMARY KEY, database_name TEXT NOT NULL,"
    " table_name TEXT NOT NULL, row_key TEXT NOT NULL, column_name TEXT NOT NULL,"
    " rule TEXT NOT NULL, old_value TEXT NOT NULL)",
)


class Ledger:
    """Everything that became of the rows of all databases."""

    def __init__(self, path: Path) -> None:
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = MEMORY")
        self._connection.execute("BEGIN")
        for statement in TABLES:
            self._connection.execute(statement)

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def open(self, logical: str, table: str, old: int) -> "Tally":
        """Begin to count a table that has `old` rows."""
        tally = Tally(self._connection, logical, table, old)
        self._tallies[logical, table] = tally
        return tally

    def tally(self, logical: str, table: str) -> "Tally":
        """Return the tally of a table that was opened before."""
        return self._tallies[logical, table]

    def finish(self, stored: Mapping[str, NewDatabase]) -> tuple[TableReport, ...]:
        """Balance every table against what was stored; commit it all. Raises NotAccounted."""
        balances = tuple(
            tally.balance(stored[logical].count(table) if table in stored[logical].tables else 0)
            for (logical, table), tally in self._tallies.items()
        )
        for database in stored.values():
            database.finish()
        self._connection.execute("COMMIT")
        return balances


class Tally:
    """What became of the rows of one table."""

    def __init__(self, connection: sqlite3.Connection, logical: str, table: str, old: int) -> None:
        self.old = old
        self.table = table
        self._connection = connection
        self._logical = logical
        self._stored = 0
        self._changed: set[int] = set()
        self._rules: Counter[Rule] = Counter()

    def keep(self, draft: Draft) -> None:
        """Count a row that was stored, and put aside what its changes lose."""
        self._stored += 1
        for rule in {change.rule for change in draft.changes}:
            self.change(draft.row.number, rule)
        for change in draft.changes:
            if change.rule.loses:
                self._write(
                    "upgrade_changed_values (database_name, table_name, row_key, column_name,"
                    " rule, old_value)",
                    draft.row.key,
                    change.column,
                    change.rule.name,
                    as_json(change.old),
                )

    def change(self, number: int, rule: Rule) -> None:
        """Count a stored row, by its rowid, as changed by a rule."""
        self._changed.add(number)
        self._rules[rule] += 1

    def reject(self, row: OldRow, rejected: Rejected) -> None:
        """Count a row that was not stored, and keep it."""
        self._rules[rejected.rule] += 1
        self._write(
            'upgrade_rejects (database_name, table_name, row_key, rule, reason, "row")',
            row.key,
            rejected.rule.name,
            rejected.reason,
            as_json(row.values),
        )

    def balance(self, stored: int) -> TableReport:
        """Return the account of the table, which now has `stored` rows.

        Raises NotAccounted unless every old row is stored or kept among the rejects.
        """
        kept_aside = self._connection.execute(
            "SELECT count(*) FROM upgrade_rejects WHERE database_name = ? AND table_name = ?",
            [self._logical, self.table],
        ).fetchone()[0]
        if stored != self._stored or stored + kept_aside != self.old:
            raise NotAccounted(
                f"account for the rows of {self._logical}.{self.table}",
                f"of {self.old} rows {stored} are stored and {kept_aside} rejected",
                "report this as a mistake of the upgrade; the old files are as they were",
            )
        changed = len(self._changed)
        return TableReport(
            self._logical,
            self.table,
            self.old,
            kept=stored - changed,
            changed=changed,
            rejected=kept_aside,
            rules=tuple(
                RuleReport(rule.name, rule.does, "rejected" if rule.rejects else "changed", rows)
                for rule, rows in sorted(self._rules.items(), key=lambda item: item[0].name)
            ),
        )

    def _write(self, into: str, key: str, *values: str) -> None:
        marks = ", ".join("?" * (len(values) + 3))
        self._connection.execute(
            f"INSERT INTO {into} VALUES ({marks})",
            [self._logical, self.table, storable(key), *values],
        )


def as_json(value: Value | dict[str, Value]) -> str:
    """Return a value or a row as JSON; bytes, and text that is no UTF-8, in hexadecimal."""
    if isinstance(value, dict):
        return json.dumps({storable(name): _plain(each) for name, each in value.items()})
    return json.dumps(_plain(value))


def _plain(value: Value) -> object:
    if isinstance(value, bytes):
        return {"blob": value.hex()}
    if isinstance(value, str) and storable(value) != value:
        return {"text": value.encode("utf-8", "surrogateescape").hex()}
    if isinstance(value, float) and not isfinite(value):
        return {"real": str(value)}
    return value


def storable(text: str) -> str:
    """Return a text that can be stored; what is no UTF-8 is escaped."""
    return text.encode("utf-8", "backslashreplace").decode()
