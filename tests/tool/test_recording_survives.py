"""A test worker is killed while its case is being recorded: no golden is lost or changed.

What else can go wrong in a recording is in `test_recording_faults.py`.
"""

import os
import subprocess
import sys
from pathlib import Path

from diary import Diary, second_sqlite, write_diary

from migration.db.server import RunningServer
from migration.evidence.inputs import PACKAGE
from migration.evidence.suite import packaged_suite
from migration.replay.commands import accept, record
from migration.testing import PLUGINS

# Recorders are started with a hash seed each; what plays cases in the worker itself has none.
KILL = 'if what == "none" and os.environ.get("PYTHONHASHSEED") == "2": os.kill(os.getppid(), 9)'
CASES = """
GET /odd/<what>:
  cases:
    - name: ends the worker
      kind: branch
      steps: [{as: ann, GET: /odd/none, expect: 200}]
"""


def replay(diary: Diary, server: RunningServer) -> subprocess.CompletedProcess[str]:
    """Replay every case of the diary on the reference, in two workers."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    inherited.pop("PYTHONHASHSEED", None)
    plugins = [part for plugin in PLUGINS for part in ("-p", plugin)]
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-n", "2", "-k", "test_reference"),
            *("-p", "no:randomly", "-c", str(PACKAGE / "suites" / "pytest.ini"), "--noconftest"),
            *(*plugins, f"--migration-config={diary.root / 'migration.toml'}"),
            *(f"--rootdir={diary.root}", f"--basetemp={diary.root.parent / 'pytest'}"),
            str(packaged_suite("replay")),
        ],
        cwd=diary.root,
        env=inherited | {"PYTHONPATH": str(PACKAGE.parent), "TEST_DATABASE_URL": server.url()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_killed_worker_costs_no_golden(tmp_path: Path, server: RunningServer) -> None:
    diary = write_diary(tmp_path / "diary")
    record(diary.config, candidate=second_sqlite)
    accept(diary.config, [], "first", "ann", new=True)
    before = diary.goldens()
    assert replay(diary, server).returncode == 0

    diary.edit(
        diary.app, '        if what == "number":', f'        {KILL}\n        if what == "number":'
    )
    diary.write_cases(CASES, domain="odd")
    ended = replay(diary, server)
    assert ended.returncode == 1, ended.stdout
    assert "crashed while running" in ended.stdout
    assert "test_reference[GET /odd/<what>: ends the worker]" in ended.stdout
    assert f"1 failed, {len(before) - 1} passed" in ended.stdout
    assert diary.goldens() == before
