"""Recording: what it refuses, and that nothing that goes wrong can cost a golden."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from diary import Diary, other_greeting, second_sqlite, write_diary

from migration.errors import UsageError
from migration.replay.commands import Recorded, accept, record
from migration.replay.pending import waiting
from migration.replay.record import Outcome
from migration.replay.recorders import Recorders

ODD = """
GET /odd/<what>:
  cases:
    - name: missing
      steps: [{as: ann, GET: /odd/missing, expect: 200}]
    - name: error
      steps: [{as: ann, GET: /odd/error, expect: 200}]
    - name: declared error
      steps: [{as: ann, GET: /odd/error, expect: 500}]
    - name: wrong kind
      kind: wrong-role
      steps: [{as: ann, GET: /odd/missing, expect: 404}]
    - name: success
      kind: success
      steps: [{as: ann, GET: /odd/none, expect: 200}]
    - name: token
      steps: [{as: ann, GET: /odd/token, expect: 200}]
    - name: token with a reason
      masked: {answer.json: "the token is the whole answer"}
      steps: [{as: ann, GET: /odd/token, expect: 200}]
    - name: token that is used
      steps:
        - {as: ann, GET: /odd/token, expect: 200, capture: {token: token}}
        - {as: ann, GET: "/odd/none?{token}", expect: 200}
    - name: useless masks
      masked: {answer.json: "for no reason"}
      durations: {answer.json.seconds: "measured"}
      steps: [{as: ann, GET: /odd/none, expect: 200}]
    - name: number
      steps: [{as: ann, GET: /odd/number, expect: 200}]
    - name: order
      steps: [{as: ann, GET: /odd/order, expect: 200}]
    - name: took
      steps: [{as: ann, GET: /odd/took, expect: 200}]
    - name: took, declared
      masked: {answer.json: "there is nothing else"}
      durations: {answer.json.ms: "measured"}
      steps: [{as: ann, GET: /odd/took, expect: 200}]
    - name: nothing to capture
      steps: [{as: ann, GET: /odd/none, expect: 200, capture: {id: entries.0.id}}]
GET /entries/<int:entry>:
  cases:
    - name: not in the table
      kind: success
      steps: [{as: ann, GET: /entries/1, expect: 200}]
POST /entries:
  cases:
    - name: undeclared table
      kind: success
      steps: [{as: ann, POST: /entries, json: {text: "x"}, expect: 201}]
"""
ODD_ROUTES = """
GET /odd/<what>: {domain: odd, auth: any, status: 200, keys: [entries, total],
                  writes: [diary.share]}
POST /entries: {domain: odd, auth: any, status: 201, writes: [diary.entry]}
"""
UNTIL_ENDED = 15


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return write_diary(tmp_path / "diary")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What came of recording a diary whose cases and routes are at odds with it."""
    diary = write_diary(tmp_path_factory.mktemp("odd") / "diary")
    diary.write_cases(ODD)
    (diary.root / "routes.yaml").write_text(ODD_ROUTES, "utf-8")
    run = recorded(diary)
    assert {one.case for one in waiting(diary.config)} == {one.case.id for one in run.waiting}
    assert diary.goldens() == {}
    return {outcome.case.name: outcome for outcome in run.outcomes}


def recorded(diary: Diary, *names: str) -> Recorded:
    return record(diary.config, names, candidate=second_sqlite)


def one_odd(what: str) -> str:
    steps = f"[{{as: ann, GET: /odd/{what}, expect: 200}}]"
    return f"GET /odd/<what>:\n  cases:\n    - {{name: odd, steps: {steps}}}\n"


def test_a_run_leaves_what_it_recorded_waiting_and_writes_no_golden(diary: Diary) -> None:
    run = recorded(diary)
    assert str(run) == "0 unchanged, 6 to accept, 0 failed"
    assert {one.case for one in waiting(diary.config)} == {case.id for case in diary.cases}
    assert diary.goldens() == {}


