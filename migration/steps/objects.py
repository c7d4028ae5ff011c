"""Views and triggers of one database, tried out on both engines. Nothing of it stays.

The generated ones are created in a schema made for the trial, and must be what the target holds;
`migration.compare.objects` runs them. The step `schema` is proved with it.
"""

from migration.compare.objects import definitions, try_out
from migration.config import LogicalDatabase
from migration.db import PgConnection
from migration.schema.ddl import render_keys, render_tables, render_triggers, render_views
from migration.schema.model import Schema
from migration.schema.names import shortened
from migration.site import Site
from migration.steps.schema import model_of


def object_differences(site: Site, database: LogicalDatabase) -> list[str]:
    """Return what differs between source, generated DDL and target; empty where nothing does."""
    model = model_of(site, database)
    if not (model.views or model.triggers):
        return []
    trial = model_of(site, database, schema=shortened(f"{model.name}_trial"))
    with (
        site.source(database) as source,
        site.target(role=site.roles.owner) as target,
        target.transaction(force_rollback=True),
    ):
        _create(target, trial)
        generated, there = definitions(target, trial.name), definitions(target, model.name)
        found = [
            f"{name}: the target does not hold the generated one"
            for name in sorted(generated.keys() | there.keys())
            if generated.get(name) != there.get(name)
        ]
        return found or try_out(source, target, schema=trial.name, choices=database.choices)


def _create(target: PgConnection, trial: Schema) -> None:
    """Create everything but the references, whose rows a trial does not have."""
    for part in (render_tables, render_keys, render_views, render_triggers):
        target.execute(part(trial).encode())
