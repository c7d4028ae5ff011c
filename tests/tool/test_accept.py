"""Accepting: the bytes that were recorded, for a reason, unless anything changed since."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from diary import Diary, other_greeting, second_sqlite, write_diary

import migration.suites
from migration.db.server import RunningServer
from migration.errors import UsageError
from migration.replay import pending
from migration.replay.candidate import Candidate
from migration.replay.commands import accept, grouped, record, review
from migration.replay.errors import GoldenError
from migration.replay.goldens import digest, golden_name
from migration.replay.manifest import REMOVED, Manifest
from migration.suites import replay
from migration.testing import PLUGINS
from migration.testing.snapshots import GoldenExtension

READ, WRITTEN = "GET /entries: success", "POST /entries: success"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Diary:
    """A diary with everything recorded and nothing accepted."""
    diary = write_diary(tmp_path_factory.mktemp("recorded") / "diary")
    record(diary.config, candidate=second_sqlite)
    return diary


@pytest.fixture
def diary(recorded: Diary, tmp_path: Path) -> Diary:
    """A copy of it, to be changed."""
    shutil.copytree(recorded.root, tmp_path / "diary")
    return Diary(tmp_path / "diary", recorded.module)


def recorded_again(diary: Diary, *names: str) -> None:
    record(diary.config, names, candidate=second_sqlite)


def waiting(diary: Diary) -> list[str]:
    return [one.case for one in pending.waiting(diary.config)]


def test_exactly_the_recorded_bytes_are_moved(diary: Diary) -> None:
    name = golden_name(diary.case(READ))
    waits = pending.folder_of(diary.config) / name
    data = waits.read_bytes()
    assert accept(diary.config, [READ], "as designed", "ann") == [READ]
    assert diary.goldens()[name] == data
    assert not waits.exists()
    assert READ not in waiting(diary)
    assert WRITTEN in waiting(diary)


def test_the_manifest_says_who_why_and_what_it_replaced(diary: Diary) -> None:
    accept(diary.config, [], "first recording", "ann", new=True)
    before = diary.goldens()[golden_name(diary.case(WRITTEN))]
    diary.edit(diary.app, '"Entry {', '"New entry {')
    recorded_again(diary, WRITTEN)
    accept(diary.config, [WRITTEN], "the mail\nsays new", "bob")
    entries = Manifest.of(diary.config.replay.goldens).entries
    entry = entries[golden_name(diary.case(WRITTEN))]
    assert (entry.author, entry.reason, entry.replaced) == (
        "bob",
        "the mail says new",
        digest(before),
    )
    assert entries[golden_name(diary.case(READ))].author == "ann"


def test_without_a_reason_nothing_is_accepted(diary: Diary) -> None:
    with pytest.raises(UsageError, match="no reason"):
        accept(diary.config, [READ], "  ", "ann")
    assert diary.goldens() == {}


def test_a_name_under_which_nothing_waits_is_refused(diary: Diary) -> None:
    with pytest.raises(GoldenError, match="nothing waits under this name"):
        accept(diary.config, [READ, "GET /nowhere: success"], "why not", "ann")
    assert diary.goldens() == {}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("migration.toml", "migration.toml changed"),
        ("cases/diary.yaml", "cases/diary.yaml changed"),
        ("{module}.py", "{module}.py changed"),
        ("{module}_seed.py", "{module}_seed.py changed"),
    ],
)
def test_an_input_that_changed_since_is_refused(changed: str, told: str, diary: Diary) -> None:
    with (diary.root / changed.format(module=diary.module)).open("a", encoding="utf-8") as file:
        file.write("\n# one more line\n")
    with pytest.raises(GoldenError, match=told.format(module=diary.module)):
        accept(diary.config, [READ], "as designed", "ann")
    assert diary.goldens() == {}


def test_the_cases_of_another_domain_are_no_input(diary: Diary) -> None:
    diary.write_cases("GET /odd/<what>:\n  cases: []\n", domain="odd")
    assert accept(diary.config, [READ], "as designed", "ann") == [READ]


def test_a_golden_that_changed_since_is_refused(diary: Diary) -> None:
    accept(diary.config, [], "first recording", "ann", new=True)
    diary.edit(diary.app, '"Entry {', '"New entry {')
    recorded_again(diary, WRITTEN)
    golden = diary.config.replay.goldens / golden_name(diary.case(WRITTEN))
    golden.write_bytes(golden.read_bytes() + b"\n")
    with pytest.raises(GoldenError, match="the golden it replaces has changed since"):
        accept(diary.config, [WRITTEN], "as designed", "ann")


def test_pending_bytes_that_were_edited_are_refused(diary: Diary) -> None:
    waits = pending.folder_of(diary.config) / golden_name(diary.case(READ))
    waits.write_bytes(waits.read_bytes().replace(b"200", b"201"))
    with pytest.raises(GoldenError, match="the pending file was edited"):
        accept(diary.config, [READ], "as designed", "ann")


def test_one_that_is_out_of_date_holds_back_all(diary: Diary) -> None:
    waits = pending.folder_of(diary.config) / golden_name(diary.case(WRITTEN))
    waits.write_bytes(b"{}")
    with pytest.raises(GoldenError):
        accept(diary.config, ["*"], "as designed", "ann")
    assert diary.goldens() == {}
    assert READ in waiting(diary)


def test_new_means_cases_that_had_no_golden(diary: Diary) -> None:
    accept(diary.config, [WRITTEN], "first", "ann")
    diary.edit(diary.app, '"Entry {', '"New entry {')
    recorded_again(diary)
    accepted = accept(diary.config, [], "the rest", "ann", new=True)
    assert READ in accepted
    assert waiting(diary) == [WRITTEN]


def test_a_golden_is_removed_only_after_a_full_recording(diary: Diary) -> None:
    accept(diary.config, [], "first", "ann", new=True)
    name = golden_name(diary.case(READ))
    text = (diary.root / "cases" / "diary.yaml").read_text("utf-8")
    diary.write_cases(text.partition("GET /entries:")[0])
    with pytest.raises(GoldenError, match=r"cases/diary.yaml changed"):
        accept(diary.config, [], "gone", "ann", removed=True)
    recorded_again(diary, "POST /entries: *")
    with pytest.raises(GoldenError, match=r"cases/diary.yaml changed"):
        accept(diary.config, [], "gone", "ann", removed=True)
    assert name in diary.goldens()
    recorded_again(diary)
    gone = accept(diary.config, [], "gone", "ann", removed=True)
    assert gone == ["GET /entries: no-session", READ]
    assert name not in diary.goldens()
    assert Manifest.of(diary.config.replay.goldens).entries[name].digest == REMOVED


def test_a_full_recording_with_a_failure_removes_nothing(diary: Diary) -> None:
    accept(diary.config, [], "first", "ann", new=True)
    diary.write_cases("GET /entries:\n  request: {as: ann}\n  expect: 201\n")
    recorded_again(diary)
    before = diary.goldens()
    with pytest.raises(GoldenError, match="not a full one without failures"):
        accept(diary.config, [], "gone", "ann", removed=True)
    assert diary.goldens() == before


def test_a_review_asks_once_for_what_changes_alike(diary: Diary) -> None:
    accept(diary.config, [], "first", "ann", new=True)
    diary.edit(diary.app, '"Entry {', '"New entry {')
    recorded_again(diary)
    (change,) = grouped(pending.waiting(diary.config))
    assert "effects[].text: another value" in change[0]
    asked: list[str] = []

    def answers(question: str) -> str:
        asked.append(question)
        return "the mail says new"

    assert review(diary.config, "ann", ask=lambda _: "") == []
    assert len(waiting(diary)) == 2
    assert len(review(diary.config, "ann", ask=answers)) == 2
    assert len(asked) == 1
    assert waiting(diary) == []


def test_syrupy_may_neither_write_nor_delete(diary: Diary) -> None:
    extension = GoldenExtension.below(diary.config.replay.goldens)()
    with pytest.raises(GoldenError, match="never writes or deletes"):
        extension.delete_snapshots(snapshot_location="a", snapshot_names={"a"})
    assert not list(extension.discover_snapshots(test_location=None))


def test_an_update_run_changes_no_golden_and_passes_no_test(
    diary: Diary, server: RunningServer
) -> None:
    accept(diary.config, [], "first", "ann", new=True)
    before = diary.goldens()
    diary.edit(diary.app, '"made": now}, 201', '"made": now[:10]}, 201')
    suite = Path(migration.suites.__file__).parent
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider"),
            *(part for plugin in PLUGINS for part in ("-p", plugin)),
            *("-c", suite / "pytest.ini", f"--rootdir={diary.root}"),
            f"--migration-config={diary.root / 'migration.toml'}",
            *("-k", "test_reference", "--snapshot-update", suite / "replay.py"),
        ],
        env={
            **os.environ,
            "TEST_DATABASE_URL": server.url(),
            "PYTHONPATH": str(suite.parents[1]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "2 failed, 4 passed" in run.stdout
    assert f"{WRITTEN} differs from its golden on sqlite: answer.json.made" in run.stdout
    assert diary.goldens() == before


KNOWN = """
[[difference]]
name = "greeting"
case = "POST /entries: written, then read"
field = "answer.json.greeting"
reason = "one engine says hello, the other goodbye"
until = {until}
"""


@pytest.mark.parametrize(
    ("until", "candidate", "fault"),
    [
        ("9999-12-31", other_greeting, None),
        ("9999-12-31", second_sqlite, "no longer differs"),
        ("2020-01-01", other_greeting, "its day, 2020-01-01, is past"),
    ],
)
def test_a_known_difference_must_be_in_date_and_true(
    until: str, candidate: Candidate, fault: str | None, diary: Diary
) -> None:
    accept(diary.config, [], "first", "ann", new=True)
    (diary.root / "known_differences.toml").write_text(KNOWN.format(until=until), "utf-8")
    with candidate(diary.config) as player:
        if fault is None:
            replay.test_known_differences(diary.config, player)
        else:
            with pytest.raises(AssertionError, match=fault):
                replay.test_known_differences(diary.config, player)
