"""Audit: what the sources are, and whether all of them is fit to be moved. Writes nothing.

The report goes to `.migration/site/audit.json`. A source is fit when it is sound, keeps its own
references, declares nothing that has no exact equal, and holds no value that the target would
reject; each problem is named with a way out. Warnings and notes are for reading.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from migration.config import LogicalDatabase
from migration.db import SqliteConnection, SqliteError
from migration.evidence.inputs import Inputs, digest, settings, tool_files
from migration.evidence.store import write_atomically
from migration.policies import FAIL, Policies
from migration.schema.convert import attempt
from migration.schema.errors import Refusal
from migration.schema.model import quote
from migration.site import Site
from migration.source.catalogue import Catalogue, read
from migration.source.profile import Finding, Profile, profile
from migration.source.selection import select
from migration.steps.facts import source_facts
from migration.steps.step import Say, Step

FIT, UNFIT = "fit", "unfit"
SHOWN = 200


@dataclass(frozen=True)
class Audit:
    """What was found in one source."""

    verdict: str
    problems: tuple[str, ...]
    """What must be mended before the move; none in a fit source."""
    catalogue: str
    """The hash of what is declared."""
    encoding: str
    rows: Mapping[str, int]
    """Rows by table."""
    warnings: tuple[str, ...]
    """What an application may notice after the move."""
    left_out: tuple[str, ...]
    """What stays behind because migration.toml says so."""
    shadows: tuple[str, ...]
    """Tables in which virtual tables keep their content."""
    findings: tuple[Mapping[str, Any], ...]
    columns: tuple[Mapping[str, Any], ...]
    """What every column holds, and the type proposed for it."""


def examine(site: Site, database: LogicalDatabase) -> Audit:
    """Read a source from end to end, unless it is broken. Writes nothing to it."""
    policies = site.config.copy.policies_of(database.name)
    with site.source(database) as connection:
        if unsound := _unsound(connection):
            return _broken(unsound)
        catalogue = read(connection)
        found = profile(connection, catalogue, database.choices)
        done = attempt(catalogue, schema=database.schema, choices=database.choices)
        moved = select(catalogue, database.choices).catalogue
        problems = [
            *_nothing(catalogue),
            *broken_references(connection, moved, policies),
            *_refused(done.refusals, found),
            *(f"{f}; {f.remedy}" for f in found.findings if _is_problem(f, policies)),
        ]
        rows = _rows(connection, moved)
    return Audit(
        verdict=UNFIT if problems else FIT,
        problems=tuple(problems),
        catalogue=catalogue.content_hash,
        encoding=catalogue.encoding,
        rows=rows,
        warnings=(
            *map(str, done.schema.warnings),
            *(str(f) for f in found.findings if f.severity == "warning"),
        ),
        left_out=tuple(map(str, done.schema.left_out)),
        shadows=catalogue.shadows,
        findings=tuple(asdict(finding) for finding in found.findings),
        columns=tuple(asdict(column) for column in found.columns),
    )


def _broken(unsound: Iterable[str]) -> Audit:
    """Return the audit of a file that cannot be trusted, of which nothing more is said."""
    return Audit(
        verdict=UNFIT,
        problems=tuple(unsound),
        catalogue="",
        encoding="",
        rows={},
        warnings=(),
        left_out=(),
        shadows=(),
        findings=(),
        columns=(),
    )


def _nothing(catalogue: Catalogue) -> Iterator[str]:
    if not catalogue.tables and not catalogue.objects:
        yield "it declares no table: it is empty; check the path in migration.toml"


def _refused(refusals: Iterable[Refusal], found: Profile) -> Iterator[str]:
    """Yield what cannot be converted, but for the columns of which the profile can say more."""
    told = {f"the column {f.table}.{f.column}" for f in found.findings if f.rule == "type"}
    yield from (str(refusal) for refusal in refusals if refusal.what not in told)


def report_file(site: Site) -> Path:
    """Return where the report lies."""
    return site.config.site / "audit.json"


def read_report(site: Site) -> dict[str, dict[str, Any]]:
    """Return the report by database; empty when there is none."""
    file = report_file(site)
    if not file.exists():
        return {}
    databases: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return databases


def verdict_facts(site: Site) -> Inputs:
    """Return each source's verdict, as later steps depend on it."""
    return {
        f"audit of {name}": f"{audit['verdict']}, {len(audit['problems'])} problems"
        for name, audit in read_report(site).items()
    }


