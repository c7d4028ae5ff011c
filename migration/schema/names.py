"""Names in PostgreSQL: the author's wherever they can stay, else changed by rule and reported.

PostgreSQL cuts a name at 63 bytes in silence; here it is shortened with a hash of the whole, so
that it stays unique and the same at every conversion. Tables, views, indexes, keys and sequences
of a schema share one name space there, which in SQLite the keys do not.
"""

import hashlib
from collections.abc import Iterable

LIMIT = 63


class Names:
    """The names of one name space, each handed out once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def give(self, *parts: str, chosen: str | None = None) -> str:
        """Return the chosen name, or the parts joined, changed only as far as is needed."""
        wanted = shortened(chosen or "_".join(parts))
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = shortened(f"{wanted}_{number}")
        self._taken.add(name)
        return name

    def is_free(self, name: str) -> bool:
        """Say whether a name can be given as it is."""
        return name not in self._taken and shortened(name) == name

    def keep(self, names: Iterable[str]) -> dict[str, str]:
        """Give each its own name where that is short enough, in the order of the names.

        A long one never takes the name of a short one.
        """
        every = list(names)
        given = {name: self.give(name) for name in every if shortened(name) == name}
        return {name: given.get(name) or self.give(name) for name in every}


def shortened(name: str) -> str:
    """Return a name of at most 63 bytes: itself, or its beginning and a hash."""
    if len(name.encode()) <= LIMIT:
        return name
    mark = "_" + hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: LIMIT - len(mark)].decode(errors="ignore") + mark
