"""Single old values, read as what their columns declare: exactly, or not at all."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.db.types import timestamp
from api.db.upgrade import rules
from api.db.upgrade.values import Unreadable, Value, Zones, read

ZONES = Zones(program=ZoneInfo("America/New_York"), users=ZoneInfo("Europe/London"))
LOCAL, MIXED, PLAIN = "audit_logs.timestamp", "users.last_login", "mood_logs.entrestamp"


@pytest.mark.parametrize(
    ("declared", "old", "new", "rule"),
    [
        ("TEXT", "as it is ", "as it is ", None),
        ("TEXT", 7, "7", rules.NUMBER_RESPELLED),
        ("INTEGER", None, None, None),
        ("INTEGER", -(2**63), -(2**63), None),
        ("INTEGER", "9223372036854775807", 2**63 - 1, rules.NUMBER_RESPELLED),
        ("INTEGER", 7.0, 7, rules.NUMBER_RESPELLED),
        ("INTEGER", " ", None, rules.BLANK_TO_NULL),
        ("REAL", 0.1, 0.1, None),
        ("REAL", "-0.5e1", -5.0, rules.NUMBER_RESPELLED),
        ("BOOLEAN", 0, 0, None),
        ("BOOLEAN", None, 0, rules.FLAG_RESPELLED),
        ("BOOLEAN", 0.5, 1, rules.FLAG_RESPELLED),
        ("BOOLEAN", " No", 0, rules.FLAG_RESPELLED),
        ("JSON", '{"b": 1,\n"a": []}', '{"b": 1,\n"a": []}', None),
        ("JSON", "true", "true", None),
        ("JSON", "7.50", 7.5, rules.NUMBER_RESPELLED),
        ("JSON", '"\\\\u0000"', '"\\\\u0000"', None),
        ("DATE", "2024-02-29", "2024-02-29", None),
        ("DATE", "2024-02-29 23:59:00", "2024-02-29", rules.DATE_RESPELLED),
    ],
)
def test_what_can_be_read(declared: str, old: Value, new: Value, rule: object) -> None:
    found, by = read(old, "any.column", declared, ZONES)
    assert (found, type(found), by) == (new, type(new), rule)


@pytest.mark.parametrize(
    ("declared", "old"),
    [
        ("TEXT", b"bytes"),
        ("TEXT", "a\0b"),
        ("TEXT", "\udcff"),
        ("INTEGER", "9223372036854775808"),
        ("INTEGER", "1e999"),
        ("INTEGER", "0x10"),
        ("INTEGER", "٧"),
        ("REAL", "1e999"),
        ("REAL", float("-inf")),
        ("BOOLEAN", "2"),
        ("DATETIME", "2025-13-01 10:00:00"),
        ("DATETIME", "0001-01-01 00:00:00+10:00"),
        ("DATETIME", 1751362200),
        ("DATETIME", 2.5),
        ("DATE", "2025-02-29"),
        ("DATE", "tomorrow"),
        ("JSON", "{'a': 1}"),
        ("JSON", "[1e999]"),
        ("JSON", "[" * 100_000),
        ("JSON", "0.1234567890123456"),
    ],
)
def test_what_cannot(declared: str, old: Value) -> None:
    with pytest.raises(Unreadable) as fault:
        read(old, "any.column", declared, ZONES)
    assert str(old)[:40] not in str(fault.value)


@pytest.mark.parametrize(
    ("place", "old", "new", "rule"),
    [
        (LOCAL, "2025-01-01 10:00:00", "2025-01-01 15:00:00", rules.LOCAL_TO_UTC),
        (LOCAL, "2025-07-01 10:00:00.000001", "2025-07-01 14:00:00.000001", rules.LOCAL_TO_UTC),
        (LOCAL, "2025-07-01T10:00:00Z", "2025-07-01 10:00:00", rules.TIME_RESPELLED),
        # The clocks showed 01:30 twice on this day, and 02:30 never on the other.
        (LOCAL, "2025-11-02 01:30:00", "2025-11-02 05:30:00", rules.LOCAL_TO_UTC),
        (LOCAL, "2025-03-09 02:30:00", "2025-03-09 07:30:00", rules.LOCAL_TO_UTC),
        (MIXED, "2025-01-01 10:00:00", "2025-01-01 10:00:00", None),
        (MIXED, "2025-01-01 10:00:00.250000", "2025-01-01 15:00:00.250000", rules.LOCAL_TO_UTC),
        (PLAIN, "2025-01-01 10:00:00.25", "2025-01-01 10:00:00.250000", rules.TIME_RESPELLED),
        (PLAIN, "2025-01-01T10:00", "2025-01-01 10:00:00", rules.TIME_RESPELLED),
        (PLAIN, 20250101, "2025-01-01 00:00:00", rules.TIME_RESPELLED),
        (PLAIN, "", None, rules.BLANK_TO_NULL),
    ],
)
def test_moments(place: str, old: Value, new: Value, rule: object) -> None:
    assert read(old, place, "DATETIME", ZONES) == (new, rule)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_every_moment_that_the_old_server_wrote_is_found(moment: datetime) -> None:
    local = moment.astimezone(ZONES.program)
    if local.fold:
        return  # the second of two, which is taken for the first
    written = local.replace(tzinfo=None).isoformat(" ")
    assert read(written, LOCAL, "DATETIME", ZONES)[0] == timestamp.stored(moment)
