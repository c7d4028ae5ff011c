"""Data: every row of every source, copied and read back, then compared by code of its own.

A copy that was ended goes on where it stopped. Rows that had to stay behind are in quarantine, and
the step is not done before migration.toml says of each why it may stay there.
"""

import json

from migration.compare.privacy import Occurrence
from migration.config import LogicalDatabase
from migration.copy import CopyReport, copy_resumably
from migration.copy.errors import BegunOtherwise
from migration.copy.target import empty, holds_rows, is_unfinished
from migration.db import PgConnection
from migration.errors import CopyError, TargetError
from migration.evidence.inputs import Inputs, settings, tool_files
from migration.schema.model import Schema
from migration.site import Site
from migration.steps.audit import verdict_facts
from migration.steps.facts import declared_facts, source_facts, target_facts
from migration.steps.left_behind import undecided
from migration.steps.privacy import named_in_source
from migration.steps.schema import model_of
from migration.steps.step import Say, Step

SHOWN = 20


def _inputs(site: Site) -> Inputs:
    return {
        **settings(site.config.sections, "databases", "copy"),
        **verdict_facts(site),
        **source_facts(site),
        **target_facts(site),
        **declared_facts(site),
        **tool_files("source", "schema", "copy", "compare", "policies.py", "steps/privacy.py"),
    }


def _work(site: Site, say: Say) -> None:
    _assert_nobody_is_named(site)
    for database in site.config.databases:
        report = _copied(site, database, say)
        say(f"data: {report}")
        if report.written_meanwhile:
            say(f"data: {database.name} was written to meanwhile; nothing of that was copied")
        for fault in report.rejected[:SHOWN]:
            say(f"  {fault}")
        _ask_for_decisions(site, database, say)


def _ask_for_decisions(site: Site, database: LogicalDatabase, say: Say) -> None:
    rows = undecided(site, database)
    if rows:
        say(
            f"data: {len(rows)} rows of {database.name} are in quarantine, not visible to users;"
            " say of each in migration.toml why it may stay there, then"
            " `python -m migration check data`:"
        )
        say(f"  [copy.left_behind.{database.name}]")
        for row in rows[:SHOWN]:
            say(f'  {json.dumps(row)} = "…"')


def _assert_nobody_is_named(site: Site) -> None:
    found = list(named_in_source(site))
    if found:
        raise CopyError(
            "copying pseudonymous data",
            f"they name {len(found)} times somebody known elsewhere:\n    " + shown(found),
            "mend what wrote them, and these rows; nothing was copied",
        )


def shown(found: list[Occurrence]) -> str:
    """Return the first places in lines."""
    return "\n    ".join(map(str, found[:SHOWN]))


def _copied(site: Site, database: LogicalDatabase, say: Say) -> CopyReport:
    """Copy a database: begin, go on, or begin anew where that is allowed."""
    model = model_of(site, database)
    with site.target(database) as target:
        if is_unfinished(target, model):
            say(f"data: going on with the copy of {database.name} that was begun earlier")
            try:
                return _copy(site, database, target, model)
            except BegunOtherwise as error:
                if not site.may_rebuild:
                    raise
                say(f"data: beginning anew: {error.why}")
        filled = holds_rows(target, model)
        if filled and not site.may_rebuild:
            raise TargetError(
                f"copying the rows of {database.name}",
                f"{len(filled)} tables of the target already hold rows ({filled[0]}, for one)",
                "look at them, then allow to remove them: `python -m migration run data --replace`",
            )
        empty(target, model)
        return _copy(site, database, target, model)


def _copy(site: Site, database: LogicalDatabase, target: PgConnection, model: Schema) -> CopyReport:
    with site.source(database) as source:
        return copy_resumably(
            source,
            target,
            model,
            policies=site.config.copy.policies_of(database.name),
            progress=site.progress,
            streams=site.config.copy.streams,
        )


STEP = Step(
    name="data",
    purpose="copy every row, read it back, set the sequences, and compare both sides",
    needs=("backup", "schema"),
    committed=False,
    own_inputs=_inputs,
    work=_work,
)
