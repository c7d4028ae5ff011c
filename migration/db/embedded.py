"""The embedded PostgreSQL as processes and folders: launched, found, ended, swept.

A folder holds `data/` (the cluster and its socket), `runtime/` (lock of the package) and, for a
test server, `owner`: locked by the owning process for as long as it lives, so that a killed owner
is known without trusting a process number. What a server is used for is told in `server.py`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from migration.db.errors import ServerFailed

PREFIX = "migration-postgres-"
RAM_DISK = Path("/dev/shm")
RAM_DISK_FREE_BYTES = 1 << 30
LAUNCH_SECONDS = 90
END_SECONDS = 15
LAST_LINES = 12


@dataclass(frozen=True)
class Postmaster:
    """A server process that answers on its socket."""

    pid: int
    port: int
    socket_folder: Path


def fresh_folder() -> Path:
    """Create an empty folder for a test server, on the RAM disk when it has the space."""
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=_places()[0])).resolve()


def claim(folder: Path) -> int:
    """Mark the folder as owned by this process and return the handle that keeps it so.

    The kernel lifts the mark when the process ends, however it ends.
    """
    draft = folder / "owner.draft"
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    os.write(handle, f"{os.getpid()}\n".encode())
    # Renamed only now: whoever sees `owner` sees it locked.
    draft.rename(folder / "owner")
    return handle


def launch(
    folder: Path, *, major: int, settings: Mapping[str, str], keep: int | None = None
) -> None:
    """Start a server in the folder; `keep` is the owner's handle, held until the start is over.

    Raises ServerFailed with the server's own words.
    """
    data, runtime = folder / "data", folder / "runtime"
    data.mkdir(exist_ok=True)
    runtime.mkdir(mode=0o700, exist_ok=True)
    (runtime / "python_PostgresServer").mkdir(exist_ok=True)
    # -P: the neighbours of the script must not hide modules of the standard library.
    script = Path(__file__).with_name("launch.py")
    try:
        subprocess.run(
            [sys.executable, "-P", str(script), str(data), str(major)],
            input="\n".join(f"{name} = {value}" for name, value in settings.items()),
            env=_environment(runtime, major),
            cwd=folder,
            pass_fds=() if keep is None else (keep,),
            capture_output=True,
            text=True,
            check=True,
            timeout=LAUNCH_SECONDS,
        )
    except subprocess.SubprocessError as error:
        raise ServerFailed(
            what=f"PostgreSQL {major} did not start in {folder}",
            why=_last_words(folder, error),
            remedy="free disk space and memory, or set TEST_DATABASE_URL to a running server",
        ) from error


def find(folder: Path) -> Postmaster | None:
    """Return the server that answers in this folder. Only looks."""
    try:
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
        postmaster = Postmaster(int(lines[0]), int(lines[3]), Path(lines[4].strip()))
    except (OSError, IndexError, ValueError):
        return None
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(postmaster.socket_folder / f".s.PGSQL.{postmaster.port}"))
        except OSError:
            # The number in the file may by now be that of somebody else's process.
            return None
    return postmaster


def end(folder: Path, *, fast: bool = False) -> bool:
    """End the server of this folder, with a checkpoint unless `fast`; say whether there was one.

    Raises ServerFailed when it does not go, even when killed.
    """
    postmaster = find(folder)
    if postmaster is None:
        return False
    for sign in (signal.SIGQUIT if fast else signal.SIGINT, signal.SIGKILL):
        os.kill(postmaster.pid, sign)
        deadline = time.monotonic() + END_SECONDS
        while time.monotonic() < deadline:
            if find(folder) is None:
                return True
            time.sleep(0.02)
    raise ServerFailed(
        what=f"PostgreSQL in {folder} did not end",
        why=f"process {postmaster.pid} still answers after being killed",
        remedy=f"end process {postmaster.pid} by hand and remove the folder",
    )


def remove(folder: Path) -> None:
    """End the server of this folder without ceremony and delete the folder."""
    end(folder, fast=True)
    # A dying process may still write: what it adds meanwhile goes in the second round.
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        time.sleep(0.2)
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> list[Path]:
    """Remove the test servers of this user whose owner has died; others are left alone."""
    gone = []
    for folder in (folder for place in _places() for folder in place.glob(f"{PREFIX}*")):
        if folder.is_symlink() or not _is_ours(folder):
            continue
        with _owner_is_dead(folder) as dead:
            if dead:
                remove(folder)
                gone.append(folder)
    return gone


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait until no other process starts or ends a server in this folder."""
    handle = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _owner_is_dead(folder: Path) -> Iterator[bool]:
    try:
        handle = os.open(folder / "owner", os.O_RDWR)
    except OSError:
        # Just being made, or just being removed.
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        # The lock stays ours while the folder is removed, so only one process sweeps it.
        yield True
    finally:
        os.close(handle)


def _is_ours(folder: Path) -> bool:
    try:
        return folder.lstat().st_uid == os.geteuid()
    except OSError:
        return False


def _places() -> list[Path]:
    """Return where test servers may lie, the best place first."""
    temp = Path(tempfile.gettempdir())
    try:
        roomy = shutil.disk_usage(RAM_DISK).free >= RAM_DISK_FREE_BYTES
    except OSError:
        return [temp]
    if not os.access(RAM_DISK, os.W_OK):
        return [temp]
    return [RAM_DISK, temp] if roomy else [temp, RAM_DISK]


def _environment(runtime: Path, major: int) -> dict[str, str]:
    # Variables such as PGPORT or PGDATA would reach the server and its tools.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {
        "XDG_RUNTIME_DIR": str(runtime),
        "PGSERVER_POSTGRES_VERSION": str(major),
        "LC_ALL": "C",
    }


def _last_words(folder: Path, error: subprocess.SubprocessError) -> str:
    """Return the end of the server's log, or what the start itself said before there was one."""
    try:
        text = (folder / "data" / "log").read_text(errors="replace")
    except OSError:
        output = getattr(error, "stderr", None) or str(error)
        text = output.decode(errors="replace") if isinstance(output, bytes) else output
    return "\n".join(text.strip().splitlines()[-LAST_LINES:])
