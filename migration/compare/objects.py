"""Whether views and triggers do the same on both engines, shown by running them.

The declarations of the source are made again in memory, without its rows but for a few; those of
PostgreSQL stand in a schema made for the trial. Nothing of it stays. Whether both sides have the
same views and triggers by name is compared in `schema`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from migration.compare import sqlite_facts
from migration.compare.facts import TableFacts
from migration.compare.samples import Sample, samples
from migration.compare.trial import Trial, TrialDiffers, canonical_read, in_order, read_as
from migration.compare.values import canonical_sqlite, postgres_type
from migration.db import PgConnection, SqliteConnection, scratch_sqlite
from migration.schema.choices import NATIVE, Choices
from migration.schema.model import LogicalType, quote

ROWS = 8
CHANGED = 2
SPARE = 6
_DEFINITIONS = """
SELECT 'view ' || relname, pg_get_viewdef(c.oid, true) FROM pg_class AS c
WHERE relnamespace = to_regnamespace(%(schema)s) AND relkind IN ('v', 'm')
UNION ALL
SELECT 'function ' || proname, prosrc FROM pg_proc
WHERE pronamespace = to_regnamespace(%(schema)s)
UNION ALL
SELECT 'trigger ' || tgname, pg_get_triggerdef(t.oid) || tgenabled::text FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = tgrelid
WHERE relnamespace = to_regnamespace(%(schema)s) AND NOT tgisinternal
"""
# Types of which different texts can be one value, so that a key of them is stricter.
_MERGING = frozenset({LogicalType.TIMESTAMP, LogicalType.NUMERIC, LogicalType.JSON})
_VIEW_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 ORDER BY attnum
"""


def definitions(pg: PgConnection, schema: str) -> dict[str, str]:
    """Return views, functions and triggers of a schema as they stand, its own name left out."""
    with pg.transaction(force_rollback=True):
        pg.execute("SET LOCAL search_path TO ''")
        rows = pg.execute(_DEFINITIONS, {"schema": quote(schema)}).fetchall()
    return {name: _nameless(text, schema) for name, text in rows}


def _nameless(text: str, schema: str) -> str:
    spellings = "|".join(map(re.escape, (quote(schema), schema)))
    return re.sub(rf"(?<!\w)(?:{spellings})\.", "", text)


def try_out(
    source: SqliteConnection, pg: PgConnection, *, schema: str, choices: Choices = NATIVE
) -> list[str]:
    """Write rows on both sides and return what came out differently, by name; at best nothing.

    `schema` holds the tables without their references, and is written to.
    """
    tables = sqlite_facts.read(source, choices).tables
    things = sqlite_facts.objects(source, choices)
    views = [name for kind, name, _ in things if kind == "view"]
    triggered = {table.lower() for kind, _, table in things if kind == "trigger"}
    watched = [table for table in tables.values() if table.source.lower() in triggered]
    with closing(scratch_sqlite()) as scratch:
        texts = _declare(source, scratch, tables, things, choices)
        trial = Trial(scratch, pg, schema, tables, frozenset(_loosened(tables, choices)))
        try:
            drawn = {name: samples(source, table, texts) for name, table in tables.items()}
            rows = {name: _filled(trial, tables[name], drawn[name]) for name in tables}
            differing = list(_views(trial, views))
            spare = {table.name: list(drawn[table.name])[:SPARE] for table in watched}
            for table in watched:
                some = rows[table.name]
                _disturb(trial, table, some, spare[table.name], _keys(table, some))
            differing += _views(trial, views)
            for table in watched:
                # Last, because from here on the two sides may have given out ids differently.
                _disturb(trial, table, rows[table.name], spare[table.name], [{}])
        except TrialDiffers as error:
            return [str(error)]
        return list(dict.fromkeys(differing))


