"""The bytes of binary COPY: what is packed is what PostgreSQL gives back, at both speeds."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from moving import Move

from migration.copy.columns import Unusual, column_packer
from migration.copy.plan import plans
from migration.copy.readback import fields, read_back
from migration.copy.wire import HEADER, NULL, TRAILER, encoder, jsonb_text, row_head
from migration.db import PgError, copied_out
from migration.policies import UNDECIDED
from migration.schema.model import Column, LogicalType
from migration.source.values import BadValue

T = LogicalType

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | TEXT
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
NUMBERS = [
    "0",
    "-0",
    "-0.0",
    "1e2",
    "1E-3",
    "0.10e1",
    "1.50",
    "12e-1",
    "-1e30",
    "0e5",
    "10000.0001",
]
STORED: dict[LogicalType, st.SearchStrategy[Any]] = {
    T.INTEGER: st.integers(-(2**63), 2**63 - 1),
    T.REAL: st.floats(allow_nan=False),
    T.TEXT: TEXT,
    T.BLOB: st.binary(max_size=20),
    T.BOOLEAN: st.integers(0, 1),
    T.TIMESTAMP: st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).flatmap(
        lambda at: st.sampled_from(
            [str(at), at.isoformat(), f"{at}Z", f"{at}+05:30", at.isoformat(" ", "milliseconds")]
        )
    ),
    T.DATE: st.dates().map(str),
    T.NUMERIC: st.integers(-(2**63), 2**63 - 1) | st.floats(-1e300, 1e300),
}
TYPES = ", ".join(
    f'"{type}" {name}'
    for type, name in {
        T.INTEGER: "INTEGER", T.REAL: "REAL", T.TEXT: "TEXT", T.BLOB: "BLOB", T.BOOLEAN: "BOOLEAN",
        T.TIMESTAMP: "DATETIME", T.DATE: "DATE", T.NUMERIC: "NUMERIC", T.JSON: "JSON",
    }.items()
)  # fmt: skip


def column(type: LogicalType, *, nullable: bool = True) -> Column:
    return Column("c", type, "", nullable, None, identity=False)


def sent_and_back(move: Move, fields_by_type: dict[LogicalType, bytes]) -> bytes:
    """Return the row that PostgreSQL gives back for one that was sent."""
    (plan,) = plans(move.sqlite, move.model, UNDECIDED)
    row = row_head(len(plan.columns)) + b"".join(
        fields_by_type.get(column.type, NULL) for column in plan.columns
    )
    move.change("TRUNCATE t")
    with move.pg.cursor() as cursor, cursor.copy(plan.copy_statement) as copy:
        copy.write(HEADER + row + TRAILER)
    (back,) = read_back(move.pg, plan)
    assert back == row, (fields(back), fields(row))
    return back


@pytest.fixture
def typed(move: Move) -> Move:
    """A table with a column of every type."""
    return move.declare(f"CREATE TABLE t ({TYPES})").apply()


FIXTURES = [HealthCheck.function_scoped_fixture]


@settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
@given(st.fixed_dictionaries({}, optional=STORED))
def test_what_was_sent_comes_back_byte_for_byte(typed: Move, row: dict[LogicalType, Any]) -> None:
    sent_and_back(typed, {type: encoder(column(type))(value) for type, value in row.items()})


@settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
@given(JSON)
def test_json_is_spelled_as_the_server_spells_it(typed: Move, document: Any) -> None:
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False, indent=1)):
        if "\\u0000" not in text:
            sent_and_back(typed, {T.JSON: encoder(column(T.JSON))(text)})


@pytest.mark.parametrize("number", NUMBERS)
def test_json_numbers_keep_their_digits(typed: Move, number: str) -> None:
    sent_and_back(typed, {T.JSON: encoder(column(T.JSON))(f"[{number}]")})
    assert Decimal(jsonb_text(f"[{number}]")[1:-1]) == Decimal(number)


def test_a_limited_numeric_has_the_zeros_of_its_scale(move: Move) -> None:
    move.declare("CREATE TABLE t (n NUMERIC)").apply()
    move.change("ALTER TABLE t ALTER n TYPE numeric(9, 3)")
    limited = Column("n", T.NUMERIC, "", True, None, identity=False, limit=(9, 3))
    for number in (0, 7, -7.5, 0.125, 123456.789, 10000, 0.001):
        sent_and_back(move, {T.NUMERIC: encoder(limited)(number)})


ANYTHING = st.one_of(
    *STORED.values(),
    st.none(),
    st.booleans(),
    st.text(max_size=5),
    st.integers(-(2**70), 2**70),
    st.sampled_from(["a\0", "\udcff", "2024-02-30", "2024-02-29T10:00", "2024-02-29 24:00:00"]),
    st.sampled_from(["2024-02-29 10:00:00.1", "2024-02-29\n10:00:00", "٢٠٢٤-02-29", "20240229"]),
)


@given(
    st.sampled_from([type for type in T if type is not T.JSON]),
    st.booleans(),
    st.lists(ANYTHING, max_size=6),
)
@example(T.INTEGER, True, [2**63])
@example(T.INTEGER, True, [True])
@example(T.INTEGER, False, [True])
@example(T.DATE, True, ["20240229"])
@example(T.TIMESTAMP, True, ["2024-02-29\n10:00:00"])
@example(T.TIMESTAMP, True, ["20240229T100000"])
@example(T.TIMESTAMP, True, [None])
@example(T.BOOLEAN, False, [None])
def test_a_column_at_once_is_packed_as_value_by_value(
    type: LogicalType, nullable: bool, values: Sequence[Any]
) -> None:
    """The quick way may leave a value to the other, and never decides otherwise."""
    pack, encode = column_packer(column(type, nullable=nullable)), encoder(column(type))
    if pack is None:
        return
    try:
        at_once = list(pack(values))
    except Unusual:
        return
    assert nullable or None not in values
    assert at_once == [NULL if value is None else encode(value) for value in values]


@pytest.mark.parametrize("type", [type for type in T if type not in (T.JSON, T.NUMERIC)])
def test_plain_values_go_the_quick_way(type: LogicalType) -> None:
    plain = {
        T.INTEGER: [1, None, -5], T.REAL: [1.5, None], T.TEXT: ["é", "", None],
        T.BLOB: [b"\0", None], T.BOOLEAN: [0, 1, None], T.DATE: ["2024-02-29", None],
        T.TIMESTAMP: ["2024-02-29 10:00:00", "2024-02-29T10:00:00.5", None][:1],
    }[type]  # fmt: skip
    pack = column_packer(column(type))
    assert pack
    assert len(pack(plain)) == len(plain)


def test_null_in_a_column_that_forbids_it_is_looked_at_by_itself() -> None:
    pack = column_packer(column(T.INTEGER, nullable=False))
    assert pack
    with pytest.raises(Unusual):
        pack([1, None])


def test_moments_are_counted_in_utc(typed: Move) -> None:
    field = encoder(column(T.TIMESTAMP))("2024-01-01T01:00:00.000001+02:00")
    sent_and_back(typed, {T.TIMESTAMP: field})
    expected = datetime(2023, 12, 31, 23, 0, 0, 1, tzinfo=UTC)
    assert typed.ask('SELECT "timestamp" FROM t') == [(expected,)]


@pytest.mark.parametrize(
    ("type", "value"), [(T.INTEGER, "1"), (T.TEXT, 1), (T.BOOLEAN, 2), (T.JSON, "[")]
)
def test_what_does_not_fit_raises(type: LogicalType, value: Any) -> None:
    with pytest.raises(BadValue):
        encoder(column(type))(value)


def copied(move: Move, query: str) -> list[bytes]:
    statement = f"COPY ({query}) TO STDOUT (FORMAT BINARY)"
    with move.pg.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        return list(copied_out(copy, TRAILER))


@pytest.mark.parametrize("rows", [0, 1, 2, 10_000])
def test_a_table_comes_back_row_by_row(move: Move, rows: int) -> None:
    found = copied(move, f"SELECT n FROM generate_series(1, {rows}) AS n")
    assert b"".join(found).startswith(HEADER)
    assert b"".join(found).endswith(TRAILER)
    assert len(found) == (rows + 1 if rows else 1)


@pytest.mark.parametrize("place", [1, 2, 100, 9_999])
def test_what_ends_a_reading_on_the_way_is_told(move: Move, place: int) -> None:
    with pytest.raises(PgError, match="division by zero"):
        copied(move, f"SELECT 1 / (n - {place}) FROM generate_series(1, 9999) AS n")
    assert move.ask("SELECT 1") == [(1,)]


def test_a_reading_whose_connection_is_cut_is_told(move: Move) -> None:
    cut = "CASE WHEN n = 5000 THEN pg_terminate_backend(pg_backend_pid()) END"
    with pytest.raises(PgError, match="terminating connection"):
        copied(move, f"SELECT n, {cut} FROM generate_series(1, 9999) AS n")
