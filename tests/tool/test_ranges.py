"""The ranges of which a copy is made up: what is left of a table, whatever its key goes by."""

from itertools import pairwise, starmap
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moving import Move, interrupt_at

from migration.copy import copy_resumably
from migration.copy.errors import CopyInterrupted
from migration.copy.plan import Range, gaps

SPELLING = " || ".join(f"CASE WHEN i & {1 << n} THEN 'k' ELSE 'K' END" for n in range(11))
COLLATED = f"""
    CREATE TABLE folded (code TEXT PRIMARY KEY COLLATE NOCASE, v TEXT) WITHOUT ROWID;
    CREATE TABLE loose_key (code TEXT, v TEXT, PRIMARY KEY (code COLLATE NOCASE)) WITHOUT ROWID;
    CREATE TABLE strict_key (code TEXT COLLATE NOCASE, v TEXT, PRIMARY KEY (code COLLATE BINARY))
        WITHOUT ROWID;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO strict_key SELECT {SPELLING}, i FROM n;
    INSERT INTO folded SELECT 'k' || v, code FROM strict_key;
    INSERT INTO loose_key SELECT 'K' || v, code FROM strict_key;
"""


@pytest.mark.usefixtures("small_groups", "packer")
@pytest.mark.parametrize("moment", [4, 7, 10, 13, 16, 19])
def test_keys_that_do_not_go_by_bytes_lose_no_row(move: Move, moment: int) -> None:
    """Ranges follow the order of the key, which may be another than that of its column."""
    move.declare(COLLATED).apply()
    with pytest.raises(CopyInterrupted):
        copy_resumably(move.sqlite, move.pg, move.model, streams=1, progress=interrupt_at(moment))
    assert move.copy_resumably().complete
    assert move.ask("SELECT count(*) FROM strict_key") == [(2000,)]
    assert move.data().identical


def adjacent(places: list[float]) -> list[Range]:
    ends = [None, *((place,) for place in sorted(places)), None]
    return list(starmap(Range, pairwise(ends)))


@given(
    st.lists(st.integers(0, 9) | st.sampled_from([2.5, 7.5])),
    st.randoms(use_true_random=False),
    st.integers(0, 5),
)
def test_gaps_are_what_is_not_done(places: list[float], chance: Random, lacking: int) -> None:
    """In whatever order several streams brought their ranges, of which some held no rows."""
    every = adjacent(places)
    chosen = set(chance.sample(range(len(every)), min(lacking, len(every))))
    done = [part for n, part in enumerate(every) if n not in chosen]
    chance.shuffle(done)
    left = gaps(done)
    covered = sorted([*done, *left], key=lambda p: (p.after or (-1,), p.upto or (99,)))
    assert covered[0].after is None
    assert covered[-1].upto is None
    assert all(one.upto == next.after for one, next in pairwise(covered))
    assert len(left) <= len(chosen)
