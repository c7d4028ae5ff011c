"""A copy of this repository in a temporary folder: broken on purpose, then run by real commands.

What is broken, and what must notice: `application.py` and `conversion.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
PARTS = (
    "api",
    "fixtures",
    "migration",
    "tests/compat",
    "tests/steps",
    "conftest.py",
    "migration.toml",
    "pyproject.toml",
    "pytest.ini",
    "requirements.txt",
)
# A neighbour may just be compiling a module: its draft is gone before it is copied. The compiled
# packer would do without the module that a fault is in.
_DRAFTS = shutil.ignore_patterns("*.pyc.*", "_packer-*")
# What this run was told, and its copy must not be: options, places of modules, databases.
_OWN_SETTINGS = ("PYTEST_", "PYTHONPATH", "COVERAGE_", "DATABASE_URL")


@dataclass(frozen=True)
class Outcome:
    """What a run of tests came to: names of tests to everything that they said."""

    exit_code: int
    output: str
    green: frozenset[str]
    red: Mapping[str, str]


@dataclass(frozen=True)
class Project:
    """A copy of the repository, and the PostgreSQL server that its runs are told to use."""

    root: Path
    server: str

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a text that the file holds exactly once."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        found = text.count(old)
        assert found == 1, f"{file} holds {found} times what is to be broken:\n{old}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def test(self, *nodes: str) -> Outcome:
        """Run tests of the copy in a process of their own, on the server of this run."""
        report = self.root.parent / "report.xml"
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not any(own in name for own in _OWN_SETTINGS)
        }
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", *nodes),
                *(f"--basetemp={self.root.parent / 'pytest'}", f"--junitxml={report}"),
            ],
            cwd=self.root,
            env=inherited | {"TEST_DATABASE_URL": self.server},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        output = ended.stdout + ended.stderr
        assert report.is_file(), output
        said = {test.attrib["name"]: _said(test) for test in ET.parse(report).iter("testcase")}
        red = {name: words for name, words in said.items() if words}
        return Outcome(ended.returncode, output, frozenset(said) - frozenset(red), red)


def copy_repository(folder: Path, *, server: str) -> Project:
    """Copy what its commands need to `folder`, compiled modules included."""
    for part in PARTS:
        source, copy = REPOSITORY / part, folder / part
        if source.is_dir():
            shutil.copytree(source, copy, ignore=_DRAFTS)
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
    return Project(folder, server)


def _said(test: ET.Element) -> str:
    """Return what a test that did not pass had to say."""
    troubles = [test.find(kind) for kind in ("failure", "error", "skipped")]
    return "\n".join(
        f"{trouble.get('message')}\n{trouble.text}" for trouble in troubles if trouble is not None
    )