def _inputs(site: Site) -> Inputs:
    return {
        **settings(site.config.sections, "databases"),
        **_decided(site),
        **source_facts(site),
        **verdict_facts(site),
        **tool_files("source", "schema", "policies.py", "db/sqlite.py"),
    }


def _decided(site: Site) -> Inputs:
    return {
        "migration.toml [copy.policies]": digest(
            site.config.sections.get("copy", {}).get("policies")
        )
    }


def _work(site: Site, say: Say) -> None:
    audits = {database.name: examine(site, database) for database in site.config.databases}
    write_atomically(report_file(site), {name: asdict(audit) for name, audit in audits.items()})
    for name, audit in audits.items():
        _tell(name, audit, say)
    say(f"audit: wrote {site.config.relative(report_file(site))}")


def _tell(name: str, audit: Audit, say: Say) -> None:
    tables, rows = len(audit.rows), sum(audit.rows.values())
    notes = sum(finding["severity"] == "note" for finding in audit.findings)
    counts = f"tables: {tables}, rows: {rows}, problems: {len(audit.problems)}"
    say(f"audit: {name} is {audit.verdict} ({counts}, notes on values: {notes})")
    for kind, lines in (
        ("problem", audit.problems),
        ("warning", audit.warnings),
        ("left out", audit.left_out),
    ):
        for line in lines[:SHOWN]:
            say(f"audit: {name}: {kind}: {line}")
        if len(lines) > SHOWN:
            say(f"audit: {name}: {kind}: and {len(lines) - SHOWN} more, in the report")


def _unsound(connection: SqliteConnection) -> list[str]:
    try:
        lines = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    except SqliteError as error:
        lines = [str(error)]
    told = (line.replace("\n", " ") for line in lines)
    return (
        [] if lines == ["ok"] else [f"integrity_check: {line}; restore the file" for line in told]
    )


def broken_references(
    connection: SqliteConnection, catalogue: Catalogue, policies: Policies
) -> Iterator[str]:
    """Yield the rows without the row they refer to, where nobody decided what becomes of them."""
    for table in catalogue.tables:
        kept = {key.columns for key in table.foreign_keys}
        columns = _references(connection, table.name)
        try:
            found = connection.execute(f"PRAGMA foreign_key_check({quote(table.name)})").fetchall()
        except SqliteError as error:  # a reference that is to no key
            if kept == set(columns.values()):
                yield f"foreign_key_check: {error}"
            continue
        for _, row, parent, key in found:
            if columns[key] in kept and policies.ending(table.name, columns[key]) == FAIL:
                what = f"row {row} of {table.name} refers to a row of {parent} that is not there"
                yield f"foreign_key_check: {what}"


def _references(connection: SqliteConnection, table: str) -> dict[int, tuple[str, ...]]:
    """Return the columns of each reference by SQLite's number of it."""
    query = 'SELECT id, "from" FROM pragma_foreign_key_list(?) ORDER BY id, seq'
    columns: dict[int, tuple[str, ...]] = {}
    for key, column in connection.execute(query, [table]):
        columns[key] = (*columns.get(key, ()), column)
    return columns


def _is_problem(finding: Finding, policies: Policies) -> bool:
    if finding.severity != "error":
        return False
    columns = finding.column.split(", ")
    match finding.rule:
        case "type" | "index size":
            return True
        case "orphan" | "duplicate key":
            return policies.ending(finding.table, columns) == FAIL
        case _:
            return not policies.decides(finding.table, columns)


def _rows(connection: SqliteConnection, catalogue: Catalogue) -> dict[str, int]:
    return {
        table.name: connection.execute(f"SELECT count(*) FROM {quote(table.name)}").fetchone()[0]
        for table in catalogue.tables
    }


STEP = Step(
    name="audit",
    purpose="read every source from end to end and say whether it is fit to be moved",
    needs=(),
    committed=False,
    own_inputs=_inputs,
    work=_work,
)
