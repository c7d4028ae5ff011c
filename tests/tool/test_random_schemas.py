"""Any database arrives as it is, or is refused with a reason: never a silent change.

A hundred random databases, and with FULL_SIZE=1 in the environment two thousand. Besides the
tool's own comparison the rows are read back by code of this test alone.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from random_schemas import Drawn, databases

from migration.compare.data import compare_data
from migration.compare.objects import try_out
from migration.compare.schema import compare_schemas
from migration.copy import copy_database
from migration.copy.errors import RowsRejected, TargetRefused
from migration.db import PgConnection, SqliteConnection, SqliteError, open_postgres, open_sqlite
from migration.schema.apply import apply
from migration.schema.choices import Choices
from migration.schema.convert import attempt, convert
from migration.schema.ddl import (
    render,
    render_keys,
    render_tables,
    render_triggers,
    render_views,
)
from migration.schema.errors import CannotApply
from migration.schema.model import LogicalType, Schema, quote
from migration.source.catalogue import read
from migration.source.profile import profile

FULL_SIZE = os.environ.get("FULL_SIZE") == "1"
APP, TRIAL = "app", "app_trial"


@pytest.fixture(scope="module")
def pg(move_target: str) -> Iterator[PgConnection]:
    """A database that every example empties first."""
    with open_postgres(move_target, schema=APP) as connection:
        yield connection


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the examples' files lie."""
    return tmp_path_factory.mktemp("random")


@settings(
    max_examples=2_000 if FULL_SIZE else 100,
    derandomize=not FULL_SIZE,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(drawn=databases())
def test_a_random_database_arrives_or_is_refused(
    drawn: Drawn, pg: PgConnection, folder: Path
) -> None:
    file = folder / "source.db"
    file.unlink(missing_ok=True)
    pg.execute(f"DROP SCHEMA IF EXISTS {APP}, migration CASCADE".encode())
    with closing(open_sqlite(file, readonly=False)) as sqlite:
        _build(sqlite, drawn)
        event(_move(sqlite, pg, Choices(types=drawn.types)))


def _build(sqlite: SqliteConnection, drawn: Drawn) -> None:
    for statement in drawn.statements:
        _try(sqlite, statement)
    for insert, values in drawn.rows:
        _try(sqlite, insert, values)


def _try(sqlite: SqliteConnection, statement: str, values: tuple[Any, ...] = ()) -> None:
    with suppress(SqliteError, UnicodeEncodeError):
        sqlite.execute(statement, values)


def _move(sqlite: SqliteConnection, pg: PgConnection, choices: Choices) -> str:
    """Move a database and say what became of it."""
    catalogue = read(sqlite)
    done = attempt(catalogue, schema=APP, choices=choices)
    found = profile(sqlite, catalogue, choices)
    if done.refusals:
        assert all(r.what and r.why and r.remedy for r in done.refusals)
        return "refused: " + " and ".join(sorted({_kind(r.what) for r in done.refusals}))
    faults = {(f.table, f.rule) for f in found.findings if f.severity == "error"}
    try:
        apply(pg, render(done.schema))
        report = copy_database(sqlite, pg, done.schema)
    except RowsRejected as error:
        if not faults and "out of range" not in error.why:
            raise
        # Else a generated value beyond 64 bits, which no look at the stored ones can foresee.
        return "rows rejected"
    except (CannotApply, TargetRefused) as error:
        if "out of range" not in error.why:
            raise
        # A rule that calculates beyond 64 bits, which no look at the values can foresee.
        return "refused by the server"
    assert not faults, "the audit found what the copy does not reject"
    assert report.complete
    assert compare_schemas(sqlite, pg, schema=APP, choices=choices) == []
    assert compare_data(sqlite, pg, schema=APP, choices=choices).differences == ()
    _compare_rows(sqlite, pg, done.schema)
    with pg.transaction(force_rollback=True):
        _create_trial(pg, convert(catalogue, schema=TRIAL, choices=choices))
        assert try_out(sqlite, pg, schema=TRIAL, choices=choices) == []
    return "arrived"


def _kind(what: str) -> str:
    return " ".join(what.split()[:2]) if what.startswith("the ") else what.split()[0]


def _create_trial(pg: PgConnection, trial: Schema) -> None:
    for part in (render_tables, render_keys, render_views, render_triggers):
        pg.execute(part(trial).encode())


def _compare_rows(sqlite: SqliteConnection, pg: PgConnection, schema: Schema) -> None:
    """Compare every value, by no code of the tool."""
    for table in schema.tables:
        types = [column.type for column in table.columns]
        sources = ", ".join(quote(column.source) for column in table.columns)
        names = ", ".join(quote(column.name) for column in table.columns)
        ours = sqlite.execute(f"SELECT {sources} FROM {quote(table.source)}").fetchall()
        query = f"SELECT {names} FROM {APP}.{quote(table.name)}"
        theirs = pg.execute(query.encode()).fetchall()
        one = Counter(tuple(map(_from_sqlite, row, types)) for row in ours)
        assert one == Counter(tuple(map(_from_postgres, row, types)) for row in theirs), table.name


def _from_sqlite(value: Any, type: LogicalType) -> str:
    if value is not None and type is LogicalType.TIMESTAMP:
        moment = datetime.fromisoformat(value)
        value = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    elif value is not None and type is LogicalType.NUMERIC:
        value = Decimal(repr(value))
    elif value is not None and type is LogicalType.BOOLEAN:
        value = {0: False, 1: True}[value]
    elif value is not None and type is LogicalType.JSON:
        value = json.loads(str(value))
    return _from_postgres(value, type)


def _from_postgres(value: Any, type: LogicalType) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(Context(prec=1_000)), "f")
    if value is not None and type is LogicalType.JSON:
        return json.dumps(value, sort_keys=True)
    if type is LogicalType.DATE and value is not None:
        return str(value)
    return repr(value)
