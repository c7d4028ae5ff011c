"""The seed's SQLite files. `template.py` moves the same rows to PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from migration.config import Config
from migration.db import open_sqlite
from migration.errors import AppError
from migration.loading import load_function


def seed_files(config: Config, folder: Path, now: datetime) -> None:
    """Let the seed write one SQLite file for each logical database into the folder.

    Raises AppError when the seed fails or leaves a database out.
    """
    load_function(config.root, config.replay.seed)(folder, now)
    for logical in config.databases:
        path = folder / f"{logical.name}.db"
        if not path.is_file():
            raise AppError(
                f"seeding with {config.replay.seed}",
                f"it wrote no {path.name}",
                f"let it write {logical.name}.db into the folder that it is given",
            )
        with closing(open_sqlite(path, readonly=False)) as file:
            # The files are copied one by one from here on, without a log beside them.
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
