"""The little that the tool asks of git: tag the commit a backup belongs to, and find it again."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from migration.errors import BackupError

_WITHOUT = "or set `git_tag = false` under [backup] in migration.toml to go without"


@dataclass(frozen=True)
class Tag:
    """A tag and the commit that it named when it was made."""

    name: str
    commit: str
    clean: bool
    """Whether the working tree was exactly that commit."""


def present_commit(folder: Path) -> str:
    """Return the present commit of the folder's repository; BackupError says what is missing."""
    return _git(folder, "rev-parse", "--verify", "HEAD^{commit}")


def tag_commit(folder: Path, name: str, commit: str) -> Tag:
    """Tag a commit."""
    clean = not _git(folder, "status", "--porcelain")
    _git(folder, "tag", name, commit)
    return Tag(name, commit, clean)


def tagged_commit(folder: Path, name: str) -> str:
    """Return the commit that a tag names now; BackupError when there is no such tag."""
    return _git(folder, "rev-parse", "--verify", f"refs/tags/{name}^{{commit}}")


def _git(folder: Path, *arguments: str) -> str:
    what = f"git {' '.join(arguments)} in {folder}"
    # Set while a hook runs, these would point at the hook's repository.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise BackupError(what, "git is not installed", f"install it, {_WITHOUT}") from error
    except subprocess.CalledProcessError as error:
        why = error.stderr.strip() or f"exit code {error.returncode}"
        raise BackupError(
            what, why, f"keep the code in a git repository with a commit, {_WITHOUT}"
        ) from error
    return answer.stdout.strip()
