"""Databases that programs of other people leave behind, made by running those programs.

Python's programs are installed into an environment of their own, at the versions of
requirements.txt; Chromium and Fossil are Debian's.
"""

import os
import shutil
import subprocess
import threading
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).parent
SECONDS = 300
_BROWSER = (
    "--headless=new", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
    "--no-sandbox",  # it cannot be had as root, and only a page of ours is opened
)  # fmt: skip


def environment(folder: Path) -> Path:
    """Install the programs that are Python packages and return the folder of their commands."""
    venv.create(folder, with_pip=True)
    commands = folder / "bin"
    requirements = str(HERE / "requirements.txt")
    run([commands / "python", "-m", "pip", "install", "--quiet", "-r", requirements], folder)
    return commands


def run(command: list[str | Path], folder: Path) -> None:
    """Run a program in a folder, which is its home too."""
    answer = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "USER": "tester"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert answer.returncode == 0, (command, answer.stdout, answer.stderr)


def installed(program: str) -> str:
    """Return where a program of Debian's is."""
    found = shutil.which(program)
    assert found, f"This test needs {program}: apt-get install {program}"
    return found


def by_script(name: str, commands: Path, folder: Path) -> Path:
    """Let one of the scripts in `programs` write a database."""
    file = folder / "made.db"
    run([commands / "python", HERE / "programs" / f"{name}.py", file], folder)
    return file


def trac(commands: Path, folder: Path) -> Path:
    """Set up a Trac project and fill it by its own command."""
    project = folder / "project"
    admin: list[str | Path] = [commands / "trac-admin", project]
    run([*admin, "initenv", "Projet d'été", "sqlite:db/trac.db"], folder)
    for words in (
        ("wiki", "import", "Page", str(HERE / "makers.py")),
        ("permission", "add", "bob", "WIKI_ADMIN"),
        ("milestone", "add", "fünf"),
        ("component", "add", "engine", "bob"),
        ("session", "add", "anna", "Anna", "anna@example.org"),
        ("attachment", "add", "wiki:WikiStart", str(HERE / "makers.py"), "anna", "a module"),
    ):
        run([*admin, *words], folder)
    return project / "db" / "trac.db"


def fossil(_commands: Path, folder: Path) -> Path:
    """Make a Fossil repository with commits, a tag, a wiki page, a ticket and a user."""
    file, work = folder / "repository.fossil", folder / "work"
    work.mkdir()
    command = partial(_fossil, installed("fossil"), work)
    command("init", file)
    command("open", "--force", file)
    for number in range(5):
        (work / f"file{number}.txt").write_text(f"line {number} é\n", encoding="utf-8")
        command("add", f"file{number}.txt")
        command("commit", "--no-warnings", "-m", f"change {number}")
    command("tag", "add", "v1", "trunk")
    command("wiki", "create", "Page", "file1.txt")
    command("ticket", "add", "title", "broken", "status", "Open")
    command("user", "new", "bob", "b@example.org", "of a test")
    command("close")
    return file


def _fossil(program: str, work: Path, *words: str | Path) -> None:
    run([program, *words], work)


def chromium(folder: Path) -> Path:
    """Let Chromium open a page, and return the folder with the databases of its profile."""
    with _page() as address:
        profile = f"--user-data-dir={folder}"
        run([installed("chromium"), *_BROWSER, profile, "--dump-dom", address], folder)
    return folder / "Default"


@contextmanager
def _page() -> Iterator[str]:
    """Serve one page that sets a cookie."""
    server = HTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Set-Cookie", "kept=yes; Max-Age=86400")
        self.end_headers()
        self.wfile.write("<title>Père Noël 😀</title><h1>A page</h1>".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


MAKERS: Mapping[str, Callable[[Path, Path], Path]] = {
    "django": partial(by_script, "django_project"),
    "alembic": partial(by_script, "alembic_database"),
    "sqlite_utils": partial(by_script, "sqlite_utils_database"),
    "trac": trac,
    "fossil": fossil,
}
OF_CHROMIUM = {
    "chromium_history": "History",
    "chromium_cookies": "Cookies",
    "chromium_favicons": "Favicons",
    "chromium_web_data": "Web Data",
}


def make_all(folder: Path) -> dict[str, Path]:
    """Make every database and return its file by name."""
    commands = environment(folder / "environment")
    files = {name: maker(commands, _new(folder / name)) for name, maker in MAKERS.items()}
    profile = chromium(_new(folder / "chromium"))
    return files | {name: profile / file for name, file in OF_CHROMIUM.items()}


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
