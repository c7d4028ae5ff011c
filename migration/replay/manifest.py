"""goldens/MANIFEST: which goldens were accepted, by whom, when, why, and what they replaced.

The first line is a hash of everything below it, so two branches that both accept something
conflict there and nobody's acceptance is merged unseen. A removed golden keeps its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from migration.replay.errors import GoldenError

FILE_NAME = "MANIFEST"
REMOVED = "removed"
_FIRST = "goldens "
_NOTHING = "-"


@dataclass(frozen=True)
class Entry:
    """The acceptance of one golden; `digest` is `removed` where its removal was accepted."""

    digest: str
    author: str
    date: str
    replaced: str | None
    reason: str

    @classmethod
    def made(
        cls, *, digest: str, replaced: str | None, author: str, reason: str, now: datetime
    ) -> Entry:
        """Write down an acceptance of this moment."""
        return cls(digest, _one_line(author), f"{now:%Y-%m-%d}", replaced, _one_line(reason))


@dataclass(frozen=True)
class Manifest:
    """The entries by golden name, and the hash that the first line claims."""

    entries: Mapping[str, Entry]
    claimed: str | None

    @classmethod
    def of(cls, folder: Path) -> Manifest:
        """Read the manifest of a folder, an empty one where there is none."""
        file = folder / FILE_NAME
        if not file.exists():
            return cls({}, None)
        first, *lines = file.read_text("utf-8").splitlines()
        try:
            entries = dict(map(_parsed, lines))
        except ValueError as error:
            raise GoldenError(
                f"reading {file}", str(error), "restore the file, or solve the merge conflict in it"
            ) from error
        return cls(entries, first.removeprefix(_FIRST))

    def write(self, folder: Path) -> None:
        """Put these entries on disk, under a first line that fits them."""
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{FILE_NAME}.fresh"
        fresh.write_text(f"{_FIRST}{self.hash}\n{self._body}", "utf-8")
        fresh.replace(folder / FILE_NAME)

    def with_entries(self, changed: Mapping[str, Entry]) -> Manifest:
        """Return this manifest with some entries added or replaced."""
        return Manifest({**self.entries, **changed}, None)

    @property
    def hash(self) -> str:
        """The hash of the whole set, as the first line must show it."""
        return sha256(self._body.encode()).hexdigest()

    @property
    def _body(self) -> str:
        return "".join(f"{_spelled(name, self.entries[name])}\n" for name in sorted(self.entries))


def problems(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """Say in words where the manifest and the golden files disagree; nothing when they agree."""
    manifest = Manifest.of(folder)
    accepted = {
        name: entry.digest for name, entry in manifest.entries.items() if entry.digest != REMOVED
    }
    found = [f"{name}: the file is gone" for name in sorted(accepted.keys() - digests.keys())]
    for name in sorted(digests):
        if name not in accepted:
            found.append(f"{name}: was never accepted")
        elif digests[name] != accepted[name]:
            found.append(f"{name}: was edited by hand after it was accepted")
    if manifest.claimed is not None and manifest.claimed != manifest.hash:
        found.append(f"{FILE_NAME}: was edited by hand, its first line does not fit the rest")
    return found


def _spelled(name: str, entry: Entry) -> str:
    replaced = entry.replaced or _NOTHING
    return "\t".join((name, entry.digest, entry.date, entry.author, replaced, entry.reason))


def _parsed(line: str) -> tuple[str, Entry]:
    parts = line.split("\t")
    if len(parts) != 6:
        raise ValueError(f"{line!r} is no entry")
    name, digest, date, author, replaced, reason = parts
    return name, Entry(digest, author, date, None if replaced == _NOTHING else replaced, reason)


def _one_line(text: str) -> str:
    return " ".join(text.split())
