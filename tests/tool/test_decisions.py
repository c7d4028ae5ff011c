"""Decisions about values that do not fit: what each rule does, on both sides of the comparison."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from moving import Move

from migration.compare.decided import expected
from migration.compare.values import canonical_sqlite
from migration.copy.errors import PolicyUnknown, RowsRejected
from migration.copy.rules import mending
from migration.policies import RULES, Policies, Policy, policy, suits
from migration.schema.model import LogicalType

MENDED = [
    ("DATETIME", "1700000000", "epoch seconds", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ("DATETIME", "1700000000.5", "epoch seconds",
     datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC)),
    ("DATETIME", "1700000000123", "epoch milliseconds",
     datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)),
    ("DATE", "86400", "epoch seconds", date(1970, 1, 2)),
    ("DATETIME", "'2024-01-01 10:00:00'", "zone +02:00", datetime(2024, 1, 1, 8, tzinfo=UTC)),
    ("DATETIME", "'2024-01-01 10:00:00Z'", "zone +02:00", datetime(2024, 1, 1, 10, tzinfo=UTC)),
    ("DATETIME", "'2024-01-01'", "midnight", datetime(2024, 1, 1, tzinfo=UTC)),
    ("DATE", "'2024-01-01 00:00:00.000'", "midnight", date(2024, 1, 1)),
    ("BOOLEAN", "'Yes'", "boolean words", True),
    ("BOOLEAN", "'off'", "boolean words", False),
    ("DATETIME", "''", "empty is null", None),
    ("TEXT", "'a' || char(0) || 'b'", "remove nul", "ab"),
    ("TEXT", "CAST(x'61ff' AS TEXT)", "replace invalid utf-8", "a�"),
    ("TEXT", "x'c3a9'", "text from blob", "é"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "stored", "rule", "arrived"), MENDED)
def test_a_rule_mends_a_value_and_the_comparison_expects_it(
    move: Move, declared: str, stored: str, rule: str, arrived: object
) -> None:
    move.declare(f"CREATE TABLE t (v {declared}); INSERT INTO t VALUES ({stored})").apply()
    policies = Policies({"t.v": policy([rule])})
    assert move.copy(policies).complete
    assert move.ask("SELECT v FROM t") == [(arrived,)]
    assert move.data(policies=policies).identical
    ((unexpected,),) = move.ask("SELECT v IS NOT NULL FROM t")
    if unexpected and rule != "zone +02:00":
        assert not move.data().identical


def test_a_rule_that_would_lose_something_does_not_apply(move: Move) -> None:
    """A day that is no midnight, a number that 64 bits cannot hold."""
    move.declare("CREATE TABLE t (id INTEGER PRIMARY KEY, day DATE)").apply()
    move.declare("INSERT INTO t VALUES (1, 86401), (2, '2024-01-01 00:00:01')")
    with pytest.raises(RowsRejected) as refusal:
        move.copy(Policies({"t.day": policy(["epoch seconds", "midnight"])}))
    assert [fault.key for fault in refusal.value.rejected] == ["id=1", "id=2"]


def test_rules_are_tried_in_their_order_and_then_comes_the_ending(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME);
        INSERT INTO t VALUES (1, 1700000000), (2, ''), (3, '2024-01-01'), (4, 'soon');
    """).apply()
    policies = Policies(
        {"t.at": policy(["epoch seconds", "empty is null", "midnight", "quarantine"])}
    )
    report = move.copy(policies)
    assert [fault.key for fault in report.rejected] == ["id=4"]
    assert move.ask("SELECT id, at::date FROM t ORDER BY id") == [
        (1, date(2023, 11, 14)), (2, None), (3, date(2024, 1, 1)),
    ]  # fmt: skip
    comparison = move.data(policies=policies)
    assert comparison.identical
    assert str(comparison).endswith("0 differ; 1 in quarantine, not visible to users")


