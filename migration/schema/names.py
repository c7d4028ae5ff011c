"""Names for constraints and indexes: the author's where there is one, else PostgreSQL's habit.

PostgreSQL cuts a name at 63 bytes in silence; here it is shortened with a hash of the whole, so
that it stays unique and the same at every conversion.
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


def shortened(name: str) -> str:
    """Return a name of at most 63 bytes: itself, or its beginning and a hash."""
    if len(name.encode()) <= LIMIT:
        return name
    mark = "_" + hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: LIMIT - len(mark)].decode(errors="ignore") + mark
