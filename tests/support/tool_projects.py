"""Small projects in temporary folders, for tests that use the tool from outside."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from migration.config_file import load
from migration.db.clone import drop, fresh_name
from migration.db.server import RunningServer
from migration.demo import build_missing
from migration.evidence.ledger import open_ledger
from migration.evidence.receipt import Run
from migration.evidence.suite import required_checks
from migration.schema.model import quote
from migration.site import Site, locate
from migration.steps import STEPS
from migration.steps.flow import receipt_of
from migration.steps.step import Step

REPOSITORY = Path(__file__).parents[2]
LENDING = REPOSITORY / "fixtures" / "apps" / "lending"
OURS = ("api", "fixtures/seed", "fixtures/cases", "fixtures/routes", "fixtures/__init__.py")


@dataclass(frozen=True)
class Project:
    """A project's folder, and the server that its target lies on."""

    folder: Path
    target_url: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the real command in the folder."""
        return subprocess.run(
            [sys.executable, "-m", "migration", *arguments],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(REPOSITORY),
                "TARGET_DATABASE_URL": self.target_url,
                "TEST_DATABASE_URL": self.target_url,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def site(self) -> Site:
        """Look at the project's source and target."""
        return locate(
            load(self.folder / "migration.toml"), {"TARGET_DATABASE_URL": self.target_url}
        )

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that must be in a file."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@contextmanager
def lending(folder: Path, server: RunningServer) -> Iterator[Project]:
    """Copy the foreign application into a folder."""
    shutil.copytree(LENDING, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with _with_target(folder, server, database="street_library") as project:
        yield project


@contextmanager
def ours(folder: Path, server: RunningServer) -> Iterator[Project]:
    """Copy what the steps depend on of this repository into a folder."""
    folder.mkdir()
    shutil.copy(REPOSITORY / "migration.toml", folder)
    for name in OURS:
        source, copy = REPOSITORY / name, folder / name
        copy.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    with _with_target(folder, server, database="healing_space") as project:
        yield project


def work_all(project: Project) -> None:
    """Do the work of every site step, and prove none."""
    site = project.site()
    build_missing(site.config, lambda _line: None)
    for step in STEPS:
        if not step.committed:
            step.work(project.site(), lambda _line: None)


def vouch(project: Project, step: Step) -> None:
    """Write a receipt with a correct chain without running any suite."""
    site = project.site()
    outcomes = dict.fromkeys(required_checks(step.name), "passed")
    with open_ledger(site) as ledger:
        receipt = receipt_of(step, step.inputs(site), [Run(outcomes, {}, None)])
        ledger.append(receipt, committed=step.committed)


@contextmanager
def _with_target(folder: Path, server: RunningServer, *, database: str) -> Iterator[Project]:
    """Give the project a database of its own, and let its backups do without a git tag."""
    name = fresh_name("tool")
    project = Project(folder, server.url())
    project.edit("migration.toml", f'database = "{database}"', f'database = "{name}"')
    project.edit("migration.toml", "[replay]\n", "[backup]\ngit_tag = false\n\n[replay]\n")
    roles = project.site().roles
    try:
        yield project
    finally:
        drop(server, name)
        with server.connect() as connection:
            for role in (roles.owner, roles.application, roles.read_only):
                connection.execute(f"DROP ROLE IF EXISTS {quote(role)}".encode())
