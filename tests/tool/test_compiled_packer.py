"""The compiled packer says the same as the one in Python, or leaves it to that one.

Where no compiler was, there is nothing to compare: then both sides are the packer in Python.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moving import SCHEMA

from migration.copy import build, native
from migration.copy.chunks import Chunk, Reader
from migration.copy.plan import Range, TablePlan, plans
from migration.db import SqliteConnection, open_sqlite
from migration.policies import UNDECIDED, Policies, policy
from migration.schema.convert import convert
from migration.source.catalogue import read
from migration.source.snapshot import snapshot

TABLES = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, flag BOOLEAN,
        at DATETIME, day DATE, doc JSON, n NUMERIC, need TEXT NOT NULL DEFAULT '');
    CREATE TABLE keyed (a TEXT, b INTEGER, v REAL, PRIMARY KEY (a, b)) WITHOUT ROWID;
    CREATE TABLE loose (t TEXT, at DATETIME);
"""
MOMENTS = [
    "2024-02-29 10:00:00", "2024-02-29T23:59:59.999999", "1900-02-29 00:00:00",
    "0001-01-01 00:00:00", "2000-02-29 00:00:00.1Z", "0001-01-01 00:00:00+01:00",
    "9999-12-31 23:59:59-01:00",
    "2024-01-01 10:00:00+0530", "2024-01-01 10:00:00-08", "2024-01-01 10:00:00+24:00",
    "2024-01-01 10:00:00+10:75", "2024-01-01 10:00:60", "2024-01-01 24:00:00", "2024-01-01",
    "2024-13-01 00:00:00", "2024-00-10 00:00:00", "2024-01-01 10:00:00.",
    "2024-01-01 10:00:00.1234567", "2024-01-01 10:00:00.1234560", "2024-01-01 10:00:00 ",
    "2024-01-01x10:00:00", "20240101 10:00:00",
]  # fmt: skip
TEXTS = ["", "é", "😀", "a\0b", "x" * 9, "ascii only, but longer than eight", "日本語テキスト"]
BYTES = [
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2\x82",
    b"ok\xf0\x9f\x98\x80",
]
ANYTHING = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-1, 2),
    st.floats(allow_nan=False),
    st.binary(max_size=12),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from([*MOMENTS, *TEXTS, "2024-02-30", "2024-02-29", "0000-01-01", "{}", "[1.50]"]),
    st.sampled_from(BYTES).map(lambda bytes: ("as text", bytes)),
)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[SqliteConnection]:
    with closing(open_sqlite(tmp_path / "source.db", readonly=False)) as connection:
        connection.executescript(TABLES)
        yield connection


def insert(source: SqliteConnection, table: str, row: list[Any]) -> None:
    """Insert values; a pair is bytes that are stored as text, whatever they are."""
    marks = ", ".join("CAST(? AS TEXT)" if isinstance(v, tuple) else "?" for v in row)
    values = [value[1] if isinstance(value, tuple) else value for value in row]
    source.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)


def packed(
    source: SqliteConnection, policies: Policies, *, compiled: bool
) -> dict[str, tuple[list[Chunk], TablePlan]]:
    (_, _, file), *_ = source.execute("PRAGMA database_list").fetchall()
    connection = native.connect(Path(file)) if compiled else None
    with snapshot(source):
        reader = Reader(source, policies, connection)
        model = convert(read(source), schema=SCHEMA)
        found = {
            plan.table.name: (list(reader.chunks(plan, Range())), plan)
            for plan in plans(source, model, policies)
        }
    if connection:
        connection.close()
    return found


def assert_same(source: SqliteConnection, policies: Policies = UNDECIDED) -> None:
    ours, theirs = (packed(source, policies, compiled=compiled) for compiled in (False, True))
    for name, (chunks, plan) in ours.items():
        others = theirs[name][0]
        assert b"".join(chunk.data for chunk in chunks) == b"".join(c.data for c in others)
        assert [bad for chunk in chunks for bad in chunk.bad] == [b for c in others for b in c.bad]
        assert sum(chunk.rows for chunk in chunks) == sum(chunk.rows for chunk in others)
        if len(chunks) == len(others) == 1:
            assert chunks[0].digest == others[0].digest
        assert others[-1].part.upto is None
        assert all(a.part.upto == b.part.after for a, b in pairwise(others))
        assert plan.position


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.lists(ANYTHING, min_size=10, max_size=10), max_size=5),
    st.lists(st.lists(ANYTHING, min_size=2, max_size=2), max_size=5),
)
def test_any_rows_are_packed_alike(
    source: SqliteConnection, rows: list[list[Any]], pairs: list[list[Any]]
) -> None:
    source.executescript("DELETE FROM t; DELETE FROM keyed; DELETE FROM loose;")
    for number, row in enumerate(rows):
        insert(source, "t", [number, *row])
    for pair in pairs:
        insert(source, "loose", pair)
        insert(source, "keyed", [*pair, 1.5])
    assert_same(source)
    assert_same(source, Policies(rest=policy(["null"])))


