"""Pending goldens: recorded bytes that wait for somebody to accept them.

    .migration/pending/wellbeing/POST api.mood.log ~ success.json        the bytes
    .migration/pending/wellbeing/POST api.mood.log ~ success.json.about  what they replace, and why

Recording leaves them (`record.py`); accepting moves exactly these bytes, runs nothing again, and
refuses when the golden they replace, or anything they were recorded from, has changed since.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from migration.config import Config
from migration.evidence.inputs import changes, files
from migration.loading import module_files
from migration.replay.cases import Case
from migration.replay.errors import GoldenError
from migration.replay.goldens import SUFFIX, Goldens, case_id_of, digest, golden_name
from migration.replay.manifest import REMOVED, Entry, Manifest

_ABOUT = ".about"
_FULL_RUN = "FULL_RUN"


@dataclass(frozen=True)
class Pending:
    """One waiting golden. `replaces` is the hash of the golden it was recorded against."""

    case: str
    golden: str
    digest: str
    replaces: str | None
    inputs: Mapping[str, str]
    differences: tuple[str, ...]


def folder_of(config: Config) -> Path:
    """Return where pending goldens lie; the folder may not exist."""
    return config.evidence / "pending"


def recording_inputs(config: Config) -> dict[str, str]:
    """Digest everything that a recording depends on, except the case files."""
    paths = [
        config.path,
        *config.app.sources,
        *config.app.schema,
        *module_files(config.root, config.replay.seed),
        *([config.app.requirements] if config.app.requirements else []),
    ]
    return files(config.root, paths)


def leave(
    config: Config,
    case: Case,
    data: bytes,
    *,
    inputs: Mapping[str, str],
    differences: Sequence[str],
) -> Pending:
    """Put a recorded golden where `accept` finds it, over one left earlier."""
    goldens = Goldens(config.replay.goldens)
    name, current = golden_name(case), goldens.path(case)
    pending = Pending(
        case=case.id,
        golden=name,
        digest=digest(data),
        replaces=digest(current.read_bytes()) if current.exists() else None,
        inputs={**inputs, **files(config.root, [case.source])},
        differences=tuple(differences),
    )
    about = json.dumps(asdict(pending), ensure_ascii=False, indent=2).encode()
    # What nobody accepted must not slip into a commit.
    _write(folder_of(config) / ".gitignore", b"*\n")
    _write(folder_of(config) / name, data)
    _write(folder_of(config) / (name + _ABOUT), about)
    return pending


def discard(config: Config, case: Case) -> None:
    """Take away what waits for a case, after a recording that found nothing to accept."""
    for suffix in ("", _ABOUT):
        (folder_of(config) / (golden_name(case) + suffix)).unlink(missing_ok=True)


def waiting(config: Config) -> list[Pending]:
    """Return every pending golden, by the name of its file."""
    abouts = sorted(folder_of(config).rglob(f"*{SUFFIX}{_ABOUT}"))
    return [_read(about) for about in abouts]


def accept_pending(
    config: Config, chosen: Collection[Pending], *, reason: str, author: str
) -> None:
    """Make the chosen goldens the accepted ones; refuse all when one of them is out of date."""
    folder, goldens = folder_of(config), config.replay.goldens
    entries = {}
    for pending in chosen:
        _demand_fresh(config, pending)
        entries[pending.golden] = Entry.made(
            digest=pending.digest,
            replaced=pending.replaces,
            author=author,
            reason=reason,
            now=datetime.now(UTC),
        )
    for pending in chosen:
        target = goldens / pending.golden
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / pending.golden).replace(target)
        (folder / (pending.golden + _ABOUT)).unlink()
    Manifest.of(goldens).with_entries(entries).write(goldens)


def note_full_run(config: Config, cases: Collection[Case], inputs: Mapping[str, str]) -> None:
    """Note that every case was recorded without a failure: what `--removed` may rely on."""
    noted = {
        "goldens": sorted(golden_name(case) for case in cases),
        "inputs": {**inputs, **files(config.root, [config.replay.cases])},
    }
    _write(folder_of(config) / _FULL_RUN, json.dumps(noted, indent=2).encode())


def forget_full_run(config: Config) -> None:
    """Take the note away: a run has begun that may not be full."""
    (folder_of(config) / _FULL_RUN).unlink(missing_ok=True)


def accept_removed(config: Config, *, reason: str, author: str) -> list[str]:
    """Remove the goldens without a case and return their cases' ids.

    Raises `GoldenError` unless the last recording was a full one, green, and still holds.
    """
    note = folder_of(config) / _FULL_RUN
    if not note.exists():
        raise GoldenError(
            "removing goldens", "the last recording was not a full one without failures", _RECORD
        )
    noted = json.loads(note.read_text("utf-8"))
    now = {**recording_inputs(config), **files(config.root, [config.replay.cases])}
    _demand_unchanged("removing goldens", before=noted["inputs"], now=now)
    folder, manifest = config.replay.goldens, Manifest.of(config.replay.goldens)
    unused = sorted(set(Goldens(folder).names()) - set(noted["goldens"]))
    entries = {
        name: Entry.made(
            digest=REMOVED,
            replaced=digest((folder / name).read_bytes()),
            author=author,
            reason=reason,
            now=datetime.now(UTC),
        )
        for name in unused
    }
    manifest.with_entries(entries).write(folder)
    for name in unused:
        (folder / name).unlink()
    return [case_id_of(name) for name in unused]


_RECORD = "`python -m migration record`"


def _demand_fresh(config: Config, pending: Pending) -> None:
    what = f"accepting {pending.case}"
    data, current = folder_of(config) / pending.golden, config.replay.goldens / pending.golden
    if digest(data.read_bytes()) != pending.digest:
        raise GoldenError(what, "the pending file was edited", _RECORD)
    if (digest(current.read_bytes()) if current.exists() else None) != pending.replaces:
        raise GoldenError(what, "the golden it replaces has changed since", _RECORD)
    now = {
        **recording_inputs(config),
        **files(config.root, [config.root / name for name in _case_files(config, pending)]),
    }
    _demand_unchanged(what, before=pending.inputs, now=now)


def _case_files(config: Config, pending: Pending) -> list[str]:
    cases = config.relative(config.replay.cases)
    return [name for name in pending.inputs if name.startswith(f"{cases}/")]


def _demand_unchanged(what: str, *, before: Mapping[str, str], now: Mapping[str, str]) -> None:
    changed = changes(before=before, now=now)
    if changed:
        raise GoldenError(what, f"since it was recorded, {'; '.join(changed)}", _RECORD)


def _read(about: Path) -> Pending:
    written = json.loads(about.read_text("utf-8"))
    return Pending(**{**written, "differences": tuple(written["differences"])})


def _write(file: Path, data: bytes) -> None:
    """Write at once or not at all: several workers may leave the same golden."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_bytes(data)
    fresh.replace(file)
