"""The names of ids and secrets while two recordings are unified: one thing, one name.

The second recording starts every table's counter higher, each by a distance of its own. Two
numbers that lie exactly one such distance apart, both above the counter, are the id that this
table handed out at the same moment of the case.
"""

from __future__ import annotations

from collections.abc import Mapping

from migration.replay.tokens import Named


class Names:
    """Which value of the first recording is which value of the second."""

    def __init__(self, first: Mapping[str, int], second: Mapping[str, int]) -> None:
        self._counters = first
        self._tables = {
            second[table] - counter: table for table, counter in first.items() if table in second
        }
        self._ids: dict[tuple[str, int], Named] = {}
        self._secrets: dict[str, tuple[str, Named]] = {}

    def copy(self) -> Names:
        """Return these names as they are now, to fall back on."""
        twin = Names({}, {})
        twin._counters, twin._tables = self._counters, self._tables
        twin._ids, twin._secrets = dict(self._ids), dict(self._secrets)
        return twin

    def id(self, a: int, b: int) -> Named | None:
        """Name the id that is `a` in one recording and `b` in the other, None when it is none."""
        table = self._tables.get(b - a)
        if table is None or b == a or a <= self._counters[table]:
            return None
        known = self._ids.get((table, a))
        if known is None:
            known = Named("id", len(self._ids) + 1, table.rpartition(".")[2])
            self._ids[table, a] = known
        return known

    def secret(self, a: str, b: str, form: str) -> Named | None:
        """Name the secret, None when one side was already paired with something else."""
        known = self._secrets.get(a)
        if known is not None:
            return known[1] if known[0] == b else None
        if any(other == b for other, _ in self._secrets.values()):
            return None
        named = Named("secret", len(self._secrets) + 1, form)
        self._secrets[a] = (b, named)
        return named
