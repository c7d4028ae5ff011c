"""The two recording processes, seen from whoever needs them; the other end is `recorder.py`.

They start at the first case and live until `close`. One that dies is started again for the next
case; the case at hand fails and nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import migration
from migration.config import Config
from migration.replay.canonical import read, write_line
from migration.replay.cases import Case
from migration.replay.errors import RecorderEnded, RecordingRefused
from migration.replay.observation import Observation, unpack

_HASH_SEEDS = {"first": "1", "second": "2"}
_SHOWN_OF_ERRORS = 4000
_SECONDS_TO_END = 15


class Recorders:
    """Both recording processes, started when they are first needed."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._running: dict[str, _Recorder] = {}

    def play(self, case: Case) -> tuple[Observation, Observation]:
        """Return what both processes saw, recorded at the same time.

        Raises `RecordingRefused` when the case could not be played, `RecorderEnded` when a process
        died over it.
        """
        recorders = [self._recorder(role) for role in _HASH_SEEDS]
        try:
            for recorder in recorders:
                recorder.ask(case)
            first, second = [recorder.answer(case) for recorder in recorders]
        except BaseException:
            # An answer that nobody fetched would be taken for that of the next case.
            self.close()
            raise
        return _observed(case, first), _observed(case, second)

    def close(self) -> None:
        """End both processes."""
        for recorder in self._running.values():
            recorder.close()
        self._running.clear()

    def _recorder(self, role: str) -> _Recorder:
        if role not in self._running:
            self._running[role] = _Recorder(self._config, role)
        return self._running[role]


class _Recorder:
    """One recording process."""

    def __init__(self, config: Config, role: str) -> None:
        self._errors = TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "migration.replay.recorder", str(config.path), role],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(_HASH_SEEDS[role]),
            encoding="utf-8",
        )

    def ask(self, case: Case) -> None:
        """Send the name of a case."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(write_line(case.id) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._ended(case) from error

    def answer(self, case: Case) -> Any:
        """Wait for the answer to the case that was asked last."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.endswith("\n"):
            raise self._ended(case)
        return read(line)

    def close(self) -> None:
        """Let the process end, and make it when it does not."""
        self._end()
        self._errors.close()

    def _end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ended(self, case: Case) -> RecorderEnded:
        self._end()
        self._errors.seek(0)
        errors = self._errors.read().decode(errors="replace")[-_SHOWN_OF_ERRORS:].strip()
        return RecorderEnded(
            f"recording {case.id}",
            f"the recording process ended with {self._process.returncode}\n{errors}".strip(),
            "play the case alone; when it ends the process again, mend what it asks for",
        )


def _observed(case: Case, answer: Any) -> Observation:
    if "failure" in answer:
        what, why, remedy = answer["failure"]
        raise RecordingRefused(f"recording {case.id}: {what}", why, remedy)
    return unpack(answer["observation"])


def _environment(hash_seed: str) -> dict[str, str]:
    package = str(Path(migration.__file__).parents[1])
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": hash_seed}
