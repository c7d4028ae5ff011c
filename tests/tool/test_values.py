"""Which stored values are the same, asked of both engines."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moving import Move

from migration.compare.values import (
    COPY_TEXT_SETTINGS,
    canonical_copy_text,
    canonical_postgres,
    canonical_sqlite,
    copy_fields,
    postgres_type,
    sqlite_type,
)
from migration.schema.model import LogicalType
from migration.schema.types import SQL_TYPES, native_type

T = LogicalType


SAME = [
    (T.INTEGER, -(2**63), -(2**63), -(2**63)),
    (T.REAL, 7.0, 7.0, "7.0"),
    (T.REAL, 0.1 + 0.2, 0.1 + 0.2, "0.30000000000000004"),
    (T.REAL, float("inf"), float("inf"), "inf"),
    (T.REAL, 5e-324, 5e-324, "5e-324"),
    (T.TEXT, "", "", ""),
    (T.TEXT, "a\tb\\n\nß😀", "a\tb\\n\nß😀", "a\tb\\n\nß😀"),
    (T.TEXT, "\\N", "\\N", "\\N"),
    (T.BLOB, b"\x00\xff", b"\x00\xff", "00ff"),
    (T.BLOB, b"", b"", ""),
    (T.BOOLEAN, 1, True, True),
    (T.BOOLEAN, 0, False, False),
    (T.DATE, "2024-02-29", date(2024, 2, 29), "2024-02-29"),
    (T.NUMERIC, 10, Decimal("10.00"), "10"),
    (T.NUMERIC, 0.1, Decimal("0.10"), "0.1"),
    (T.TIMESTAMP, "2024-01-01 10:00:00", "2024-01-01 10:00:00Z", "2024-01-01T10:00:00Z"),
    (T.TIMESTAMP, "2024-01-01T10:00:00.5", "2024-01-01 10:00:00.5Z", "2024-01-01T10:00:00.500000Z"),
    (T.TIMESTAMP, "2024-01-01 01:00:00+02:00", "2023-12-31 23:00:00Z", "2023-12-31T23:00:00Z"),
    (
        T.TIMESTAMP,
        "2024-01-01T10:00:00.1234560Z",
        "2024-01-01 10:00:00.123456Z",
        "2024-01-01T10:00:00.123456Z",
    ),
    (
        T.JSON,
        '{"b": [1, 1.0, 1.50], "a": null}',
        '{"a":null,"b":[1,1.0,1.5]}',
        '{"a":null,"b":[1,1.0,1.5]}',
    ),
    (
        T.JSON,
        '{"n": 123456789012345678901234567890.10}',
        '{"n": 123456789012345678901234567890.1}',
        '{"n":123456789012345678901234567890.1}',
    ),
    (T.JSON, '"ß\\u00e9\\n"', '"ßé\\n"', '"ßé\\n"'),
    (T.JSON, 5, "5", "5"),
    (T.JSON, "1e2", "100", "100"),
]


@pytest.mark.parametrize(("type", "sqlite", "postgres", "canonical"), SAME)
def test_both_engines_come_to_one_form(
    move: Move, type: LogicalType, sqlite: Any, postgres: Any, canonical: Any
) -> None:
    stored = _through_postgres(move, type, postgres)
    assert canonical_sqlite(sqlite, type) == canonical
    assert canonical_copy_text(stored, type) == canonical
    assert canonical_copy_text(stored, type).__class__ is canonical.__class__


def _through_postgres(move: Move, type: LogicalType, value: Any) -> str | None:
    """Return the COPY field of a value that PostgreSQL has stored."""
    move.change(f"CREATE TEMPORARY TABLE kept (value {SQL_TYPES[type]})")
    move.pg.execute("INSERT INTO kept VALUES (%s)", [value])
    with move.pg.transaction():
        move.pg.execute(COPY_TEXT_SETTINGS)
        with move.pg.cursor() as cursor, cursor.copy("COPY kept TO STDOUT") as copy:
            line = bytes(b"".join(copy)).decode().removesuffix("\n")
    (field,) = copy_fields(line)
    return field


DECODED = [
    (
        T.TIMESTAMP,
        "2024-01-01 10:00:00",
        datetime(2024, 1, 1, 11, tzinfo=timezone(timedelta(hours=1))),
    ),
    (T.JSON, '{"a": [true, 1.5]}', {"a": [True, 1.5]}),
    (T.BLOB, b"\x01", memoryview(b"\x01")),
    (T.BOOLEAN, 1, True),
    (T.DATE, "2024-02-29", date(2024, 2, 29)),
    (T.NUMERIC, 1.5, Decimal("1.50")),
    (T.INTEGER, None, None),
]


@pytest.mark.parametrize(("type", "sqlite", "postgres"), DECODED)
def test_decoded_values_come_to_the_same_form(
    type: LogicalType, sqlite: Any, postgres: Any
) -> None:
    assert canonical_postgres(postgres, type) == canonical_sqlite(sqlite, type)


DIFFERENT = [
    (T.TEXT, None, ""),
    (T.TEXT, "e\u0301", "é"),
    (T.TEXT, "a", "a "),
    (T.REAL, 0.1, "0.10000000000000002"),
    (T.REAL, 119.62915393943854, "119.62915"),
    (T.BOOLEAN, 2, "t"),
    (T.INTEGER, "5", "5"),
    (T.TIMESTAMP, 1700000000, "2023-11-14 22:13:20+00"),
    (T.TIMESTAMP, "2024-01-01 10:00:00", "2024-01-01 10:00:00.000001+00"),
    (T.TIMESTAMP, "2024-01-01", "2024-01-01 00:00:00+00"),
    (T.TIMESTAMP, "infinity", "infinity"),
    (T.DATE, "2024-02-30", "2024-03-01"),
    (T.JSON, "1", "1.0"),
    (T.JSON, "[", "[]"),
    (T.JSON, "NaN", "null"),
    (T.BLOB, "\\x00", "\\x00"),
    (T.NUMERIC, "1", "1"),
]


@pytest.mark.parametrize(("type", "sqlite", "field"), DIFFERENT)
def test_what_is_not_the_same_is_told_apart(type: LogicalType, sqlite: Any, field: str) -> None:
    assert canonical_sqlite(sqlite, type) != canonical_copy_text(field, type)


@given(st.floats(allow_nan=False))
def test_a_float_keeps_all_its_bits(number: float) -> None:
    canonical = canonical_sqlite(number, T.REAL)
    assert isinstance(canonical, str)
    assert float(canonical).hex() == number.hex()


@given(st.datetimes(min_value=datetime(1000, 1, 1)), st.sampled_from(" T"))
def test_a_moment_keeps_its_microseconds(moment: datetime, separator: str) -> None:
    decoded = canonical_postgres(moment.replace(tzinfo=UTC), T.TIMESTAMP)
    assert canonical_sqlite(moment.isoformat(separator), T.TIMESTAMP) == decoded


@given(st.lists(st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8"))))
def test_copy_lines_split_into_the_fields_they_were_made_of(fields: list[str | None]) -> None:
    escapes = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b"})
    line = "\t".join("\\N" if field is None else field.translate(escapes) for field in fields)
    assert copy_fields(line) == (fields or [""])


@pytest.mark.parametrize("name", SQL_TYPES.values())
def test_every_native_type_is_read_back_as_what_it_means(move: Move, name: str) -> None:
    move.change(f"CREATE TEMPORARY TABLE kept (value {name})")
    ((found,),) = move.ask(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = 'kept'::regclass AND attnum = 1"
    )
    assert SQL_TYPES[postgres_type(found)] == name


DECLARED = [
    "INTEGER", "INT", "BIGINT", "UNSIGNED BIG INT", "TEXT", "VARCHAR(20)", "NVARCHAR(20)", "CLOB",
    "BLOB", "REAL", "DOUBLE PRECISION", "FLOAT", "NUMERIC", "DECIMAL(10,5)", "boolean", "BOOL",
    "datetime", "DATETIME(6)", "TIMESTAMP", "date", "JSON",
]  # fmt: skip


@pytest.mark.parametrize("declared", DECLARED)
def test_two_independent_readings_of_a_declared_type_agree(declared: str) -> None:
    assert sqlite_type(declared) is native_type(declared)
