"""Checks of the step `data`: both sides hold the same, by code that takes no part in the copy."""

from itertools import islice

import pytest

from migration.compare.data import DataComparison, compare_data
from migration.config import LogicalDatabase
from migration.db import PgConnection, SqliteConnection
from migration.schema.model import quote
from migration.site import Site
from migration.steps.left_behind import outdated, undecided
from migration.steps.parity import differing_bytes
from migration.steps.privacy import named_in_target

SHOWN = 20


def test_every_row_is_the_same(site: Site) -> None:
    """Value by value, with sequences and references."""
    for database in site.config.databases:
        comparison = _compared(site, database)
        if not comparison.identical:
            lines = map(str, comparison.differences[:SHOWN])
            pytest.fail("\n".join([str(comparison), *lines]), pytrace=False)


def test_the_target_holds_the_bytes_that_were_sent(site: Site) -> None:
    """Every row read back, against the digests that were kept while they were copied."""
    for database in site.config.databases:
        found = list(islice(differing_bytes(site, database), SHOWN))
        assert found == [], database.name


def test_every_row_left_behind_was_decided_on(site: Site) -> None:
    """Nobody sees a row in quarantine; migration.toml says of each why that may be."""
    for database in site.config.databases:
        assert undecided(site, database) == [], f"[copy.left_behind.{database.name}]"
        assert outdated(site, database) == [], f"[copy.left_behind.{database.name}]"


def test_pseudonymous_data_name_nobody(site: Site) -> None:
    """No value of them identifies somebody whom another database knows."""
    assert list(islice(map(str, named_in_target(site)), SHOWN)) == []


def test_every_table_was_compared(site: Site) -> None:
    """As many tables and rows as the source itself counts."""
    for database in site.config.databases:
        compared = {t.source: t.rows_sqlite for t in _compared(site, database).tables}
        with site.source(database) as source:
            names = source.execute(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            ).fetchall()
            counted = {
                name: source.execute(f"SELECT count(*) FROM {quote(name)}").fetchone()[0]
                for (name,) in names
                if not database.choices.leaves_out(f"table {name}")
            }
        assert compared == counted, database.name


def test_no_constraint_was_left_unchecked(site: Site) -> None:
    """A constraint that was added without looking at the rows promises nothing."""
    for database in site.config.databases:
        with site.target(database) as connection:
            unchecked = connection.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint"
                " WHERE connamespace = to_regnamespace(%s) AND NOT convalidated",
                [quote(database.schema)],
            ).fetchall()
        assert unchecked == [], database.name


def test_new_rows_get_new_ids(site: Site) -> None:
    """Every sequence stands above each id that was ever given out, of rows deleted since too."""
    for database in site.config.databases:
        with site.source(database) as source:
            given_out = _given_out(source)
        with site.target(database) as target:
            for table, highest in given_out.items():
                following = _next_id(target, table)
                assert following > highest, f"{table} would give out the id {following} again"


def _given_out(source: SqliteConnection) -> dict[str, int]:
    kept = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"
    if not source.execute(kept).fetchone():
        return {}
    return dict(source.execute("SELECT name, seq FROM sqlite_sequence").fetchall())


def _next_id(target: PgConnection, table: str) -> int:
    row = target.execute(
        "SELECT pg_get_serial_sequence(%(table)s, attname) FROM pg_attribute"
        " WHERE attrelid = %(table)s::regclass AND attidentity <> ''",
        {"table": quote(table)},
    ).fetchone()
    assert row is not None, f"{table} hands out no ids"
    state = target.execute(
        f"SELECT last_value::numeric + is_called::integer FROM {row[0]}".encode()
    ).fetchone()
    assert state is not None
    return int(state[0])


def _compared(site: Site, database: LogicalDatabase) -> DataComparison:
    with site.source(database) as source, site.target(database) as target:
        return compare_data(
            source,
            target,
            schema=database.schema,
            protected=database.protected,
            policies=site.config.copy.policies_of(database.name),
            choices=database.choices,
        )
