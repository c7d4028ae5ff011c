"""Moving the rows of a SQLite database into the tables that `migration.schema` made.

    plan      which tables, in which order each is read             plan
    pack      rows to the bytes of binary COPY, strictly            pack, columns, wire, rules
    load      chunk by chunk; what does not fit stays behind        rows, chunks, load, quarantine
    settle    broken references out, keys in, sequences set         settle, integrity, sequences
    prove     every row read back and compared with what was sent   proof, readback

`copy_database` does it in one transaction, for small databases and for tests; `copy_resumably` in
many, with a ledger in the target, so that a copy which was ended goes on where it stopped. Whether
both sides then hold the same is judged once more by `migration.compare`.
"""

from collections.abc import Iterator

from migration.copy.ledger import Ledger
from migration.copy.load import Loader
from migration.copy.plan import Range
from migration.copy.proof import RowDiffers, differences
from migration.copy.report import CopyReport, Rejected
from migration.copy.resumable import copy_resumably
from migration.copy.settle import settle
from migration.copy.target import claim, only_copy
from migration.copy.telling import telling
from migration.copy.work import Watch, plan_work
from migration.db import PgConnection, SqliteConnection
from migration.policies import UNDECIDED, Policies
from migration.progress import Progress, silent
from migration.schema.model import Schema
from migration.source.snapshot import snapshot

__all__ = [
    "CopyReport",
    "Progress",
    "Rejected",
    "copy_database",
    "copy_resumably",
    "read_back_again",
]


def copy_database(
    sqlite: SqliteConnection,
    pg: PgConnection,
    model: Schema,
    *,
    policies: Policies = UNDECIDED,
    progress: Progress = silent,
) -> CopyReport:
    """Copy every row into the empty tables of the model in one transaction, all or nothing.

    Rows that `policies` let stay behind are kept in `migration.quarantine`, and so are the rows
    that refer to them; any other row that does not fit ends the copy, after all such rows were
    found. `progress` is called with table, rows done and rows in all. The role must own the tables.
    Raises TargetNotReady, TargetNotEmpty, CopyBusy, RowsRejected, TargetRefused or SourceError.
    """
    as_before = "the target is as it was before: remove the cause and run the copy again"
    with (
        telling(f"copy the rows of {model.name}", as_before),
        only_copy(pg, model.name),
        snapshot(sqlite),
        pg.transaction(),
    ):
        work = plan_work(sqlite, pg, model, policies)
        claim(work)
        watch = Watch(progress)
        watch.expect(work, {})
        loader = Loader(work.reader, pg, policies, None, watch.told)
        for plan in work.plans:
            loader.load(plan, Range())
        return settle(work)


def read_back_again(
    sqlite: SqliteConnection,
    pg: PgConnection,
    model: Schema,
    *,
    policies: Policies = UNDECIDED,
) -> Iterator[RowDiffers]:
    """Yield each row that is not in the target as it was sent, by the digests that were kept.

    Says nothing where no copy kept any. A row that was changed on both sides alike is no
    difference. Writes nothing.
    """
    ledger = Ledger(pg, model.name)
    if ledger.begun():
        with telling(f"read back {model.name}", "run it again"), snapshot(sqlite):
            yield from differences(plan_work(sqlite, pg, model, policies), ledger)
