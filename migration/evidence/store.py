"""Where chains of receipts are kept: one file a step, or one table in the target.

Both hold every link and the newest receipt in full. `ledger.py` says which step is kept where and
what it means when two places disagree.
"""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from migration.db import PgConnection
from migration.errors import EvidenceError
from migration.evidence.receipt import Chain, Link, Receipt

SCHEMA = "migration"
"""The target's own schema for what the tool keeps there; the application never looks into it."""

_CREATE = """
CREATE SCHEMA IF NOT EXISTS migration;
CREATE TABLE IF NOT EXISTS migration.receipts (
    step text NOT NULL,
    chain integer NOT NULL,
    position integer NOT NULL,
    time text NOT NULL,
    digest text NOT NULL,
    hash text NOT NULL,
    body text,
    PRIMARY KEY (step, chain, position)
);
COMMENT ON TABLE migration.receipts IS
    'What the suites of the migration proved. Rows are only added; the highest chain counts.';
"""


class Store(Protocol):
    """A place for one chain a step."""

    def read(self, step: str) -> Chain | None:
        """Return the chain of a step; EvidenceError when what lies there is no chain."""

    def write(self, chain: Chain) -> None:
        """Keep a chain that goes on from the one that is there, or replaces it."""


class FileStore:
    """A folder with one JSON file a step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, step: str) -> Chain | None:
        """Return the chain of a step; EvidenceError when the file holds no chain."""
        file = self._file(step)
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            values = json.loads(text)
            return _chain(values["receipt"], values["links"])
        except (ValueError, TypeError, KeyError) as error:
            raise _unreadable(str(file), error) from error

    def write(self, chain: Chain) -> None:
        """Replace the file in one move, so that no reader ever meets half of it."""
        values = {
            "receipt": chain.receipt.to_json(),
            "links": [asdict(link) for link in chain.links],
        }
        write_atomically(self._file(chain.receipt.step), values)

    def _file(self, step: str) -> Path:
        return self._folder / f"{step}.json"


class TargetStore:
    """The table `migration.receipts` of the target, to which rows are only added."""

    def __init__(self, connection: PgConnection) -> None:
        self._connection = connection

    def create(self) -> None:
        """Create the table where it is missing."""
        self._connection.execute(_CREATE)

    def exists(self) -> bool:
        """Say whether the table is there."""
        row = self._connection.execute("SELECT to_regclass('migration.receipts')").fetchone()
        return row is not None and row[0] is not None

    def read(self, step: str) -> Chain | None:
        """Return the newest chain of a step; EvidenceError when the rows are no chain."""
        rows = self._rows(step)
        if not rows:
            return None
        try:
            links = [{"time": row[1], "digest": row[2], "hash": row[3]} for row in rows]
            return _chain(json.loads(rows[-1][4]), links)
        except (ValueError, TypeError, KeyError) as error:
            raise _unreadable("table migration.receipts of the target", error) from error

    def write(self, chain: Chain) -> None:
        """Add the new links; where the chain is another one, add it as the next."""
        step, rows = chain.receipt.step, self._rows(chain.receipt.step)
        known = [row[3] for row in rows]
        number = rows[0][0] if rows else 1
        if known != [link.hash for link in chain.links[: len(known)]]:
            number, known = number + 1, []
        with self._connection.transaction():
            for position in range(len(known), len(chain.links)):
                self._add(step, number, position, chain)

    def _rows(self, step: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(
            "SELECT chain, time, digest, hash, body FROM migration.receipts WHERE step = %(step)s"
            " AND chain = (SELECT max(chain) FROM migration.receipts WHERE step = %(step)s)"
            " ORDER BY position",
            {"step": step},
        ).fetchall()

    def _add(self, step: str, number: int, position: int, chain: Chain) -> None:
        link = chain.links[position]
        newest = link is chain.links[-1]
        body = json.dumps(chain.receipt.to_json(), ensure_ascii=False) if newest else None
        self._connection.execute(
            "INSERT INTO migration.receipts (step, chain, position, time, digest, hash, body)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [step, number, position, link.time, link.digest, link.hash, body],
        )


def write_atomically(file: Path, values: object) -> None:
    """Write JSON for people to review: a temporary neighbour first, then one rename."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(values, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _chain(receipt: dict[str, Any], links: list[dict[str, str]]) -> Chain:
    return Chain(Receipt.from_json(receipt), tuple(Link(**link) for link in links))


def _unreadable(where: str, error: Exception) -> EvidenceError:
    return EvidenceError(
        f"reading the receipt in {where}",
        f"it is not what the tool writes ({type(error).__name__}: {error})",
        "prove the step again; the new receipt says that the chain was begun anew",
    )
