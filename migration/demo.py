"""Sources for a first look: built by the project's own function when there are none yet."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from migration.config import Config
from migration.errors import SourceError
from migration.loading import load_function


def build_missing(config: Config, say: Callable[[str], None]) -> None:
    """Build every source by the function in [demo] when none exists; say so.

    Does nothing where no function is named. SourceError when only some of the files are missing,
    for then they are not ours to make.
    """
    missing = [database for database in config.databases if not database.sqlite.exists()]
    if config.demo_build is None or not missing:
        return
    if len(missing) < len(config.databases):
        raise SourceError(
            f"building the sources with {config.demo_build}",
            f"{missing[0].sqlite} is missing, but others are there",
            "bring the file back, or remove the others to have all built anew",
        )
    build = load_function(config.root, config.demo_build)
    with tempfile.TemporaryDirectory(prefix="migration-demo-") as folder:
        build(Path(folder), config.replay.now)
        for database in missing:
            database.sqlite.parent.mkdir(parents=True, exist_ok=True)
            _move(Path(folder) / f"{database.name}.db", database.sqlite)
    names = ", ".join(config.relative(database.sqlite) for database in missing)
    say(f"demo: built {names} with invented data")


def _move(built: Path, to: Path) -> None:
    """Put a file in place whole, across file systems too."""
    draft = to.with_name(f".{to.name}.draft")
    draft.write_bytes(built.read_bytes())
    draft.replace(to)
