"""Whether both databases hold the same rows, in one snapshot of each.

Both sides are read in the order of the key and walked together, so memory stays flat; `values`
says which stored values are the same, `decided` what becomes of one for which there is a rule.
Large tables: `aggregates`, `sample`, `buckets`; rows in quarantine: `left_behind`. Declarations are
compared in `schema`.
"""

from collections.abc import Collection, Iterable, Iterator, KeysView, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from migration.compare import postgres_facts, sqlite_facts
from migration.compare.aggregates import row_counts, unequal
from migration.compare.buckets import only_on_one_side
from migration.compare.facts import ReferenceFacts, TableFacts
from migration.compare.left_behind import LeftBehind, left_behind
from migration.compare.rows import Pair, Reading, Row, pairs, postgres_rows, reading, sqlite_rows
from migration.compare.sample import sampled_rows
from migration.compare.sequences import next_ids
from migration.compare.values import COPY_TEXT_SETTINGS, Scalar
from migration.db import PgConnection, SqliteConnection, reading_ends
from migration.policies import UNDECIDED, Policies
from migration.schema.choices import NATIVE, Choices
from migration.schema.model import quote

SHOWN_PER_TABLE = 20
LARGE = 10_000


@dataclass(frozen=True)
class DataDifference:
    """One thing that differs; values of protected columns are masked.

    `kind` is value, missing (the row is not in PostgreSQL), extra (it is only there), quarantine,
    table, sequence or orphan.
    """

    table: str
    kind: str
    key: str
    column: str
    sqlite: str
    postgres: str

    def __str__(self) -> str:
        """Return one line for a report."""
        place = f"{self.table}.{self.column}" if self.column else self.table
        row = f" ({self.key})" if self.key else ""
        return f"{place}{row}: {self.kind}: SQLite {self.sqlite}, PostgreSQL {self.postgres}"


@dataclass(frozen=True)
class TableCompared:
    """A table's rows on both sides, how many differ, and the first of the differences."""

    table: str
    source: str
    """The table's name in SQLite."""
    rows_sqlite: int
    rows_postgres: int
    rows_different: int
    differences: tuple[DataDifference, ...]
    rows_decoded: int
    """How many rows were compared value by value; of the others, counts and sums were."""
    rows_left_behind: int
    """How many rows of the source are in quarantine instead, whole."""


@dataclass(frozen=True)
class DataComparison:
    """The outcome for one database."""

    schema: str
    tables: tuple[TableCompared, ...]
    others: tuple[DataDifference, ...]

    @property
    def differences(self) -> tuple[DataDifference, ...]:
        """Return what is shown of every table, then sequences, orphans and missing tables."""
        return tuple(d for table in self.tables for d in table.differences) + self.others

    @property
    def identical(self) -> bool:
        """Say whether nothing differs."""
        return not self.others and not any(table.rows_different for table in self.tables)

    def __str__(self) -> str:
        """Return one line with the totals."""
        rows = sum(table.rows_sqlite for table in self.tables)
        different = sum(table.rows_different for table in self.tables)
        away = sum(table.rows_left_behind for table in self.tables)
        large = sum(table.rows_decoded < table.rows_sqlite for table in self.tables)
        return "".join(
            [
                f"{self.schema}: {rows} rows in {len(self.tables)} tables, {different} differ",
                f"; {away} in quarantine, not visible to users" if away else "",
                f"; {large} large tables by counts, sums and samples" if large else "",
                f"; {len(self.others)} other faults" if self.others else "",
            ]
        )


def compare_data(
    sqlite: SqliteConnection,
    pg: PgConnection,
    *,
    schema: str,
    protected: Collection[str] = (),
    policies: Policies = UNDECIDED,
    full: bool = False,
    choices: Choices = NATIVE,
) -> DataComparison:
    """Compare the rows, the sequences and the references. Writes nothing on either side.

    Tables below 10,000 rows are compared value by value, larger ones by counts, sums and a sample,
    unless `full` asks for all of them; where those differ, the table is gone through for the rows.
    `protected` names columns as `table.column`, whose values no message may show.
    """
    with _snapshots(sqlite, pg):
        ours = sqlite_facts.read(sqlite, choices).tables
        theirs = postgres_facts.read(pg, schema).tables
        away = left_behind(pg, schema)
        plans = [
            reading(table, theirs[name], policies, away.get(name))
            for name, table in ours.items()
            if name in theirs
        ]
        tables = tuple(_table(sqlite, pg, schema, plan, protected, full=full) for plan in plans)
        others = [
            *_missing_tables(ours.keys(), theirs.keys()),
            *_sequences(sqlite, pg, schema, ours),
            *_orphans(pg, schema, (ours[plan.table] for plan in plans), theirs.keys()),
        ]
    return DataComparison(schema, tables, tuple(others))


@contextmanager
def _snapshots(sqlite: SqliteConnection, pg: PgConnection) -> Iterator[None]:
    """See both sides as of one moment each, text that is no UTF-8 included."""
    text_factory = sqlite.text_factory
    sqlite.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    sqlite.execute("BEGIN")
    try:
        with pg.transaction():
            pg.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            pg.execute(COPY_TEXT_SETTINGS)
            with reading_ends():
                yield
    finally:
        sqlite.rollback()
        sqlite.text_factory = text_factory


