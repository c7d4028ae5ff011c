"""From SQLite's catalogue to a PostgreSQL schema.

Nothing is dropped in silence: what has no exact equal is refused by name, everything at once; what
the target says in another way is kept as a note, what an application may notice as a warning.
One table is converted in `tables`, views and triggers in modules of their own; `ddl` writes the
result.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from migration.schema.choices import NATIVE, Choices
from migration.schema.errors import Refusal, Unsupported
from migration.schema.limits import limits
from migration.schema.model import Note, Schema, Table
from migration.schema.names import Names
from migration.schema.tables import TableConversion
from migration.schema.triggers import trigger
from migration.schema.types import ColumnType, column_type
from migration.schema.views import views
from migration.schema.work import Work
from migration.source.model import Catalogue, SourceObject, SourceTable
from migration.source.selection import Selection, select


@dataclass(frozen=True)
class Attempt:
    """How far a conversion came: the schema without what is refused, and the refusals."""

    schema: Schema
    refusals: tuple[Refusal, ...]


def convert(catalogue: Catalogue, *, schema: str, choices: Choices = NATIVE) -> Schema:
    """Convert a catalogue; the tables come parents first.

    Raises Unsupported with everything that PostgreSQL cannot be told exactly.
    """
    done = attempt(catalogue, schema=schema, choices=choices)
    if done.refusals:
        raise Unsupported(schema, done.refusals)
    return done.schema


def attempt(catalogue: Catalogue, *, schema: str, choices: Choices = NATIVE) -> Attempt:
    """Convert what can be converted, and tell what cannot."""
    selection = select(catalogue, choices)
    work = _begun(selection.catalogue, schema, choices)
    _refuse_settings(work, selection)
    _warn_of_the_whole(work)
    tables = [TableConversion(work, table).table() for table in work.catalogue.tables]
    made = views(work)
    triggers = work.refusals.each(
        _objects(work, "trigger"), lambda thing: trigger(work, thing), _trigger_told
    )
    for thing in _objects(work, "virtual table"):
        work.refusals.add(
            f"the virtual table {thing.name}",
            "PostgreSQL has no module that keeps it",
            f'leave it behind: "virtual table {thing.name}" = "why" under leave_out',
        )
    finished = Schema(
        name=schema,
        version=work.catalogue.user_version,
        tables=tuple(_parents_first(tables)),
        views=made,
        triggers=tuple(triggers),
        notes=tuple(work.notes),
        warnings=tuple(work.warnings),
        left_out=selection.left_out,
    )
    return Attempt(finished, tuple(work.refusals.found))


def _begun(catalogue: Catalogue, schema: str, choices: Choices) -> Work:
    """Settle every name and type, which the rest refers to."""
    relations = Names()
    every = [table.name for table in catalogue.tables]
    every += [thing.name for thing in catalogue.objects if thing.kind == "view"]
    every += [index.name for table in catalogue.tables for index in table.indexes]
    work = Work(
        catalogue=catalogue,
        schema=schema,
        choices=choices,
        relations=relations,
        names=relations.keep(every),
        columns={
            table.name: Names().keep(column.name for column in table.columns)
            for table in catalogue.tables
        },
        types={},
    )
    for table in catalogue.tables:
        work.types[table.name] = dict(_types(work, table))
    return work


def _types(work: Work, table: SourceTable) -> Iterator[tuple[str, ColumnType]]:
    for column in table.columns:
        place = f"{table.name}.{column.name}"
        told = (f"the column {place}", f'say which type it is: "{place}" = "text" under columns')
        type = work.refusals.attempt(told, partial(column_type, table.name, column, work.choices))
        if type is not None:
            yield column.name, type


def _objects(work: Work, kind: str) -> list[SourceObject]:
    return [thing for thing in work.catalogue.objects if thing.kind == kind]


def _trigger_told(thing: SourceObject) -> tuple[str, str]:
    name = f"trigger {thing.name}"
    return f"the {name}", f'write it for PostgreSQL by hand: "{name}" = "why" under leave_out'


def _refuse_settings(work: Work, selection: Selection) -> None:
    for what in selection.unknown:
        work.refusals.add(
            f"the setting for {what}",
            "the source has nothing of that name",
            "correct it in migration.toml, under columns or leave_out",
        )
    for what, why in limits(work.catalogue):
        work.refusals.add(what, why, "change the declaration before the move")


def _warn_of_the_whole(work: Work) -> None:
    if work.catalogue.encoding != "UTF-8":
        what = f"the encoding is {work.catalogue.encoding}"
        why = "SQLite sorts its text by the bytes of that, PostgreSQL by the characters' numbers"
        work.warnings.append(Note("", what, why))
    if work.catalogue.application_id:
        what = f"the application_id is {work.catalogue.application_id}"
        work.warnings.append(Note("", what, "PostgreSQL has no place for it"))
    capitals = [name for name in work.names if name != name.lower()]
    capitals += [
        f"{t}.{c}" for t, columns in work.columns.items() for c in columns if c != c.lower()
    ]
    if capitals:
        shown = ", ".join(capitals[:5]) + (", …" if len(capitals) > 5 else "")
        why = "PostgreSQL finds them only where a query quotes them"
        work.warnings.append(Note("", f"{len(capitals)} names hold capitals ({shown})", why))


def _parents_first(tables: list[Table]) -> Iterator[Table]:
    """Yield the tables in declared order, each after those it refers to unless they form a ring."""
    waiting = {table.name: table for table in tables}
    while waiting:
        free = [
            table
            for table in waiting.values()
            if not any(k.target in waiting and k.target != table.name for k in table.foreign_keys)
        ]
        for table in free or list(waiting.values())[:1]:
            yield waiting.pop(table.name)
