"""One run at a time: the ledger belongs to whoever holds this lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from migration.errors import LedgerBusy


@contextmanager
def only_run(folder: Path, *, command: str) -> Iterator[None]:
    """Hold the lock of a site's folder; LedgerBusy says who has it.

    The kernel lifts the lock when the process ends, however it ends; a file left over locks none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Backups and what else belongs to one machine must not slip into a commit.
    (folder / ".gitignore").write_text("*\n")
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 200, 0).decode(errors="replace").strip() or "unknown"
            raise LedgerBusy(
                f"starting `{command}`",
                f"another run is at work ({holder})",
                "wait until it has ended, or end it, and try again",
            ) from error
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        os.truncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}, `{command}`, since {now}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
