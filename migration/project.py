"""What every command of the command line is given: the project, and how to work on it alone."""

import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from migration.config import Config
from migration.config_file import load
from migration.console import Printer
from migration.demo import build_missing
from migration.evidence.lock import only_run
from migration.site import Site, locate
from migration.steps import STEPS
from migration.steps.step import Step


@dataclass(frozen=True)
class Project:
    """Where migration.toml is, and who prints."""

    path: Path
    printer: Printer

    def config(self) -> Config:
        """Read migration.toml."""
        return load(self.path)

    def look(self) -> Site:
        """Find the site and start nothing."""
        return locate(self.config(), os.environ)

    def alone(self, config: Config) -> AbstractContextManager[None]:
        """Be the only run at work on this project."""
        return only_run(config.site, command=" ".join(["migration", *sys.argv[1:]]))

    @contextmanager
    def work(self, steps: Sequence[Step] = STEPS, *, replace: bool = False) -> Iterator[Site]:
        """Be the only run, with sources and server in place for those of the steps that look."""
        config = self.config()
        looking = not all(step.committed for step in steps)
        with self.alone(config):
            if looking:
                build_missing(config, self.printer.say)
            site = locate(config, os.environ, start_server=looking, replace=replace)
            with self.printer.bars() as progress:
                yield dataclasses.replace(site, progress=progress)
