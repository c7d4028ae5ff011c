"""Goldens on disk: names that no two cases share, bytes that nobody edits unseen."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration.replay.canonical import Real, Tree, read, tree_of, write, write_line
from migration.replay.cases import Case
from migration.replay.errors import GoldenError
from migration.replay.goldens import (
    Goldens,
    case_id_of,
    check_names,
    digest,
    golden_bytes,
    golden_name,
    golden_tree,
)
from migration.replay.manifest import FILE_NAME, REMOVED, Entry, Manifest, problems

TODAY = datetime(2026, 2, 4, tzinfo=UTC)
CASE = Case("wellbeing", "POST /api/mood/log", "success", "success", (), Path("wellbeing.yaml"))


def named(route: str, name: str = "success") -> Case:
    return replace(CASE, route=route, name=name)


def entry(data: bytes, reason: str = "first") -> Entry:
    return Entry.made(digest=digest(data), replaced=None, author="ann", reason=reason, now=TODAY)


def accepted(folder: Path, case: Case, data: bytes) -> None:
    """Put a golden and its line in place."""
    path = folder / golden_name(case)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    Manifest.of(folder).with_entries({golden_name(case): entry(data)}).write(folder)


def test_a_name_can_be_read() -> None:
    assert golden_name(CASE) == "wellbeing/POST api.mood.log ~ success.json"
    case = named("GET /api/mood/<int:id>", "invalid: too high")
    assert golden_name(case) == "wellbeing/GET api.mood.{int;id} ~ invalid; too high.json"


@pytest.mark.parametrize("rule", ["/", "//", "/a.b", "/a/b", "/ab", "/a:b", "/a;b", "/a%2Eb"])
def test_rules_that_look_alike_have_names_of_their_own(rule: str) -> None:
    names = {golden_name(named(f"GET {other}")) for other in ("/a/b", "/ab", "/a:b", "/a<b", rule)}
    assert len(names) == len({"/a/b", "/ab", "/a:b", "/a<b", rule})


@given(rule=st.text(st.characters(exclude_categories=["Cs"])), name=st.text(min_size=1))
def test_a_name_is_turned_back_into_its_case(rule: str, name: str) -> None:
    name = name.encode(errors="ignore").decode() or "x"
    case = named(f"GET /{rule}", name)
    encoded = golden_name(case)
    assert case_id_of(encoded) == case.id
    assert "/" not in encoded.removeprefix("wellbeing/")
    assert encoded.isascii()


def test_names_that_differ_in_capitals_alone_are_refused() -> None:
    with pytest.raises(GoldenError, match="ignores capitals"):
        check_names([named("GET /api/Mood"), named("GET /api/mood")])
    with pytest.raises(GoldenError, match="too long"):
        check_names([named("GET /api/mood", "x" * 250)])
    check_names([named("GET /api/mood"), named("POST /api/mood")])


def test_a_golden_is_read_as_it_was_accepted(tmp_path: Path) -> None:
    tree = golden_tree(CASE, {"exchanges": [{"answer": {"status": 201}}]})
    accepted(tmp_path, CASE, golden_bytes(tree))
    assert Goldens(tmp_path).read(golden_name(CASE)) == tree
    assert Goldens(tmp_path).read(golden_name(named("GET /b"))) is None
    assert Goldens(tmp_path).names() == [golden_name(CASE)]


def test_a_golden_edited_by_hand_fails_by_its_name(tmp_path: Path) -> None:
    accepted(tmp_path, CASE, b'{"status": 201}')
    (tmp_path / golden_name(CASE)).write_bytes(b'{"status": 200}')
    with pytest.raises(GoldenError, match="POST /api/mood/log: success") as caught:
        Goldens(tmp_path).read(golden_name(CASE))
    assert "edited by hand" in str(caught.value)


def problems_of(folder: Path) -> list[str]:
    digests = {name: digest((folder / name).read_bytes()) for name in Goldens(folder).names()}
    return problems(folder, digests)


def test_the_manifest_vouches_for_every_golden(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == []
    accepted(tmp_path, CASE, b"{}")
    accepted(tmp_path, named("GET /a"), b"[]")
    assert problems_of(tmp_path) == []
    (tmp_path / golden_name(CASE)).write_bytes(b"{ }")
    (tmp_path / golden_name(named("GET /a"))).unlink()
    (tmp_path / golden_name(named("GET /b"))).write_bytes(b"{}")
    assert problems_of(tmp_path) == [
        "wellbeing/GET a ~ success.json: the file is gone",
        "wellbeing/GET b ~ success.json: was never accepted",
        "wellbeing/POST api.mood.log ~ success.json: was edited by hand after it was accepted",
    ]


def test_a_manifest_edited_by_hand_is_told(tmp_path: Path) -> None:
    accepted(tmp_path, CASE, b"{}")
    file = tmp_path / FILE_NAME
    file.write_text(file.read_text().replace("first", "another reason"))
    assert problems_of(tmp_path) == [
        "MANIFEST: was edited by hand, its first line does not fit the rest"
    ]
    file.write_text("goldens 1234\nno entry\n")
    with pytest.raises(GoldenError, match="is no entry"):
        Manifest.of(tmp_path)


def test_a_manifest_survives_being_written_and_read(tmp_path: Path) -> None:
    first = entry(b"{}", "two\nlines\tand a tab")
    gone = replace(entry(b""), digest=REMOVED, replaced=digest(b"{}"))
    Manifest.of(tmp_path).with_entries({"a/b.json": first, "a/c.json": gone}).write(tmp_path)
    read = Manifest.of(tmp_path)
    assert read.entries == {"a/b.json": first, "a/c.json": gone}
    assert read.claimed == read.hash
    assert first.reason == "two lines and a tab"


def test_two_branches_that_accept_something_conflict(tmp_path: Path) -> None:
    accepted(tmp_path, named("GET /m"), b"{}")
    base = Manifest.of(tmp_path)
    for branch, route in (("ours", "GET /a"), ("theirs", "GET /z")):
        base.with_entries({golden_name(named(route)): entry(b"[]")}).write(tmp_path / branch)
    merged = subprocess.run(
        ["git", "merge-file", "-p", "ours/MANIFEST", "MANIFEST", "theirs/MANIFEST"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert merged.returncode > 0
    assert merged.stdout.startswith("<<<<<<<")


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats().map(tree_of) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


@given(TREES)
def test_a_tree_survives_being_written_and_read(tree: Tree) -> None:
    for text in (write(tree), write_line(tree)):
        assert write(read(text)) == write(tree)
    assert "\n" not in write_line(tree).replace("\\n", "")
    write(tree).encode()


@pytest.mark.parametrize(
    "number", ["7", "7.0", "7.00", "-0.0", "1e3", "1E+3", "0.1", "9007199254740993"]
)
def test_the_text_of_a_number_is_kept(number: str) -> None:
    assert write_line(read(number)) == number


def test_keys_are_sorted_and_nesting_is_shown() -> None:
    tree: Tree = {"b": [1, {"c": Real("1.0")}], "a": {}, "d": []}
    assert write(tree) == (
        '{\n  "a": {},\n  "b": [\n    1,\n    {\n      "c": 1.0\n    }\n  ],\n  "d": []\n}\n'
    )
