"""The template of this project: its seed on SQLite, and the same rows on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from migration.config import Config
from migration.db.clone import is_sealed
from migration.db.errors import CannotConnect
from migration.db.server import RunningServer
from migration.errors import AppError
from migration.replay.arms import Arm, PostgresArm, SqliteArm
from migration.replay.rows import dirty, sequence_faults
from migration.replay.seeding import seed_files
from migration.replay.template import Templates

TABLES = 49


def test_both_engines_hold_the_same_rows_in_the_same_order(
    sqlite_arm: SqliteArm, postgres_arm: PostgresArm
) -> None:
    sqlite, postgres = sqlite_arm.template.tables, postgres_arm.template.tables
    assert len(sqlite) == TABLES
    assert sqlite.keys() == postgres.keys()
    for name, table in sqlite.items():
        assert table.rows, f"{name} is empty"
        assert table.rows == postgres[name].rows, name


def test_both_engines_hand_out_the_same_ids_next(
    sqlite_arm: SqliteArm, postgres_arm: PostgresArm
) -> None:
    sqlite, postgres = sqlite_arm.template.tables, postgres_arm.template.tables
    assert {n: t.next_id for n, t in sqlite.items()} == {n: t.next_id for n, t in postgres.items()}


@pytest.fixture(params=["sqlite_arm", "postgres_arm"])
def arm(request: pytest.FixtureRequest) -> Arm:
    """Each arm in turn."""
    found: Arm = request.getfixturevalue(request.param)
    return found


def test_the_template_has_no_sequence_behind_its_rows(arm: Arm) -> None:
    assert sequence_faults(arm.template, arm.template) == []


def test_every_table_can_be_reset_alone(arm: Arm) -> None:
    for name in arm.template.tables:
        arm.reset({name})
        arm.prove_clean()


def test_all_tables_can_be_reset_at_once(arm: Arm) -> None:
    arm.reset(arm.template.tables)
    assert dirty(arm.template, arm.prove_clean()) == frozenset()


def test_the_template_accepts_no_connections(server: RunningServer, templates: Templates) -> None:
    assert is_sealed(server, templates.database)
    with pytest.raises(CannotConnect, match="not currently accepting connections"):
        server.connect(templates.database)


def test_the_seed_is_a_function_of_now(migration_config: Config, tmp_path: Path) -> None:
    now = migration_config.replay.now
    arms = []
    for name, moment in {"one": now, "two": now, "later": now + timedelta(days=28)}.items():
        (tmp_path / name).mkdir()
        seed_files(migration_config, tmp_path / name, moment)
        arms.append(SqliteArm(tmp_path / name, tmp_path / name / "work", migration_config))
    one, two, later = (arm.template for arm in arms)
    assert dirty(one, two) == frozenset()
    assert dirty(one, later)
    for arm in arms:
        arm.close()


def test_a_seed_that_leaves_a_database_out_is_named(
    migration_config: Config, tmp_path: Path
) -> None:
    archive = replace(migration_config.databases[0], name="archive")
    config = replace(migration_config, databases=(archive,))
    with pytest.raises(AppError, match=r"wrote no archive\.db"):
        seed_files(config, tmp_path, config.replay.now)
