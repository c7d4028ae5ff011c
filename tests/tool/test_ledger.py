"""Receipts and the ledger: what is kept where, and what is noticed when it was tampered with."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migration.db import open_postgres
from migration.errors import LedgerBusy
from migration.evidence.inputs import changes, files
from migration.evidence.judge import State, Status, judge
from migration.evidence.ledger import Entry, Ledger
from migration.evidence.lock import only_run
from migration.evidence.receipt import Chain, Receipt, begin, extend
from migration.evidence.store import FileStore, TargetStore

INPUTS = {"app.py": "sha256:1", "target: PostgreSQL": "18"}
REQUIRED = frozenset({"test_rows"})


def receipt(**changed: Any) -> Receipt:
    """A receipt that proves its step, but for what is changed."""
    values: dict[str, Any] = {
        "step": "data",
        "time": "2026-02-04 10:30:00",
        "counts": ({"passed": 2},),
        "servers": ("18.4",),
        "tests": ("test_rows[pet]", "test_sequences"),
        "failures": {},
        "inputs": INPUTS,
        "versions": {"python": "3.11"},
        "chain_begun_because": None,
    }
    return Receipt(**(values | changed))


def state_of(entry: Entry, *needs: Status, inputs: dict[str, str] = INPUTS) -> tuple[State, str]:
    found = judge("data", entry, inputs=inputs, required=REQUIRED, needs=needs)
    return found.state, found.reason


def proved(entry: Receipt | None = None) -> Entry:
    return Entry(begin(entry or receipt()), None)


@pytest.fixture
def stores(tmp_path: Path, scratch_database: str) -> Iterator[tuple[FileStore, TargetStore]]:
    """The two places of a site receipt."""
    with open_postgres(scratch_database) as connection:
        target = TargetStore(connection)
        target.create()
        yield FileStore(tmp_path / "site"), target


@pytest.fixture
def ledger(stores: tuple[FileStore, TargetStore], tmp_path: Path) -> Ledger:
    """A ledger over both places."""
    site, target = stores
    return Ledger(project=FileStore(tmp_path), site=site, target=target)


def test_a_proved_step_is_done() -> None:
    assert state_of(proved()) == (State.DONE, "")


def test_without_a_receipt_it_is_to_do() -> None:
    assert state_of(Entry(None, None))[0] is State.TODO


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"counts": ()}, "no test was executed"),
        ({"counts": ({"skipped": 2},)}, "no test was executed"),
        ({"counts": ({"passed": 2, "skipped": 1},)}, "not every test passed: 1 skipped"),
        ({"counts": ({"passed": 2, "xfailed": 1},)}, "not every test passed: 1 xfailed"),
        ({"counts": ({"passed": 2, "deselected": 3},)}, "not every test passed: 3 deselected"),
        ({"counts": ({"passed": 2}, {"skipped": 1})}, "no test was executed"),
        ({"failures": {"test_rows": "3 is not 4"}}, "test_rows failed: 3 is not 4"),
        (
            {"tests": ("test_sequences",)},
            "checks of the suite were not executed: test_rows",
        ),
    ],
)
def test_a_receipt_that_proves_nothing_is_a_failure(changed: dict[str, Any], reason: str) -> None:
    assert state_of(proved(receipt(**changed))) == (State.FAILED, reason)


def test_a_changed_file_makes_it_stale_and_is_named() -> None:
    now = {**INPUTS, "app.py": "sha256:2"}
    assert state_of(proved(), inputs=now) == (State.STALE, "app.py changed")


def test_a_changed_fact_is_named_with_both_values() -> None:
    now = {**INPUTS, "target: PostgreSQL": "16"}
    assert state_of(proved(), inputs=now) == (State.STALE, "target: PostgreSQL was 18, is 16")


def test_a_needed_step_that_is_stale_makes_it_stale() -> None:
    need = Status("schema", State.STALE, "schema.sql changed")
    assert state_of(proved(), need) == (State.STALE, "needs schema, which is stale")


def test_appearing_and_vanishing_files_are_changes(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name)
    before = files(tmp_path, [tmp_path])
    (tmp_path / "a.py").unlink()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.py").write_text("c")
    now = files(tmp_path, [tmp_path])
    assert changes(before=before, now=now) == ["a.py is gone", "sub/c.py is new"]


def test_generated_and_hidden_files_are_no_inputs(tmp_path: Path) -> None:
    for name in ("__pycache__/a.pyc", ".migration/audit.json", ".hidden", "kept.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(files(tmp_path, [tmp_path])) == ["kept.py"]


def test_file_and_target_keep_the_same_chain(
    ledger: Ledger, stores: tuple[FileStore, TargetStore]
) -> None:
    ledger.append(receipt(), committed=False)
    ledger.append(receipt(time="2026-02-05 10:30:00"), committed=False)
    here, there = (store.read("data") for store in stores)
    assert here == there
    assert here is not None
    assert [link.time for link in here.links] == ["2026-02-04 10:30:00", "2026-02-05 10:30:00"]
    assert ledger.read("data", committed=False) == Entry(here, None)


def test_a_receipt_edited_by_hand_is_noticed(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append(receipt(failures={"test_rows": "3 is not 4"}), committed=True)
    file = tmp_path / "data.json"
    values = json.loads(file.read_text())
    values["receipt"]["failures"] = {}
    file.write_text(json.dumps(values))
    trouble = ledger.read("data", committed=True).trouble
    assert trouble == "the receipt was edited: its content does not match its hash"


def test_a_broken_chain_is_noticed() -> None:
    chain = extend(begin(receipt()), receipt(time="2026-02-05 10:30:00"))
    cut = Chain(chain.receipt, chain.links[1:])
    assert cut.fault() == "the chain of receipts is broken at the one of 2026-02-05 10:30:00"


def test_a_file_that_is_no_receipt_is_noticed(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text('{"receipt": {"state": "done"}, "links": []}')
    trouble = ledger.read("data", committed=True).trouble
    assert trouble is not None
    assert "it is not what the tool writes" in trouble


def test_a_receipt_in_the_folder_only_is_noticed(
    ledger: Ledger, stores: tuple[FileStore, TargetStore]
) -> None:
    stores[0].write(begin(receipt()))
    trouble = ledger.read("data", committed=False).trouble
    assert trouble == "its receipt is in .migration/site only, not in the target"


def test_a_receipt_in_the_target_only_is_noticed(
    ledger: Ledger, stores: tuple[FileStore, TargetStore]
) -> None:
    stores[1].write(begin(receipt()))
    trouble = ledger.read("data", committed=False).trouble
    assert trouble == "its receipt is in the target only, not in .migration/site"


def test_two_different_receipts_are_noticed(
    ledger: Ledger, stores: tuple[FileStore, TargetStore]
) -> None:
    stores[0].write(begin(receipt()))
    stores[1].write(begin(receipt(tests=("test_rows",))))
    trouble = ledger.read("data", committed=False).trouble
    assert trouble == "its receipts in .migration/site and in the target are not the same"


def test_a_new_proof_heals_the_ledger_and_says_what_was_wrong(
    ledger: Ledger, stores: tuple[FileStore, TargetStore]
) -> None:
    stores[0].write(begin(receipt()))
    ledger.append(receipt(time="2026-02-06 10:30:00"), committed=False)
    entry = ledger.read("data", committed=False)
    assert entry.trouble is None
    assert entry.receipt is not None
    reason = "its receipt is in .migration/site only, not in the target"
    assert entry.receipt.chain_begun_because == reason


def test_a_write_that_fails_leaves_no_half_of_a_receipt(tmp_path: Path) -> None:
    (tmp_path / "data.json").mkdir()
    with pytest.raises(OSError, match=r"data\.json"):
        FileStore(tmp_path).write(begin(receipt()))
    assert [file.name for file in tmp_path.iterdir()] == ["data.json"]


def test_a_second_run_is_told_who_is_at_work(tmp_path: Path) -> None:
    with (
        only_run(tmp_path, command="migration run data"),
        pytest.raises(LedgerBusy, match="`migration run data`, since"),
        only_run(tmp_path, command="migration run schema"),
    ):
        pass
    with only_run(tmp_path, command="migration run schema"):
        pass


def test_the_same_proof_at_another_time_is_the_same() -> None:
    assert receipt().same_proof(replace(receipt(), time="later", versions={"python": "3.13"}))
    assert not receipt().same_proof(replace(receipt(), inputs={"app.py": "sha256:2"}))
