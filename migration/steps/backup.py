"""Backup: a private copy of every source, taken online, listed with hashes and tied to a git tag.

The copy and the hashes of its rows come from one read transaction, so that a source in use is
copied as it was at one moment. The suite restores each copy and compares it with those hashes.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from migration.config import LogicalDatabase
from migration.db import SqliteConnection, open_sqlite
from migration.errors import BackupError
from migration.evidence.inputs import Inputs, file_digest, settings, tool_files
from migration.evidence.store import write_atomically
from migration.git import Tag, present_commit, tag_commit
from migration.site import Site
from migration.source.content import content
from migration.steps.facts import source_facts
from migration.steps.step import Say, Step

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Copy:
    """One database in a backup."""

    file: str
    sha256: str
    size: int
    content: dict[str, str]
    """Table to a digest of its rows, taken from the source in the same transaction."""


@dataclass(frozen=True)
class Manifest:
    """What a backup consists of; `git` is None where the settings go without."""

    made: str
    copies: dict[str, Copy]
    git: Tag | None


def newest(site: Site) -> Path | None:
    """Return the folder of the newest finished backup."""
    finished = sorted(_home(site).glob(f"*/{MANIFEST}"))
    return finished[-1].parent if finished else None


def read_manifest(folder: Path) -> Manifest:
    """Read a backup's list."""
    values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return Manifest(
        made=values["made"],
        copies={name: Copy(**copy) for name, copy in values["copies"].items()},
        git=Tag(**values["git"]) if values["git"] else None,
    )


def _inputs(site: Site) -> Inputs:
    folder = newest(site)
    listed = file_digest(folder / MANIFEST) if folder else "none"
    return {
        **settings(site.config.sections, "databases", "backup"),
        **source_facts(site),
        **tool_files("source/content.py", "git.py", "db/sqlite.py"),
        f"backup {folder.name if folder else ''}".strip(): listed,
    }


def _work(site: Site, say: Say) -> None:
    # Asked first: without an answer there shall be no copy either.
    commit = present_commit(site.config.root) if site.config.backup.git_tag else None
    moment = datetime.now(UTC)
    folder = _private_folder(_home(site) / moment.strftime("%Y%m%dT%H%M%S.%fZ"))
    copies = {database.name: _copy(site, database, folder) for database in site.config.databases}
    tag = commit and tag_commit(site.config.root, f"migration-backup-{folder.name}", commit)
    # Written last: a folder without a list is no backup.
    manifest = Manifest(moment.strftime("%Y-%m-%d %H:%M:%S"), copies, tag or None)
    write_atomically(folder / MANIFEST, asdict(manifest))
    (folder / MANIFEST).chmod(0o600)
    say(f"backup: {', '.join(copies)} in {folder}" + (f", git tag {tag.name}" if tag else ""))


def _copy(site: Site, database: LogicalDatabase, folder: Path) -> Copy:
    file = folder / f"{database.name}.db"
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with site.source(database) as source, closing(open_sqlite(file, readonly=False)) as copy:
        with _one_moment(source):
            tables = content(source)
            source.backup(copy)
        # One file without neighbours, whatever journal the source keeps.
        copy.execute("PRAGMA journal_mode = DELETE")
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise BackupError(
            f"backing up {database.name} to {file}",
            f"the copy is not sound: {verdict}",
            "check the disk, then `python -m migration run audit`",
        )
    return Copy(file.name, file_digest(file), file.stat().st_size, tables)


@contextmanager
def _one_moment(source: SqliteConnection) -> Iterator[None]:
    source.execute("BEGIN")
    try:
        yield
    finally:
        source.execute("ROLLBACK")


def _home(site: Site) -> Path:
    return site.config.site / "backup"


def _private_folder(folder: Path) -> Path:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    return folder


STEP = Step(
    name="backup",
    purpose="copy every source to a private folder and see that the copies can be restored",
    needs=("audit",),
    committed=False,
    own_inputs=_inputs,
    work=_work,
)
