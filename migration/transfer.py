"""Moving one SQLite file that belongs to no project: schema, rows and proof in one go.

What a project does in steps, each with its receipt, happens here at once and leaves none. The
command line of it is `cli_transfer.py`.
"""

import tomllib
from contextlib import closing
from pathlib import Path

from migration.compare.data import compare_data
from migration.compare.schema import compare_schemas
from migration.copy import CopyReport, copy_resumably
from migration.copy.target import existing, is_unfinished
from migration.db import PgConnection, SqliteConnection, open_postgres, open_sqlite
from migration.errors import ConfigError
from migration.policies import Policies
from migration.progress import Progress
from migration.schema.apply import apply
from migration.schema.convert import convert
from migration.schema.ddl import render
from migration.schema.model import Schema
from migration.source.catalogue import read
from migration.steps.step import Say
from migration.table import Table, policies_in

SHOWN = 50


def transfer(
    file: Path, url: str, *, schema: str, policies: Policies, say: Say, progress: Progress
) -> bool:
    """Move a file into a schema that it does not have yet, and say whether everything arrived.

    Goes on where an earlier call was ended. Raises the errors of `migration.schema` and
    `migration.copy`.
    """
    with closing(open_sqlite(file)) as source, open_postgres(url, schema=schema) as target:
        model = convert(read(source), schema=schema)
        if is_unfinished(target, model):
            say("going on with the copy that was begun earlier")
        elif not existing(target, model):
            apply(target, render(model))
        report = copy_resumably(source, target, model, policies=policies, progress=progress)
        _tell(report, say)
        found = _differences(source, target, model, policies, say)
    for line in found[:SHOWN]:
        say(f"  {line}")
    return report.complete and not report.written_meanwhile and not found


def read_decisions(file: Path) -> Policies:
    """Read decisions from a TOML file, one `"table.column" = [...]` a line. Raises ConfigError."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"reading {file}", str(error), "mend the file") from error
    return policies_in(Table(values, name="", file=file))


def _tell(report: CopyReport, say: Say) -> None:
    say(str(report))
    for fault in report.rejected[:SHOWN]:
        say(f"  {fault}")
    if not report.complete:
        say("rows in quarantine (migration.quarantine) are not visible to users")
    if report.written_meanwhile:
        say("the source was written to meanwhile; nothing of that was copied")


def _differences(
    source: SqliteConnection, target: PgConnection, model: Schema, policies: Policies, say: Say
) -> list[str]:
    declared = compare_schemas(source, target, schema=model.name)
    rows = compare_data(source, target, schema=model.name, policies=policies)
    say(f"compared: {rows}; {len(declared)} differences of declarations")
    return [*map(str, declared), *map(str, rows.differences)]
