"""The template of a replay: the seed's SQLite files, and the same rows moved to PostgreSQL.

Built once a run by the same conversion and copy that move the real data; the arms (`arms/`) start
every case from it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from migration.config import Config, LogicalDatabase
from migration.copy import copy_database
from migration.db import open_postgres, open_sqlite
from migration.db.clone import create_database, drop, fresh_name, seal
from migration.db.server import Server
from migration.replay.arms import PostgresArm
from migration.replay.seeding import seed_files
from migration.schema.apply import apply
from migration.schema.convert import convert
from migration.schema.ddl import render
from migration.source.catalogue import read


@dataclass(frozen=True)
class Templates:
    """What the arms copy: a folder of SQLite files and a sealed PostgreSQL database."""

    folder: Path
    database: str


def build_template(
    config: Config, server: Server, folder: Path, now: datetime, *, name: str | None = None
) -> Templates:
    """Seed the SQLite files, move them into one PostgreSQL database and seal it as a template."""
    seed_files(config, folder, now)
    name, draft = name or fresh_name("template"), fresh_name("draft")
    create_database(server, draft)
    try:
        for logical in config.databases:
            _move(logical, folder, server.url(draft))
        seal(server, draft)
        _settle(config, server, draft=draft, name=name)
    finally:
        drop(server, draft)
    seal(server, name)
    return Templates(folder, name)


def _move(logical: LogicalDatabase, folder: Path, url: str) -> None:
    with (
        closing(open_sqlite(folder / f"{logical.name}.db")) as source,
        open_postgres(url) as target,
    ):
        schema = convert(read(source), schema=logical.schema)
        apply(target, render(schema))
        copy_database(source, target, schema)


def _settle(config: Config, server: Server, *, draft: str, name: str) -> None:
    """Make the template look as every reset will leave it, down to the planner's row counts."""
    arm = PostgresArm(server, draft, name, config)
    arm.reset(arm.template.tables)
    arm.prove_clean()
    arm.close(keep=True)
