"""The work of the step backup: copies, tags, and the content that they are compared by."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from migration.db import open_sqlite
from migration.errors import BackupError
from migration.git import present_commit, tag_commit, tagged_commit
from migration.site import Site
from migration.source.content import content
from migration.steps import step_named
from migration.steps.backup import newest, read_manifest

IDENTITY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with one commit."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "first")
    return tmp_path


def test_a_tag_names_the_commit_it_was_made_for(repository: Path) -> None:
    first = present_commit(repository)
    tag = tag_commit(repository, "backup-1", first)
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "second")
    assert (tag.commit, tag.clean) == (first, True)
    assert tagged_commit(repository, "backup-1") == first
    assert present_commit(repository) != first


def test_a_tag_that_was_moved_is_noticed(repository: Path) -> None:
    tag = tag_commit(repository, "backup-1", present_commit(repository))
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "second")
    git(repository, "tag", "--force", "backup-1")
    assert tagged_commit(repository, "backup-1") != tag.commit


def test_uncommitted_work_is_on_record(repository: Path) -> None:
    (repository / "new.py").write_text("")
    assert not tag_commit(repository, "backup-1", present_commit(repository)).clean


def test_a_folder_without_a_repository_is_told_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="git_tag = false"):
        present_commit(tmp_path)


@pytest.mark.parametrize("other", ["NULL", "''", "1.0", "'1'", "x'31'", "'a' || char(0)"])
def test_content_tells_values_apart(tmp_path: Path, other: str) -> None:
    with closing(open_sqlite(tmp_path / "a.db", readonly=False)) as connection:
        connection.execute("CREATE TABLE t (v)")
        connection.execute("INSERT INTO t VALUES (1)")
        before = content(connection)
        connection.execute(f"UPDATE t SET v = {other}")
        assert content(connection) != before


def test_every_backup_is_a_new_one_and_leaves_the_others(own_site: Site) -> None:
    folders = []
    for _ in range(2):
        step_named("backup").work(own_site, lambda _line: None)
        folders.append(newest(own_site))
    first, second = folders
    assert first is not None
    assert second is not None
    assert first != second
    assert read_manifest(first).copies.keys() == read_manifest(second).copies.keys()
