"""Comparison: type-exact, and an order that differs told apart from data that differ."""

from datetime import date
from pathlib import Path

import pytest

from migration.replay.canonical import Real, Tree
from migration.replay.cases import Case
from migration.replay.compare import Difference, compare
from migration.replay.errors import CaseFileError
from migration.replay.known import KnownDifference, load_known, unexcused

DISTINCT = [None, True, False, 1, 0, Real("1.0"), Real("1.00"), "1", "", "true", "null", [], {}]


@pytest.mark.parametrize("one", range(len(DISTINCT)))
@pytest.mark.parametrize("other", range(len(DISTINCT)))
def test_values_that_look_alike_are_different(one: int, other: int) -> None:
    found = compare({"a": DISTINCT[one]}, {"a": DISTINCT[other]})
    assert bool(found) == (one != other)
    assert [difference.path for difference in found] in ([], ["a"])


@pytest.mark.parametrize(
    ("expected", "actual", "kind"),
    [
        (1, 2, "value"),
        ("", "x", "value"),
        (1, Real("1.0"), "type"),
        (7, "7", "type"),
        (True, 1, "type"),
        (None, "", "type"),
        ([1, 2, 3], [3, 1, 2], "order"),
        ([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}], "order"),
        ([1, 2], [1, 3], "value"),
        ([1], {"0": 1}, "type"),
    ],
)
def test_the_kind_of_a_difference(expected: Tree, actual: Tree, kind: str) -> None:
    assert [found.kind for found in compare(expected, actual)] == [kind]


def test_keys_that_are_missing_or_extra_are_named() -> None:
    found = compare({"a": 1, "b": None, "deep": {"x": 1}}, {"a": 1, "c": None, "deep": {}})
    assert [(one.path, one.kind) for one in found] == [
        ("b", "missing"),
        ("deep.x", "missing"),
        ("c", "extra"),
    ]


def test_items_that_are_missing_or_extra_are_named() -> None:
    assert [(one.path, one.kind) for one in compare([1, 2, 3], [1, 3])] == [("[1]", "missing")]
    assert [(one.path, one.kind) for one in compare([1, 3], [1, 2, 3])] == [("[1]", "extra")]


def test_a_deep_difference_is_named_where_it_is() -> None:
    expected: Tree = {"logs": [{"id": 1, "tags": ["a", "b"]}, {"id": 2, "tags": []}]}
    actual: Tree = {"logs": [{"id": 1, "tags": ["b", "a"]}, {"id": 2, "tags": []}]}
    assert compare(expected, actual) == [
        Difference("logs[0].tags", "order", ["a", "b"], ["b", "a"])
    ]


def test_equal_items_are_not_counted_twice() -> None:
    assert [found.kind for found in compare([1, 1, 2], [1, 2, 2])] == ["value"]


def test_rows_are_a_set() -> None:
    rows: Tree = [{"id": 1}, {"id": 2}]
    place = {"exchanges": [{"rows": {"main.mood": {"inserted": rows}}}]}
    turned = {"exchanges": [{"rows": {"main.mood": {"inserted": [*reversed(rows)]}}}]}
    assert compare(place, turned) == []


def test_long_lists_are_compared_by_position() -> None:
    numbers: Tree = list(range(1000))
    assert compare(numbers, numbers) == []
    assert compare(numbers, [*numbers[1:], 0])[0] == Difference("[0]", "value", 0, 1)


CASE = Case("odd", "GET /a", "success", "success", (), Path("odd.yaml"))
ENTRY = """
[[difference]]
name = "rank"
case = "GET /a: success"
field = "answer.json.results[].rank"
reason = "ranked by another formula"
until = 2026-06-30
"""


def test_a_known_difference_excuses_one_field_of_one_case(tmp_path: Path) -> None:
    file = tmp_path / "known_differences.toml"
    file.write_text(ENTRY, "utf-8")
    known = load_known(file)
    assert known == [
        KnownDifference(
            "rank",
            "GET /a: success",
            "answer.json.results[].rank",
            "ranked by another formula",
            date(2026, 6, 30),
        )
    ]
    rank = Difference("exchanges[0].answer.json.results[3].rank", "value", 1, 2)
    name = Difference("exchanges[0].answer.json.results[3].name", "value", "a", "b")
    assert unexcused(CASE, [rank, name], known) == [name]
    other = Case("odd", "GET /a", "branch", "branch", (), Path("odd.yaml"))
    assert unexcused(other, [rank], known) == [rank]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('reason = "ranked by another formula"\n', ""),
        ('reason = "ranked by another formula"', 'reason = ""'),
        ("until = 2026-06-30", 'until = "later"'),
        ("until = 2026-06-30", "until = 2026-06-30\nengine = 'postgres'"),
        ("[[difference]]", "[[difference"),
    ],
)
def test_an_incomplete_entry_is_refused(old: str, new: str, tmp_path: Path) -> None:
    file = tmp_path / "known_differences.toml"
    file.write_text(ENTRY.replace(old, new), "utf-8")
    with pytest.raises(CaseFileError):
        load_known(file)


def test_without_a_file_nothing_is_excused(tmp_path: Path) -> None:
    assert load_known(tmp_path / "known_differences.toml") == []
