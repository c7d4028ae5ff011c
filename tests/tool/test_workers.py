"""How many workers a run has that leaves it to the machine."""

import os

import pytest

from migration.testing.workers import pytest_xdist_auto_num_workers


def test_one_more_than_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7})
    assert pytest_xdist_auto_num_workers() == 4


def test_who_says_how_many_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "1")
    assert pytest_xdist_auto_num_workers() is None
