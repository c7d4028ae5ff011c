"""Projects of nothing but SQLite databases, for tests that move them with the real command.

Each database is a script of SQL, or a file that a program left, and the settings it needs; a
project may hold many of them, so that one run of the command moves them all. `test_features` and
`test_real_databases` say what becomes of each.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any

from tool_projects import Project

from migration.db import open_sqlite
from migration.db.clone import drop, fresh_name
from migration.db.server import RunningServer
from migration.schema.model import quote

STEPS = ("audit", "backup", "target", "schema", "data")


@dataclass(frozen=True)
class Source:
    """One database: the SQL or the file it is made from, and what migration.toml says of it."""

    script: str = ""
    file: Path | None = None
    _: KW_ONLY
    types: str = "native"
    columns: Mapping[str, str] = field(default_factory=dict)
    leave_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Return the script, and the settings as in migration.toml."""
        lines = [] if self.types == "native" else [f'types = "{self.types}"']
        for table in (self.columns, self.leave_out):
            lines += [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in table.items()]
        return self.script + (f" -- {'; '.join(lines)}" if lines else "")

    def section(self, name: str) -> str:
        """Return its part of migration.toml."""
        lines = [f"[databases.{name}]", f'sqlite = "{name}.db"', f'url_env = "{name.upper()}"']
        lines += [f'types = "{self.types}"', f'ddl = "{name}.sql"']
        for key, table in (("columns", self.columns), ("leave_out", self.leave_out)):
            if table:
                lines.append(f"[databases.{name}.{key}]")
                lines += [f"{json.dumps(k)} = {json.dumps(v)}" for k, v in table.items()]
        return "\n".join(lines)


@dataclass(frozen=True)
class Carried:
    """A database that arrives: what is printed of it, what holds there, what is refused there."""

    source: Source
    prints: tuple[str, ...] = ()
    asks: tuple[tuple[str, list[tuple[Any, ...]]], ...] = ()
    refuses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """A database that the audit stops, and parts of the one line that it says why in."""

    source: Source
    says: Sequence[str]


@contextmanager
def project_of(
    folder: Path, server: RunningServer, sources: Mapping[str, Source]
) -> Iterator[Project]:
    """Write the databases and a migration.toml that names them and a target of its own."""
    target = fresh_name("features")
    sections = [source.section(name) for name, source in sources.items()]
    (folder / "migration.toml").write_text(
        _HEAD.format(target=target) + "\n".join(sections), encoding="utf-8"
    )
    for name, source in sources.items():
        if source.file is not None:
            shutil.copy(source.file, folder / f"{name}.db")
        with closing(open_sqlite(folder / f"{name}.db", readonly=False)) as connection:
            connection.executescript(source.script)
    project = Project(folder, server.url())
    try:
        yield project
    finally:
        roles = project.site().roles
        drop(server, target)
        with server.connect() as connection:
            for role in (roles.owner, roles.application, roles.read_only):
                connection.execute(f"DROP ROLE IF EXISTS {quote(role)}".encode())


def moved(project: Project, steps: Sequence[str] = STEPS) -> str:
    """Run the steps one after the other, each of which must pass, and return what they printed."""
    printed = []
    for step in steps:
        answer = project.run("run", step)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        printed.append(answer.stdout)
    return "".join(printed)


_HEAD = """\
[app]
name = "features"
factory = "nowhere:create_app"
sources = ["migration.toml"]

[target]
database = "{target}"

[backup]
git_tag = false

[replay]
cases = "cases"
goldens = "goldens"
routes = "routes"
known_differences = "known_differences.toml"
seed = "nowhere:build"
now = "2026-02-04T10:30:00+00:00"

"""
