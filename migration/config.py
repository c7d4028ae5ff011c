"""migration.toml as frozen records: all that the tool knows of an application.

`config_file` reads them. Nothing is opened or imported here; the steps and the replay engine do
that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from migration.policies import UNDECIDED, Policies
from migration.schema.choices import NATIVE, Choices

DEFAULT_DOOR = ("execute", "executemany", "executescript")


@dataclass(frozen=True)
class App:
    """The application: how it is built and which files are its code."""

    name: str
    factory: str
    """`module:function`, called with one mapping of settings."""
    sources: tuple[Path, ...]
    schema: tuple[Path, ...]
    """Those of the sources that declare the tables."""
    requirements: Path | None
    settings: Mapping[str, Any]
    clock: str | None
    """Settings keys through which the factory takes clock, id source and effect recorder."""
    ids: str | None
    effects: str | None
    read_protected: str | None
    """`module:function` that, given the settings, returns a reader of protected columns."""
    smtp_port_env: str | None
    """Environment name of the mail server's port, where no `effects` key records mails."""


@dataclass(frozen=True)
class LogicalDatabase:
    """One database of the application: its SQLite file and its PostgreSQL schema."""

    name: str
    sqlite: Path
    url_env: str
    schema: str
    ddl: Path | None
    protected: tuple[str, ...]
    identifying: tuple[str, ...] = ()
    """Columns that say who somebody is, as `table.column`."""
    pseudonymous: bool = False
    """Whether no column may hold what identifies somebody in another database."""
    choices: Choices = NATIVE
    """Types of columns, and what is left out on purpose."""


@dataclass(frozen=True)
class Target:
    """The PostgreSQL side. Without a URL in `url_env` the kept embedded server is used."""

    url_env: str
    database: str
    major: int
    """Major version of the embedded server."""
    minimum_major: int
    connections: int
    """Connections that the application may need at once."""


@dataclass(frozen=True)
class Copy:
    """What was decided about moving rows, by database."""

    streams: int | None
    """How many streams copy at once; None for what the machine allows."""
    policies: Mapping[str, Policies]
    left_behind: Mapping[str, Mapping[str, str]]
    """Why a row may stay in quarantine, by `table (key)`."""

    def policies_of(self, database: str) -> Policies:
        """Return the decisions about values of one database."""
        return self.policies.get(database, UNDECIDED)


@dataclass(frozen=True)
class Backup:
    """What a backup must be tied to."""

    git_tag: bool


@dataclass(frozen=True)
class Login:
    """The request that logs a user in; `{user}` and the user's own keys are filled in."""

    request: Mapping[str, Any]
    csrf_header: str | None
    csrf_from: str | None


@dataclass(frozen=True)
class Replay:
    """Where cases and goldens live and how they are played."""

    cases: Path
    goldens: Path
    routes: Path
    known_differences: Path
    seed: str
    """`module:function(folder, now)` that writes one SQLite file for each logical database."""
    now: datetime
    majors: tuple[int, ...]
    login: Login | None
    users: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Exclusion:
    """Statements that no case has to execute: those of a place, or those of a pattern."""

    place: str
    """A file or folder, or `file:function`; empty where `text` says which."""
    text: str
    """A pattern with `*` for the whole statement; empty where `place` says which."""
    reason: str

    @property
    def what(self) -> str:
        """How messages name it."""
        return self.place or self.text


@dataclass(frozen=True)
class Sql:
    """How the application sends its SQL, and which of it requests do not reach."""

    door: tuple[str, ...]
    """Functions and methods whose first argument is SQL, as `name` or `Class.name`."""
    exclude: tuple[Exclusion, ...]


@dataclass(frozen=True)
class Config:
    """Everything in migration.toml."""

    path: Path
    sections: Mapping[str, Any]
    """The file as it was read, section by section: what evidence takes as an input."""
    app: App
    databases: tuple[LogicalDatabase, ...]
    target: Target
    copy: Copy
    backup: Backup
    demo_build: str | None
    """`module:function(folder, now)` that makes the sources when they are missing."""
    sql: Sql
    replay: Replay

    @property
    def root(self) -> Path:
        """The project's folder, against which every path is resolved."""
        return self.path.parent

    @property
    def evidence(self) -> Path:
        """The folder of the committed receipts."""
        return self.root / ".migration"

    @property
    def site(self) -> Path:
        """The folder, never committed, of what belongs to one source and one target."""
        return self.evidence / "site"

    def relative(self, path: Path) -> str:
        """Name a path as seen from the project's folder, with forward slashes."""
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )
