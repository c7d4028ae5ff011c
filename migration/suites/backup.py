"""Checks of the step `backup`: what was copied is whole, private and can be restored."""

import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest

from migration.db import open_sqlite
from migration.evidence.inputs import file_digest
from migration.git import tagged_commit
from migration.site import Site
from migration.source.content import content
from migration.steps.backup import Manifest, newest, read_manifest


@pytest.fixture
def folder(site: Site) -> Path:
    """The folder of the newest backup."""
    found = newest(site)
    assert found is not None, "there is no backup; `python -m migration run backup`"
    return found


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    """What the newest backup says of itself."""
    return read_manifest(folder)


def test_every_source_is_in_it(site: Site, manifest: Manifest) -> None:
    """A database that was added to the settings later is in no older backup."""
    assert set(manifest.copies) == {database.name for database in site.config.databases}


def test_files_are_as_listed(folder: Path, manifest: Manifest) -> None:
    """Size and SHA-256 of each file."""
    for copy in manifest.copies.values():
        file = folder / copy.file
        assert (file.stat().st_size, file_digest(file)) == (copy.size, copy.sha256), file


def test_nobody_else_can_read_it(folder: Path) -> None:
    """A backup holds what the application protects."""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_it_can_be_restored(folder: Path, manifest: Manifest, tmp_path: Path) -> None:
    """Each copy opens elsewhere, is sound, and holds the rows that the source held."""
    for name, copy in manifest.copies.items():
        restored = tmp_path / copy.file
        shutil.copyfile(folder / copy.file, restored)
        with closing(open_sqlite(restored)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], name
            assert content(connection) == copy.content, name


def test_code_is_tagged(site: Site, manifest: Manifest) -> None:
    """Data without the code that understands it is half a backup."""
    if not site.config.backup.git_tag:
        assert manifest.git is None
        return
    assert manifest.git is not None, "the backup names no git tag"
    assert tagged_commit(site.config.root, manifest.git.name) == manifest.git.commit