def _declare(
    source: SqliteConnection,
    scratch: SqliteConnection,
    tables: Mapping[str, TableFacts],
    things: Sequence[tuple[str, str, str]],
    choices: Choices,
) -> list[str]:
    """Make tables, views and triggers again, and return what they say."""
    wanted = [("table", table.source) for table in tables.values()]
    wanted += [("index", name) for name in _unique_indexes(source, tables, choices)]
    wanted += [(kind, name) for kind, name, _ in things]
    texts = []
    for kind, name in wanted:
        query = "SELECT sql FROM sqlite_schema WHERE type = ? AND name = ?"
        found = source.execute(query, [kind, name]).fetchone()
        if found:
            scratch.execute(found[0])
            texts.append(found[0])
    return texts


def _unique_indexes(
    source: SqliteConnection, tables: Mapping[str, TableFacts], choices: Choices
) -> Iterator[str]:
    """Yield the indexes that refuse rows."""
    for table in tables.values():
        for name, unique, origin in source.execute(
            'SELECT name, "unique", origin FROM pragma_index_list(?)', [table.source]
        ).fetchall():
            if unique and origin == "c" and not choices.leaves_out(f"index {name}"):
                yield name


def _loosened(tables: Mapping[str, TableFacts], choices: Choices) -> Iterator[str]:
    """Yield the tables of which one side may take rows that the other does not."""
    for table in tables.values():
        merging = {column.name for column in table.columns if column.meaning in _MERGING}
        keys = [table.primary_key, *table.uniques, *(i.terms for i in table.indexes if i.unique)]
        if any(merging.intersection(key) for key in keys):
            yield table.name
        marks = (f" of {table.source}", f" of {table.source}.")
        if any(mark.lower() in what.lower() for what in choices.leave_out for mark in marks):
            yield table.name


def _filled(trial: Trial, table: TableFacts, drawn: Iterator[Sample]) -> list[Sample]:
    """Write rows until enough were taken, and return those."""
    taken: list[Sample] = []
    for row in drawn:
        if trial.insert(table, row):
            taken.append(row)
        if len(taken) == ROWS:
            break
    return taken


def _keys(table: TableFacts, rows: Sequence[Sample]) -> list[Sample]:
    """Return the keys of a few rows; none where the table has no key."""
    key = table.primary_key
    return [{part: row[part] for part in key} for row in rows[:CHANGED] if key]


def _disturb(
    trial: Trial,
    table: TableFacts,
    rows: Sequence[Sample],
    spare: Sequence[Sample],
    keys: Sequence[Sample],
) -> None:
    """Change every column of the rows of each key, then remove them; of no key, all rows."""
    plain = [c for c in table.columns if c.expression is None and c.name not in table.primary_key]
    for key in keys:
        for name in (column.name for column in plain):
            for other in [*rows[-2:], *spare]:
                if trial.update(table, {name: other[name]}, key) and other in spare:
                    break
    for key in keys:
        trial.delete(table, key)


def _views(trial: Trial, views: Sequence[str]) -> Iterator[str]:
    for view in views:
        name = quote(sqlite_facts.expected_name(view))
        place = f"{quote(trial.schema)}.{name}"
        columns = trial.pg.execute(_VIEW_COLUMNS, [place]).fetchall()
        if not columns:
            continue  # which is told where the catalogues are compared
        ours = trial.sqlite.execute(f"SELECT * FROM {quote(view)}")
        named = [sqlite_facts.expected_name(column[0]) for column in ours.description]
        if named != [column for column, _ in columns]:
            yield f"view {view}: its columns are called otherwise"
        meanings = [postgres_type(type) for _, type in columns]
        read = ", ".join(map(read_as, (column for column, _ in columns), meanings))
        theirs = trial.pg.execute(f"SELECT {read} FROM {place}".encode()).fetchall()
        left = [tuple(map(canonical_sqlite, row, meanings)) for row in ours.fetchall()]
        right = [tuple(map(canonical_read, row, meanings)) for row in theirs]
        if in_order(left) != in_order(right):
            yield f"view {view}: it shows other rows"
