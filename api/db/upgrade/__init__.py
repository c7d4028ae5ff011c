"""From the files of the earlier application to databases of the present schema.

    folders.py    the old folder is only read, the new one appears when it is complete
    source.py     an old database      target.py    a new one
    move.py       row by row: types (values.py), what is special (accounts.py, tables.py),
                  references, constraints; what may happen to a row is named in rules.py
    ledger.py     the account of all rows, and upgrade_rejects.db
    report.py     the outcome          console.py   its printed form

The command is `python -m api upgrade`; the guide is `docs/upgrade.md`.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import tzinfo
from pathlib import Path

from api import settings, training_data
from api.db.addresses import LOGICAL, MAIN, TRAINING
from api.db.upgrade import folders
from api.db.upgrade.draft import Surroundings
from api.db.upgrade.errors import OldUnusable, UpgradeError
from api.db.upgrade.ledger import REJECTS, Ledger
from api.db.upgrade.move import Progress, move_database
from api.db.upgrade.report import Report
from api.db.upgrade.source import OldDatabase
from api.db.upgrade.target import NewDatabase
from api.db.upgrade.values import Zones

__all__ = ["Progress", "Report", "UpgradeError", "upgrade"]


def _silent(table: str, done: int, total: int) -> None:
    """Report nothing."""


def upgrade(
    old: Path,
    new: Path,
    *,
    zone: tzinfo,
    clear_unreadable: bool = False,
    progress: Progress = _silent,
) -> Report:
    """Make `new`, with a database for each logical one and upgrade_rejects.db, out of `old`.

    `zone` is that of the old program's clock; the users' zone and all keys are those of the
    application context. `progress` is called with table, rows done and rows in all. Raises
    UpgradeError, and then there is no new folder.
    """
    before = folders.digests(old)
    present = _present(old, before)
    zones = Zones(program=zone, users=settings.current().timezone)
    notes = list(_absent(old, present))
    with folders.under_construction(old, new) as work, ExitStack() as opened:
        copies = folders.copy(old, work)
        ledger = opened.enter_context(Ledger(work / f"{REJECTS}.db"))
        targets = {
            logical: opened.enter_context(NewDatabase(work / f"{logical}.db", logical))
            for logical in LOGICAL
        }
        accounts = targets[MAIN] if MAIN in present else None
        for logical in present:
            with OldDatabase(copies / f"{logical}.db", old / f"{logical}.db") as source:
                around = Surroundings(source, targets[logical], accounts, zones, clear_unreadable)
                notes += move_database(around, ledger, progress)
        notes += _strangers(targets, present)
        tables = ledger.finish(targets)
        folders.check_unchanged(old, before)
    return Report(old, new, new / f"{REJECTS}.db", tables, tuple(notes))


def _present(old: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the logical databases that there are. Raises OldUnusable if there is none."""
    present = tuple(logical for logical in LOGICAL if f"{logical}.db" in files)
    if not present:
        names = ", ".join(f"{logical}.db" for logical in LOGICAL)
        remedy = "name the folder that the files of the old application are in"
        raise OldUnusable(f"upgrade {old}", f"it holds none of {names}", remedy)
    return present


def _absent(old: Path, present: tuple[str, ...]) -> Iterator[str]:
    for logical in LOGICAL:
        if logical not in present:
            yield f"{logical}.db is not in {old}: the new one is empty."
    if MAIN not in present:
        yield "Without accounts, pets were not held against them: no pet is rejected as an orphan."


def _strangers(targets: Mapping[str, NewDatabase], present: tuple[str, ...]) -> Iterator[str]:
    """Warn where the salt of the pseudonyms is not the one that the old program used."""
    if not {MAIN, TRAINING} <= set(present):
        return
    pseudonyms = set(targets[TRAINING].column("data_consent", "user_hash"))
    accounts = targets[MAIN].column("users", "username")
    if pseudonyms and not pseudonyms & {training_data.user_hash(name) for name in accounts}:
        yield (
            "No consent in the training data belongs to an account: nobody's consent would be"
            " found, nor their data. Set ANONYMIZATION_SALT to that of the old application, and"
            " do the upgrade once more."
        )
