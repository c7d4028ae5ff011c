"""One copy at work: where from, where to, how; and the watch over how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock

from migration.copy.chunks import Reader
from migration.copy.errors import PolicyUnknown
from migration.copy.plan import TablePlan, plans
from migration.db import PgConnection, SqliteConnection
from migration.policies import Policies, suits
from migration.progress import Progress, silent
from migration.schema.model import Schema, quote


@dataclass(frozen=True)
class Work:
    """One copy: where from, where to, how."""

    sqlite: SqliteConnection
    pg: PgConnection
    model: Schema
    policies: Policies
    plans: Sequence[TablePlan]

    @property
    def reader(self) -> Reader:
        """What reads and packs the source."""
        return Reader(self.sqlite, self.policies)

    def run(self, statements: str) -> None:
        """Run SQL that takes no parameters."""
        self.pg.execute(statements.encode())


def plan_work(
    sqlite: SqliteConnection, pg: PgConnection, model: Schema, policies: Policies
) -> Work:
    """Plan every table; PolicyUnknown for a decision that is about nothing."""
    _assert_known(model, policies)
    return Work(sqlite, pg, model, policies, plans(sqlite, model, policies))


def _assert_known(model: Schema, policies: Policies) -> None:
    tables = {table.source: table for table in model.tables}
    for name, decided in policies.named.items():
        table = tables.get(name) or tables.get(name.rpartition(".")[0])
        columns = {column.source: column for column in table.columns} if table else {}
        part = name[len(table.source) + 1 :] if table else ""
        wrong = [r for r in decided.rules if part in columns and not suits(r, columns[part].type)]
        if table is None:
            why = f"there is no table `{name.partition('.')[0]}`"
        elif part and part not in columns and part not in {check.name for check in table.checks}:
            why = f"{name[: len(table.source)]} has no column or rule `{part}`"
        elif wrong:
            why = f"`{wrong[0]}` is no rule for a column of type {columns[part].type}"
        else:
            continue
        what = f"follow the decision about `{name}`"
        raise PolicyUnknown(what, why, "correct it in [copy.policies] of migration.toml")


@dataclass
class Watch:
    """Adds up what the streams say and tells whoever watches."""

    progress: Progress
    totals: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    interrupted: Event = field(default_factory=Event)
    """Set when somebody wants the work to end."""

    def expect(self, work: Work, loaded: Mapping[str, int]) -> None:
        """Count the rows of every table, if somebody watches; some may be loaded already."""
        if self.progress is silent:
            return
        for plan in work.plans:
            name, query = plan.table.name, f"SELECT count(*) FROM {quote(plan.table.source)}"
            self.totals[name] = work.sqlite.execute(query).fetchone()[0]
            self.done[name] = loaded.get(name, 0)
            self.progress(name, self.done[name], self.totals[name])

    def told(self, plan: TablePlan, rows: int) -> None:
        """Take note of rows that were sent; raises KeyboardInterrupt when the work is to end."""
        if self.interrupted.is_set():
            raise KeyboardInterrupt
        name = plan.table.name
        with self.lock:
            total = self.totals.get(name, 0)
            self.done[name] = min(self.done.get(name, 0) + rows, total)
            self.progress(name, self.done[name], total)

    def again(self) -> "Watch":
        """Begin to count anew, from nothing done."""
        return Watch(self.progress, self.totals, interrupted=self.interrupted)