@pytest.mark.parametrize("before", [0, 5, 6, 7])
def test_text_passes_only_as_utf_8_without_nul(source: SqliteConnection, before: int) -> None:
    """Every lead, every kind of second byte, and every length, also across a word of eight."""
    texts = [
        b"x" * before + bytes([lead, second]) + b"\x80" * more
        for lead in [0, 0x7F, *range(0x80, 0x100)]
        for second in (0, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0)
        for more in range(3)
    ]
    rows = [(number, text) for number, text in enumerate(texts)]
    source.executemany("INSERT INTO t (id, t) VALUES (?, CAST(? AS TEXT))", rows)
    connection = native.connect(Path(source.execute("PRAGMA database_list").fetchone()[2]))
    model = convert(read(source), schema=SCHEMA)
    (plan,) = (p for p in plans(source, model, UNDECIDED) if p.table.name == "t")
    reader = Reader(source, UNDECIDED, connection)
    for number, text in rows:
        (chunk,) = reader.chunks(plan, Range((number - 1,), (number,)))
        assert bool(chunk.rows) == is_plain(text), text
    if connection:
        connection.close()


def is_plain(text: bytes) -> bool:
    try:
        return "\0" not in text.decode()
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize("moment", MOMENTS)
def test_moments_are_read_alike(source: SqliteConnection, moment: str) -> None:
    source.execute("INSERT INTO t (at, day) VALUES (?, ?)", [moment, moment[:10]])
    assert_same(source)


def test_one_bad_row_among_many_is_found(
    source: SqliteConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migration.copy.chunks.CHUNK_BYTES", 5_000)
    source.execute("""
        WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 3000)
        INSERT INTO t (id, i, t, at) SELECT i, i, hex(i), datetime(i, 'unixepoch') FROM k
    """)
    source.execute("INSERT INTO loose SELECT t, at FROM t")
    source.execute("UPDATE t SET i = 'x' WHERE id IN (1500, 3000)")
    source.execute("UPDATE loose SET t = t || char(0) WHERE rowid = 7")
    assert_same(source)
    chunks, _ = packed(source, UNDECIDED, compiled=True)["t"]
    assert [bad.key for chunk in chunks for bad in chunk.bad] == ["id=1500", "id=3000"]


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_other_encodings_are_read_alike(tmp_path: Path, encoding: str) -> None:
    with closing(open_sqlite(tmp_path / "wide.db", readonly=False)) as wide:
        wide.executescript(f"PRAGMA encoding = '{encoding}';" + TABLES)
        for number, text in enumerate([*TEXTS, *MOMENTS]):
            insert(wide, "t", [number, None, None, text, None, None, text, None, None, None, text])
            insert(wide, "keyed", [text, number, None])
        half_a_pair = ("as text", b"\xd8\x3d" if encoding == "UTF-16be" else b"\x3d\xd8")
        insert(wide, "loose", [half_a_pair, None])
        assert_same(wide)


def test_it_is_built_where_a_compiler_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "place", lambda: tmp_path / "made" / "_packer.so")
    built = build.build()
    assert built is None or built.exists()
    assert (built is not None) == native.is_built()


def test_without_a_compiler_nothing_is_built_and_nothing_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "place", lambda: tmp_path / "_packer.so")
    monkeypatch.setattr("sysconfig.get_config_var", lambda _name: "no-such-compiler")
    assert build.build() is None
    assert list(tmp_path.iterdir()) == []


def test_another_version_of_the_source_is_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = native.place()
    (tmp_path / "_packer.c").write_text("int changed;")
    monkeypatch.setattr(native, "SOURCE", tmp_path / "_packer.c")
    assert native.place().name != before.name
