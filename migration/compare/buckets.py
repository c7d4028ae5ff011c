"""The rows that only one side has, of a large table without a common order, in little memory.

Each row falls into a bucket by its digest. Only rows of buckets whose sums differ are kept.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeAlias

from migration.compare.rows import Row

Rows: TypeAlias = Callable[[], Iterator[Row]]

_BUCKETS = 1 << 14
_BUCKETS_SHOWN = 64


def only_on_one_side(ours: Rows, theirs: Rows) -> tuple[list[Row], list[Row]]:
    """Read both sides twice and return rows that the other side lacks; some, if there are many."""
    sums = [0] * _BUCKETS
    for sign, rows in ((1, ours), (-1, theirs)):
        for row in rows():
            digest = _digest(row)
            sums[digest % _BUCKETS] += sign * digest
    chosen = frozenset([n for n, total in enumerate(sums) if total][:_BUCKETS_SHOWN])
    if not chosen:
        return [], []
    one, other = (
        Counter(row for row in rows() if _digest(row) % _BUCKETS in chosen)
        for rows in (ours, theirs)
    )
    return list((one - other).elements()), list((other - one).elements())


def _digest(row: Row) -> int:
    text = repr(row).encode(errors="surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "big")