def test_a_golden_holds_answer_rows_and_mail_with_tokens(diary: Diary) -> None:
    recorded(diary, "POST /entries: written, then read")
    accept(diary.config, ["*"], "first", "ann")
    (golden,) = [data.decode() for name, data in diary.goldens().items() if name != "MANIFEST"]
    for line in (
        '"id": "⟦int id#1 entry⟧"',
        '"made": "⟦now+0 %Y-%m-%d %H:%M:%S⟧"',
        '"text": "Entry ⟦id#1 entry⟧: /share/⟦secret#1 hex32⟧"',
        '"key": "⟦secret#1 hex32⟧"',
        '"path": "/entries/⟦id#1 entry⟧"',
    ):
        assert line in golden


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("missing", "request 1 answered 404, expected 200"),
        ("error", "request 1 answered 500, expected 200"),
        ("wrong kind", "a case of the kind wrong-role may not answer 404"),
        ("success", "an empty list is no success"),
        ("success", "the answer lacks 'total'"),
        ("success", "nothing changed in diary.share"),
        ("not in the table", "GET /entries/<int:entry> is not in the table of routes"),
        ("undeclared table", "wrote diary.share, which is not declared"),
        ("token", "nothing but tokens is left of answer.json"),
        ("useless masks", "answer.json is listed under `masked` and is not hidden"),
        ("useless masks", "answer.json.seconds is listed under `durations` and is not there"),
        ("number", "exchanges[0].answer.json.n"),
        ("order", "exchanges[0].answer.json.words["),
        ("took", "exchanges[0].answer.json.ms"),
        ("nothing to capture", "request 1 has nothing to capture as 'id'"),
    ],
)
def test_a_recording_is_refused(case: str, why: str, odd: dict[str, Outcome]) -> None:
    assert odd[case].state == "failed"
    assert why in odd[case].report
    assert odd[case].case.id in odd[case].report


@pytest.mark.parametrize(
    "case", ["declared error", "token with a reason", "token that is used", "took, declared"]
)
def test_what_is_declared_with_a_reason_may_be_accepted(case: str, odd: dict[str, Outcome]) -> None:
    assert odd[case].state == "pending", odd[case].report


def test_a_candidate_that_disagrees_leaves_nothing_to_accept(diary: Diary) -> None:
    run = record(diary.config, [], candidate=other_greeting)
    (failed,) = run.failed
    assert failed.case.id == "POST /entries: written, then read"
    for line in (
        "POST /entries: written, then read differs from its golden on sqlite: answer.json.greeting",
        'expected  "hello" (text)',
        'got       "goodbye" (text)',
        "SELECT text FROM entry WHERE id = ?",
        "Nothing can be accepted until they agree",
    ):
        assert line in failed.report
    assert failed.case.id not in [one.case for one in waiting(diary.config)]


def test_a_case_that_fails_costs_no_other_and_no_golden(diary: Diary) -> None:
    recorded(diary)
    accept(diary.config, [], "first", "ann", new=True)
    before = diary.goldens()
    diary.write_cases(one_odd("number"), domain="odd")
    diary.edit(diary.app, '"Entry {', '"New entry {')
    run = recorded(diary)
    assert {one.case.id for one in run.failed} == {"GET /odd/<what>: odd"}
    assert len(run.waiting) == 2
    assert diary.goldens() == before


def test_a_filtered_run_leaves_the_rest_alone(diary: Diary) -> None:
    recorded(diary)
    accept(diary.config, [], "first", "ann", new=True)
    before = diary.goldens()
    run = recorded(diary, "GET /entries: *")
    assert {one.case.id for one in run.outcomes} == {
        "GET /entries: success",
        "GET /entries: no-session",
    }
    assert diary.goldens() == before
    with pytest.raises(UsageError, match="no case is named"):
        recorded(diary, "GET /nowhere: *")


def test_a_recording_process_that_dies_costs_one_case(diary: Diary) -> None:
    recorded(diary)
    accept(diary.config, [], "first", "ann", new=True)
    before = diary.goldens()
    diary.write_cases(one_odd("end"), domain="odd")
    diary.edit(diary.app, '"Entry {', '"New entry {')
    run = recorded(diary)
    (failed,) = run.failed
    assert failed.case.id == "GET /odd/<what>: odd"
    assert "the recording process ended with 3" in failed.report
    assert len(run.waiting) == 2
    assert diary.goldens() == before


def test_a_killed_recording_process_is_started_again(diary: Diary) -> None:
    case = diary.case("GET /entries: success")
    with closing(Recorders(diary.config)) as recorders:
        recorders.play(case)
        recorders._running["second"]._process.kill()
        recorders._running["second"]._process.wait()
        with pytest.raises(Exception, match="the recording process ended"):
            recorders.play(case)
        first, second = recorders.play(case)
    assert [first.exchanges[0].status, second.exchanges[0].status] == [200, 200]


def test_recording_processes_end_with_the_one_that_started_them(diary: Diary) -> None:
    script = f"""
import os, sys
from diary import Diary
from pathlib import Path
from migration.replay.recorders import Recorders
diary = Diary(Path({str(diary.root)!r}), {diary.module!r})
recorders = Recorders(diary.config)
recorders.play(diary.case("GET /entries: success"))
print(*[one._process.pid for one in recorders._running.values()], flush=True)
os.kill(os.getpid(), 9)
"""
    path = os.pathsep.join(["tests/tool", *sys.path])
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == -9, ended.stderr
    recorders = [int(pid) for pid in ended.stdout.split()]
    assert len(recorders) == 2
    deadline = time.monotonic() + UNTIL_ENDED
    while any(map(_is_running, recorders)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_is_running, recorders))


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
