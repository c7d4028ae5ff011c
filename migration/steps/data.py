"""Data: every row of every source, copied in one transaction a database, then compared.

The comparison in the suite shares no code with the copy. Sequences end above every id that was
ever given out.
"""

from migration.config import LogicalDatabase
from migration.copy import copy_database
from migration.db import PgConnection
from migration.errors import TargetError
from migration.evidence.inputs import Inputs, settings, tool_files
from migration.schema.model import Schema, quote
from migration.site import Site
from migration.steps.audit import verdict_facts
from migration.steps.facts import declared_facts, source_facts, target_facts
from migration.steps.schema import model_of
from migration.steps.step import Say, Step


def _inputs(site: Site) -> Inputs:
    return {
        **settings(site.config.sections, "databases"),
        **verdict_facts(site),
        **source_facts(site),
        **target_facts(site),
        **declared_facts(site),
        **tool_files("source", "schema", "copy", "compare"),
    }


def _work(site: Site, say: Say) -> None:
    for database in site.config.databases:
        model = model_of(site, database)
        with (
            site.source(database) as source,
            site.target(database) as target,
            target.transaction(),
        ):
            _empty(site, database, model, target)
            report = copy_database(source, target, model)
        say(f"data: {report}")


def _empty(site: Site, database: LogicalDatabase, model: Schema, connection: PgConnection) -> None:
    """Remove the rows of an earlier run; refuse where they may be somebody's."""
    names = [f"{quote(database.schema)}.{quote(table.name)}" for table in model.tables]
    filled = [name for name in names if _holds_rows(connection, name)]
    if not filled:
        return
    if not site.may_rebuild:
        raise TargetError(
            f"copying the rows of {database.name}",
            f"{len(filled)} tables of the target already hold rows ({filled[0]}, for one)",
            "look at them, then allow to remove them: `python -m migration run data --replace`",
        )
    connection.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY".encode())


def _holds_rows(connection: PgConnection, name: str) -> bool:
    row = connection.execute(f"SELECT EXISTS (SELECT FROM {name})".encode()).fetchone()
    return row == (True,)


STEP = Step(
    name="data",
    purpose="copy every row, set the sequences, and compare both sides value by value",
    needs=("backup", "schema"),
    committed=False,
    own_inputs=_inputs,
    work=_work,
)
