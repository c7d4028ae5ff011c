"""The folders of an upgrade: the old one is only read, the new one appears when it is complete.

Everything is made in a folder beside the new one, called `NEW.upgrading`, readable by its owner
alone. A run that was killed leaves it behind; the next one removes it and begins again.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from api.db.addresses import LOGICAL
from api.db.upgrade.errors import CannotWrite, NewTaken, OldChanged, OldUnusable, lacks_room

# A change may still be in one of these files; SQLite reads them together with the database.
COMPANIONS = ("", "-wal", "-journal")
COPIES = "old"
OURS = ("*.db", "*.db-journal", "*.db-wal", "*.db-shm", COPIES)
CHUNK = 1 << 20

Digests = Mapping[str, str]


@contextmanager
def under_construction(old: Path, new: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `new` at the end, and nothing if the block raises.

    Raises NewTaken, and CannotWrite when there is no room.
    """
    _check_places(old, new)
    work = new.with_name(f"{new.name}.upgrading")
    with _telling(new), _locked(work, new):
        _clear(work)
        try:
            yield work
            _publish(work, new)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise


def copy(old: Path, work: Path) -> Path:
    """Copy the databases and their companions, and return the folder they are in."""
    folder = work / COPIES
    folder.mkdir()
    for name in digests(old):
        shutil.copyfile(old / name, folder / name)
    return folder


def digests(folder: Path) -> Digests:
    """Return name -> hash of every database file in a folder, companions included."""
    names = [f"{logical}.db{suffix}" for logical in LOGICAL for suffix in COMPANIONS]
    try:
        return {name: _digest(folder / name) for name in names if (folder / name).exists()}
    except OSError as error:
        remedy = "make the files readable, and run the upgrade again"
        raise OldUnusable(f"read {folder}", error.strerror or str(error), remedy) from None


def check_unchanged(folder: Path, before: Digests) -> None:
    """Raise OldChanged unless the files are as they were."""
    now = digests(folder)
    changed = [name for name in before.keys() | now.keys() if before.get(name) != now.get(name)]
    if changed:
        raise OldChanged(
            f"upgrade {folder}",
            f"{', '.join(sorted(changed))} was written to meanwhile",
            "stop the old application, and run the upgrade again",
        )


def _check_places(old: Path, new: Path) -> None:
    what = f"make {new}"
    if old.resolve() in (new.resolve(), *new.resolve().parents):
        remedy = "name a new folder outside of the old one"
        raise NewTaken(what, "it is the old folder, or inside of it", remedy)
    if new.exists() and not (new.is_dir() and not any(new.iterdir())):
        raise NewTaken(
            what,
            "it is there already, and not an empty folder",
            "name another folder; or, to do the upgrade once more, remove this one first",
        )


@contextmanager
def _telling(new: Path) -> Iterator[None]:
    """Say what is to be done about a lack of room or permission."""
    try:
        yield
    except OSError as error:
        raise _cannot_write(new, error.strerror or str(error)) from None
    except sqlite3.OperationalError as error:
        if not lacks_room(error):
            raise
        raise _cannot_write(new, str(error)) from None


def _cannot_write(new: Path, why: str) -> CannotWrite:
    return CannotWrite(
        f"write {new}",
        why,
        "make room, or choose a folder that may be written to, and run the upgrade again;"
        " nothing was left behind, and the old files are as they were",
    )


@contextmanager
def _locked(work: Path, new: Path) -> Iterator[None]:
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(work, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        remedy = "wait for it, or name another folder"
        raise NewTaken(f"make {new}", "another upgrade is making it", remedy) from None
    finally:
        os.close(handle)


def _clear(work: Path) -> None:
    """Empty a folder that a killed run left behind."""
    ours = {path for pattern in OURS for path in work.glob(pattern)}
    foreign = sorted(path.name for path in set(work.iterdir()) - ours)
    if foreign:
        remedy = "name another folder, or move that away"
        raise NewTaken(f"use {work}", f"it holds {', '.join(foreign)}", remedy)
    for path in ours:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _publish(work: Path, new: Path) -> None:
    """Remove the copies, bring the rest to the disk, then give the folder its name."""
    shutil.rmtree(work / COPIES)
    for path in (*work.iterdir(), work):
        _sync(path)
    work.rename(new)
    _sync(new.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
