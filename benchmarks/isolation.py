"""What isolation and comparison cost a case, against doing without and against a clone per case.

Three ways of playing the same request on PostgreSQL, in turn within one run, so that the machine's
mood hits all of them alike:

    bare     the request alone, a fresh application each time, on a database that is never reset
    ours     the request as the replay plays it: dumps, row changes, reset, proof of isolation,
             comparison with its golden
    clone    the request on a database cloned from the template for it, then dropped

Run it with `.venv/bin/python -m benchmarks.isolation`; `--cases` plays more of them.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from migration.config import Config, load
from migration.db.server import RunningServer, start
from migration.replay.arms import PostgresArm
from migration.replay.cases import Case
from migration.replay.cases import load as load_cases
from migration.replay.goldens import read as read_golden
from migration.replay.match import match
from migration.replay.play import Player
from migration.replay.template import Templates, build_template
from migration.testing.databases import reader_of

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Way:
    """One way of playing a case: its name and what it does."""

    name: str
    play: Callable[[Case], None]
