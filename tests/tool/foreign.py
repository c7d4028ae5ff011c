"""A foreign application as its own team has it: a git checkout, and the tool's real commands.

Nothing says where PostgreSQL is, so the tool keeps a server for the checkout until it is told to
stop it. Copies whose target lies on the server of the test run are in `tool_projects.py`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tool_projects import LENDING, REPOSITORY

from migration.db.server import kept_folder

# What this test run was told about servers, git and pytest is not meant for the team's commands.
_NOT_THEIRS = ("TARGET_DATABASE_URL", "GIT_", "PYTEST_")


@dataclass(frozen=True)
class Checkout:
    """A working tree with one commit; `test_url` is the server for the tool's own tests."""

    folder: Path
    test_url: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m migration` in the working tree."""
        return self._execute(sys.executable, "-m", "migration", *arguments)

    def git(self, *arguments: str) -> str:
        """Run git in the working tree and return what it printed; it must succeed."""
        answer = self._execute("git", *arguments)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    def _execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        environ = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_THEIRS)}
        theirs = {"PYTHONPATH": str(REPOSITORY), "TEST_DATABASE_URL": self.test_url}
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environ | theirs | {"GIT_CONFIG_GLOBAL": os.devnull},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def checked_out(folder: Path, test_url: str) -> Iterator[Checkout]:
    """Commit a copy of the street library; afterwards stop its server and remove its data."""
    shutil.copytree(LENDING, folder, ignore=shutil.ignore_patterns("__pycache__"))
    checkout = Checkout(folder, test_url)
    checkout.git("init", "--quiet")
    checkout.git("config", "user.name", "Mina")
    checkout.git("config", "user.email", "mina@example.org")
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message", "The street library")
    try:
        yield checkout
    finally:
        stopped = checkout.run("server", "stop")
        shutil.rmtree(kept_folder(folder), ignore_errors=True)
        assert stopped.returncode == 0, stopped.stderr
