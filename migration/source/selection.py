"""Taking out of a catalogue what migration.toml leaves behind on purpose.

Whoever reads on, conversion and profile, does not see it; it is counted in every report.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from migration.schema.choices import Choices, check_name, folded, reference_name
from migration.schema.model import Note
from migration.source.model import Catalogue, SourceColumn, SourceTable


@dataclass(frozen=True)
class Selection:
    """What is to be moved, what stays behind, and settings that name nothing in the source."""

    catalogue: Catalogue
    left_out: tuple[Note, ...]
    unknown: tuple[str, ...]


def select(catalogue: Catalogue, choices: Choices) -> Selection:
    """Take out what the choices leave behind, and the triggers that hang on it."""
    tables = [t for t in catalogue.tables if not choices.leaves_out(f"table {t.name}")]
    gone = {folded(t.name) for t in catalogue.tables} - {folded(t.name) for t in tables}
    gone |= {
        folded(thing.name)
        for thing in catalogue.objects
        if thing.kind != "trigger" and choices.leaves_out(f"{thing.kind} {thing.name}")
    }
    objects = [
        thing
        for thing in catalogue.objects
        if folded(thing.table) not in gone and not choices.leaves_out(f"{thing.kind} {thing.name}")
    ]
    return Selection(
        replace(
            catalogue,
            tables=tuple(_selected(table, choices) for table in tables),
            objects=tuple(objects),
        ),
        left_out=tuple(Note("", what, reason) for what, reason in choices.leave_out.items()),
        unknown=tuple(_unknown(catalogue, choices)),
    )


def _selected(table: SourceTable, choices: Choices) -> SourceTable:
    leaves_out = choices.leaves_out
    conflicts = () if leaves_out(f"conflict clauses of {table.name}") else table.conflict_clauses
    return replace(
        table,
        columns=tuple(_without_default(table, column, choices) for column in table.columns),
        indexes=tuple(i for i in table.indexes if not leaves_out(f"index {i.name}")),
        checks=tuple(
            check
            for number, check in enumerate(table.checks, start=1)
            if not leaves_out(check_name(table.name, number))
        ),
        foreign_keys=tuple(
            key
            for key in table.foreign_keys
            if not leaves_out(reference_name(table.name, key.columns))
        ),
        conflict_clauses=conflicts,
    )


def _without_default(table: SourceTable, column: SourceColumn, choices: Choices) -> SourceColumn:
    left_out = choices.leaves_out(f"default of {table.name}.{column.name}")
    return replace(column, default=None) if left_out else column


def _unknown(catalogue: Catalogue, choices: Choices) -> Iterator[str]:
    columns = {folded(f"{t.name}.{c.name}") for t in catalogue.tables for c in t.columns}
    yield from (f"column {name}" for name in choices.columns if folded(name) not in columns)
    things = {folded(f"{thing.kind} {thing.name}") for thing in catalogue.objects}
    things |= {folded(what) for table in catalogue.tables for what in _parts(table)}
    yield from (what for what in choices.leave_out if folded(what) not in things)


def _parts(table: SourceTable) -> Iterator[str]:
    """Name everything of a table that can be left behind."""
    yield f"table {table.name}"
    yield from (f"index {index.name}" for index in table.indexes)
    yield from (check_name(table.name, n) for n in range(1, len(table.checks) + 1))
    yield from (reference_name(table.name, key.columns) for key in table.foreign_keys)
    yield from (f"default of {table.name}.{c.name}" for c in table.columns if c.default)
    if table.conflict_clauses:
        yield f"conflict clauses of {table.name}"