def test_null_takes_the_place_of_what_does_not_fit(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, v TEXT);
        INSERT INTO t VALUES (1, 'x', 'a'), (2, 2, 'b' || char(0)), (3, 3, 'c');
    """).apply()
    policies = Policies({"t.n": policy(["null"]), "t.v": policy(["null"])})
    assert move.copy(policies).complete
    assert move.ask("SELECT * FROM t ORDER BY id") == [(1, None, "a"), (2, 2, None), (3, 3, "c")]
    assert move.data(policies=policies).identical
    assert not move.data().identical


def test_null_is_no_way_out_where_null_is_forbidden(move: Move) -> None:
    move.declare("CREATE TABLE t (n INTEGER NOT NULL); INSERT INTO t VALUES ('x')").apply()
    with pytest.raises(RowsRejected, match="text is stored where an integer belongs"):
        move.copy(Policies({"t.n": policy(["null"])}))


def test_a_key_that_a_rule_makes_equal_is_found(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE);
        INSERT INTO t VALUES (1, 'a'), (2, 'a' || char(0));
    """).apply()
    with pytest.raises(RowsRejected, match=r"t \(id=2\), v: this key is there already"):
        move.copy(Policies({"t.v": policy(["remove nul"])}))


def test_what_a_constraint_refuses_can_be_decided_by_its_name(move: Move) -> None:
    move.declare("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, CONSTRAINT small CHECK (n < 10));
        PRAGMA ignore_check_constraints = ON;
        WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 1000)
        INSERT INTO t SELECT i, i % 12 FROM k WHERE i NOT IN (11, 23) OR i < 20;
    """).apply()
    report = move.copy(Policies({"t.small": policy(["quarantine"])}))
    assert {fault.column for fault in report.rejected} == {"small"}
    ((kept,),) = move.ask("SELECT count(*) FROM t WHERE n < 10")
    ((total,),) = move.sqlite.execute("SELECT count(*) FROM t").fetchall()
    assert kept + len(report.rejected) == total
    assert move.data().identical


UNKNOWN = [
    ({"missing": ["quarantine"]}, "there is no table `missing`"),
    ({"t.missing": ["quarantine"]}, "t has no column or rule `missing`"),
    ({"t.n": ["remove nul"]}, "`remove nul` is no rule for a column of type integer"),
]


@pytest.mark.parametrize(("decisions", "why"), UNKNOWN)
def test_a_decision_without_an_object_is_refused(
    move: Move, decisions: dict[str, list[str]], why: str
) -> None:
    move.declare("CREATE TABLE t (n INTEGER)").apply()
    named = {name: policy(words) for name, words in decisions.items()}
    with pytest.raises(PolicyUnknown, match=why):
        move.copy(Policies(named))


@pytest.mark.parametrize("words", [["quarantine", "fail"], ["guess"], ["zone 2"]])
def test_a_decision_that_says_nothing_known_is_refused(words: list[str]) -> None:
    with pytest.raises(ValueError, match=r"can only come last|there is no rule"):
        policy(words)


NAMES = [name for name in RULES if "HH" not in name] + ["zone +02:00", "zone -05:30"]
STORED = st.one_of(
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False),
    st.floats(0, 2e9).map(lambda number: round(number, 6)),
    st.binary(max_size=4),
    st.text(max_size=8),
    st.datetimes().map(str),
    st.sampled_from(["true", "F", "oN", "2024-01-01", "2024-01-01T00:00", "1E30", "1e400", "-7."]),
    st.sampled_from(["0.1000000000000000055", "a\0b", "\udcff", "1700000000123", "2024-01-01 00:"]),
)


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=2),
    st.sampled_from(list(LogicalType)),
    STORED,
)
@example(["midnight"], LogicalType.DATE, "2024-01-01 00:")
@example(["midnight"], LogicalType.DATE, "2024-01-01 00:00:00.")
def test_two_independent_readings_of_a_rule_agree(
    rules: list[str], type: LogicalType, value: Any
) -> None:
    rules = [rule for rule in rules if suits(rule, type)]
    assume(rules)
    one = canonical_sqlite(mending(rules, type)(value), type)
    other = expected(type, Policy(tuple(rules)))(value)
    unfit = [isinstance(side, str) and side.startswith("\0") for side in (one, other)]
    assert one == other or all(unfit)
