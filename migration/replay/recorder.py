"""A recording process: plays cases on SQLite for the process that started it.

    python -m migration.replay.recorder MIGRATION_TOML first|second

It reads one JSON line for each case from its input and answers with one line. It ends when its
input does, so it never outlives the process that started it. The other end is `recorders.py`.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exc
from typing import TextIO

from migration.config import Config
from migration.config_file import load
from migration.errors import MigrationError
from migration.replay.app import reader_of
from migration.replay.arms import SqliteArm
from migration.replay.canonical import Tree, read, write_line
from migration.replay.cases import Case
from migration.replay.cases import load as load_cases
from migration.replay.observation import pack
from migration.replay.play import Player
from migration.replay.second import later, spread_ids, zones_of
from migration.replay.seeding import seed_files

SECONDS_TO_FINISH = 10


def main(arguments: list[str]) -> None:
    """Answer requests until the input ends."""
    config, is_second = load(Path(arguments[0])), arguments[1] == "second"
    answers = _answers_apart_from_prints()
    requests = _Requests()
    cases = {case.id: case for case in load_cases(config.replay.cases)}
    with (
        TemporaryDirectory(prefix="recording-") as folder,
        closing(_player(config, Path(folder), is_second=is_second)) as player,
    ):
        for request in requests:
            answers.write(write_line(_answer(player, cases, request)) + "\n")
            answers.flush()
    requests.finished.set()


def _player(config: Config, folder: Path, *, is_second: bool) -> Player:
    now = later(config.replay.now, zones_of(config)) if is_second else config.replay.now
    seed = folder / "seed"
    seed.mkdir()
    seed_files(config, seed, now)
    spread_ids(config, seed, apart=is_second)
    arm = SqliteArm(seed, folder / "work", config, reader_of(config))
    return Player(config, arm, ids_seed="second" if is_second else "first", now=now)


def _answer(player: Player, cases: Mapping[str, Case], request: str) -> Tree:
    try:
        return {"observation": pack(player.play(cases[str(read(request))]))}
    except MigrationError as error:
        return {"failure": [error.what, error.why, error.remedy]}
    except Exception:
        return {"failure": ["playing the case", format_exc(), "mend what the traceback shows"]}


def _answers_apart_from_prints() -> TextIO:
    """Keep the output for answers; what the application prints goes where errors go."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


class _Requests:
    """The lines of the input; when it ends in the middle of a case, so does the process."""

    def __init__(self) -> None:
        self.finished = threading.Event()
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._receive, daemon=True).start()

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines.get, None)

    def _receive(self) -> None:
        for line in sys.stdin:
            self._lines.put(line)
        self._lines.put(None)
        if not self.finished.wait(SECONDS_TO_FINISH):
            os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