def _table(
    sqlite: SqliteConnection,
    pg: PgConnection,
    schema: str,
    plan: Reading,
    protected: Collection[str],
    *,
    full: bool,
) -> TableCompared:
    ours, theirs = row_counts(sqlite, pg, schema, plan)
    large = max(ours, theirs) >= LARGE
    if large and ours == theirs and not full and plan.key and not plan.away:
        sample = sampled_rows(sqlite, pg, schema, plan, rows=ours)
        found = _walked(plan, *sample, protected)
        if not found.rows_different and not unequal(sqlite, pg, schema, plan):
            return replace(found, rows_sqlite=ours, rows_postgres=theirs)
    if large and not plan.streamed:
        one, other = only_on_one_side(
            lambda: sqlite_rows(sqlite, plan, in_order=False),
            lambda: postgres_rows(pg, schema, plan, in_order=False),
        )
        one.sort(key=plan.order)
        other.sort(key=plan.order)
        found = _walked(plan, iter(one), iter(other), protected)
        return replace(found, rows_sqlite=ours, rows_postgres=theirs, rows_decoded=ours)
    return _walked(plan, sqlite_rows(sqlite, plan), postgres_rows(pg, schema, plan), protected)


def _walked(
    plan: Reading, ours: Iterator[Row], theirs: Iterator[Row], protected: Collection[str]
) -> TableCompared:
    """Go through both sides in one order."""
    rows_sqlite = rows_postgres = different = 0
    shown: list[DataDifference] = []
    for one, other in pairs(ours, theirs, plan):
        rows_sqlite += one is not None
        rows_postgres += other is not None
        if one != other:
            different += 1
            if len(shown) < SHOWN_PER_TABLE:
                shown += _row_differences(plan, (one, other), protected)
    away = plan.away or LeftBehind({})
    for key in away.unknown:
        different += 1
        sides = "has no such row", "has it in quarantine"
        shown.append(DataDifference(plan.table, "quarantine", key, "", *sides))
    return TableCompared(
        table=plan.table,
        source=plan.source,
        rows_sqlite=rows_sqlite + len(away.found),
        rows_postgres=rows_postgres,
        rows_different=different,
        differences=tuple(shown),
        rows_decoded=rows_sqlite + len(away.found),
        rows_left_behind=len(away.found),
    )


def _row_differences(
    plan: Reading, pair: Pair, protected: Collection[str]
) -> Iterator[DataDifference]:
    masked = [f"{plan.source}.{column.source}" in protected for column in plan.ours]
    one, other = pair
    key = _key_text(plan, one or other or (), masked)
    if one is None or other is None:
        kind, there = ("extra", "lacks it") if one is None else ("missing", "has it")
        yield DataDifference(
            plan.table, kind, key, "", there, "has it" if one is None else "lacks it"
        )
        return
    for column, mask, left, right in zip(plan.ours, masked, one, other, strict=True):
        if left != right:
            values = _shown(left, mask), _shown(right, mask)
            yield DataDifference(plan.table, "value", key, column.name, *values)


def _key_text(plan: Reading, row: Row, masked: list[bool]) -> str:
    return ", ".join(
        f"{plan.ours[n].name}={_shown(row[n], masked[n])}" for n in plan.key or range(len(row))
    )


def _shown(value: Scalar, masked: bool) -> str:
    if value is None:
        return "NULL"
    return f"a protected value of {len(str(value))} characters" if masked else repr(value)


def _missing_tables(ours: KeysView[str], theirs: KeysView[str]) -> Iterator[DataDifference]:
    for name in sorted(ours - theirs):
        yield DataDifference(name, "table", "", "", "has it", "lacks it")
    for name in sorted(theirs - ours):
        yield DataDifference(name, "table", "", "", "lacks it", "has it")


def _sequences(
    sqlite: SqliteConnection, pg: PgConnection, schema: str, tables: Mapping[str, TableFacts]
) -> Iterator[DataDifference]:
    """Yield the sequences that would give out an id again, also one of a row deleted in SQLite."""
    counters: dict[str, int] = {}
    if sqlite.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").fetchone():
        counters = dict(sqlite.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for counter in next_ids(pg, schema):
        table = tables.get(counter.table)
        used = max(counter.highest, counters.get(table.source if table else "", 0))
        if counter.next_id <= used:
            sides = f"has used ids up to {used}", f"gives out {counter.next_id} next"
            yield DataDifference(counter.table, "sequence", "", counter.column, *sides)


def _orphans(
    pg: PgConnection, schema: str, tables: Iterable[TableFacts], there: KeysView[str]
) -> Iterator[DataDifference]:
    for table in tables:
        for key in table.references:
            count = _orphan_count(pg, schema, table.name, key) if key.target in there else 0
            if count:
                columns = ", ".join(key.columns)
                found = f"has {count} rows without their row in {key.target}"
                yield DataDifference(table.name, "orphan", "", columns, "requires it", found)


def _orphan_count(pg: PgConnection, schema: str, table: str, key: ReferenceFacts) -> int:
    known = " AND ".join(f"child.{quote(name)} IS NOT NULL" for name in key.columns)
    same = " AND ".join(
        f"parent.{quote(theirs)} = child.{quote(mine)}"
        for mine, theirs in zip(key.columns, key.target_columns, strict=True)
    )
    row = pg.execute(
        f"SELECT count(*) FROM {quote(schema)}.{quote(table)} AS child WHERE {known} AND NOT EXISTS"
        f" (SELECT 1 FROM {quote(schema)}.{quote(key.target)} AS parent WHERE {same})".encode()
    ).fetchone()
    return int(row[0]) if row else 0
