"""Checks of the step `replay`: every case shows what its golden holds, on both engines.

A module that takes these over may set `DOMAIN` to replay the cases of one domain. The reference
guards the application against an accidental change, the candidate guards the move.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion

from migration.config import Config
from migration.config_file import load as load_config
from migration.replay import manifest
from migration.replay.cases import Case, load
from migration.replay.explain import explain
from migration.replay.goldens import Goldens, check_names, golden_name, shown
from migration.replay.known import KnownDifference, load_known
from migration.replay.match import match
from migration.replay.paths import field_of
from migration.replay.play import Player
from migration.testing.players import OnDemand
from migration.testing.snapshots import Played

CASES = pytest.StashKey[list[Case]]()
# Whether every statement was executed is judged when all workers are done: `testing/sent.py`.
AT_THE_END = ("test_sql_coverage",)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask for each case by its id, so that a run can be filtered by it."""
    if "case" in metafunc.fixturenames:
        cases = _cases(metafunc.config, getattr(metafunc.module, "DOMAIN", None))
        metafunc.parametrize("case", cases, ids=[case.id for case in cases])


def test_reference(
    case: Case, reference: Player, golden: SnapshotAssertion, recording: OnDemand
) -> None:
    """SQLite still shows what was recorded on SQLite."""
    played = Played(case, reference.play(case))
    _assert_golden(played, golden, recording)


def test_candidate(
    case: Case,
    candidate: Player,
    golden: SnapshotAssertion,
    recording: OnDemand,
    migration_config: Config,
) -> None:
    """PostgreSQL shows what was recorded on SQLite."""
    known = load_known(migration_config.replay.known_differences)
    _assert_golden(Played(case, candidate.play(case), tuple(known)), golden, recording)


def test_manifest(migration_config: Config, golden_digests: Mapping[str, str]) -> None:
    """Every golden is the one that was accepted; the message names those that are not."""
    assert manifest.problems(migration_config.replay.goldens, golden_digests) == []


def test_no_unused_goldens(pytestconfig: pytest.Config, golden_digests: Mapping[str, str]) -> None:
    """A golden without a case is replayed by nobody."""
    wanted = {golden_name(case) for case in _cases(pytestconfig, None)}
    unused = sorted(golden_digests.keys() - wanted)
    assert not unused, "remove them with `python -m migration accept --removed`, after `record`"


def test_known_differences(migration_config: Config, candidate: Player) -> None:
    """Each excused difference is in date, belongs to a case, and is still there."""
    replay = migration_config.replay
    known = load_known(replay.known_differences)
    cases = {case.id: case for case in load(replay.cases)} if known else {}
    today = datetime.now(UTC).date()
    faults = []
    for entry in known:
        case = cases.get(entry.case)
        if entry.until < today:
            faults.append(f"{entry.name}: its day, {entry.until}, is past")
        elif case is None:
            faults.append(f"{entry.name}: there is no case {entry.case}")
        else:
            faults += _no_longer_true(entry, case, candidate, Goldens(replay.goldens))
    assert faults == []


def _assert_golden(played: Played, golden: SnapshotAssertion, recording: OnDemand) -> None:
    if played != golden(name=golden_name(played.case)):
        pytest.fail(_report(played, recording), pytrace=False)


def _report(played: Played, recording: OnDemand) -> str:
    """Say what differs, after recording the case to find out what may be done about it."""
    golden = recording.goldens.read(golden_name(played.case))
    outcome = recording.record(played.case)
    if golden is None:
        return f"{played.case.id} has no golden\n\n{outcome.report}"
    return explain(
        played.case,
        played.differences(golden),
        played.observation,
        reference=outcome.reference if played.observation.engine != "sqlite" else None,
        after=outcome.report,
    )


def _cases(config: pytest.Config, domain: str | None) -> list[Case]:
    if CASES not in config.stash:
        path = config.getoption("migration_config") or config.rootpath / "migration.toml"
        every = load(load_config(path).replay.cases)
        check_names(every)
        config.stash[CASES] = every
    cases = [case for case in config.stash[CASES] if domain in (None, case.domain)]
    if not cases:
        # Without a case pytest would skip the checks, and a skip proves nothing.
        raise pytest.UsageError(f"there are no cases to replay of {domain or 'any domain'}")
    return cases


def _no_longer_true(
    entry: KnownDifference, case: Case, candidate: Player, goldens: Goldens
) -> list[str]:
    found = match(shown(goldens.read(golden_name(case))), candidate.play(case))
    if entry.field in {field_of(difference.path) for difference in found}:
        return []
    return [f"{entry.name}: {entry.field} no longer differs; take the entry away"]
