"""What surrounds the application while it is built and used: environment, clock, chance, mail.

All of it is put back when the case is over. The clock stands still (Python's alone; a database
that reads its own shows the real time), and the global random source starts anew.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import time_machine


@contextmanager
def surroundings(environment: Mapping[str, str], now: datetime) -> Iterator[time_machine.Traveller]:
    """Set the environment, stop the clock at `now` and seed chance, until the block ends."""
    with _environment(environment), _chance(), time_machine.travel(now, tick=False) as clock:
        yield clock


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _chance() -> Iterator[None]:
    state = random.getstate()
    random.seed(0)
    try:
        yield
    finally:
        random.setstate(state)
