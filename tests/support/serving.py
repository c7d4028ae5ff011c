"""The application served as a deployment serves it, for tests that ask over HTTP."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DEPLOY = json.loads((REPOSITORY / "railway.json").read_text("utf-8"))["deploy"]
SECONDS = 60
PRODUCTION = {
    "SECRET_KEY": "served-by-the-tests-of-this-repository",
    "ENCRYPTION_KEY": "aGVhbGluZy1zcGFjZS1kZW1vbnN0cmF0aW9uLWtleSE=",
}


@dataclass(frozen=True)
class Served:
    """A running application."""

    address: str
    process: subprocess.Popen[str]

    def ask(self, path: str) -> tuple[int, str]:
        """Return status and body of a GET, as soon as somebody listens."""
        end = time.monotonic() + SECONDS
        while True:
            try:
                with urllib.request.urlopen(self.address + path, timeout=SECONDS) as response:
                    return response.status, response.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise
                time.sleep(0.1)


def container(path: Path = REPOSITORY, **variables: str) -> dict[str, str]:
    """The environment of a container: its Python, its variables, and nothing of this run."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    commands = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    return {**kept, "PATH": commands, "PYTHONPATH": str(path), **variables}


@contextmanager
def started(folder: Path, **variables: str) -> Iterator[Served]:
    """Run the start command of a deployment in a folder, on a free port of this machine."""
    port = _free_port()
    process = subprocess.Popen(
        ["sh", "-c", f"exec {DEPLOY['startCommand']} --config {REPOSITORY / 'gunicorn.conf.py'}"],
        cwd=folder,
        env=container(HOST="127.0.0.1", PORT=str(port), **variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Served(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


def refused(folder: Path, **variables: str) -> tuple[int, str]:
    """Run the start command with settings that it must not take; return exit code and words."""
    with started(folder, **variables) as served:
        words = served.process.communicate(timeout=SECONDS)[1]
        return served.process.returncode, words


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
