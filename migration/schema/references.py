"""References between tables: what they refer to must be a key of the same types."""

from migration.schema.choices import reference_name
from migration.schema.collations import BINARY
from migration.schema.errors import Untranslatable
from migration.schema.model import ForeignKey, Note
from migration.schema.names import Names
from migration.schema.refusals import Told
from migration.schema.scope import Unresolved
from migration.schema.work import Work, named
from migration.source.model import SourceForeignKey, SourceTable

_BY_VALUE = frozenset({"SET NULL", "SET DEFAULT", "CASCADE"})


def reference(
    work: Work, source: SourceTable, key: SourceForeignKey, constraints: Names
) -> ForeignKey:
    """Convert a reference. Raises Untranslatable."""
    target = work.table(key.target)
    columns = tuple(named(target, name).name for name in key.target_columns)
    _assert_key(target, columns, len(key.columns))
    for mine, theirs in zip(key.columns, columns, strict=True):
        _assert_alike(work, (source, mine), (target, theirs))
    _assert_not_generated(source, key)
    name = work.names[source.name]
    names = work.column_names(source, key.columns)
    return ForeignKey(
        name=constraints.give(name, *names, "fkey", chosen=key.name),
        columns=names,
        target=work.names[target.name],
        target_columns=work.column_names(target, columns),
        on_update=key.on_update,
        on_delete=key.on_delete,
        deferred=key.deferred,
    )


def reference_told(source: SourceTable, key: SourceForeignKey) -> Told:
    """Say what is tried, and what to do where it cannot be done."""
    name = reference_name(source.name, key.columns)
    return (
        f"the {name} to {key.target}",
        "let it name a primary or unique key of the same types, or leave it behind:"
        f' "{name}" = "why" under leave_out',
    )


def _assert_key(table: SourceTable, columns: tuple[str, ...], count: int) -> None:
    keys: list[set[str | None]] = [set(unique.columns) for unique in table.uniques]
    keys += [set(table.primary_key.columns)] if table.primary_key else []
    keys += [
        {term.column for term in index.terms}
        for index in table.indexes
        # A folded index is over expressions, to which nothing can refer.
        if index.unique and not index.where and all(t.collation == BINARY for t in index.terms)
    ]
    if set(columns) not in keys or len(columns) != count:
        raise Untranslatable(f"{table.name} ({', '.join(columns)}) is no key")


def _assert_alike(
    work: Work, mine: tuple[SourceTable, str], theirs: tuple[SourceTable, str]
) -> None:
    one, other = work.type_of(*mine), work.type_of(*theirs)
    if one is None or other is None:
        raise Unresolved("the type of a column is refused already")
    if one.type is not other.type:
        raise Untranslatable(f"{mine[1]} and {theirs[1]} are of different types")
    collation = named(*theirs).collation
    if collation != BINARY:
        what = f"{mine[1]} refers to {theirs[0].name}.{theirs[1]}, which is COLLATE {collation}"
        why = "PostgreSQL finds the row only where both are spelled alike"
        work.warnings.append(Note(work.names[mine[0].name], what, why))


def _assert_not_generated(source: SourceTable, key: SourceForeignKey) -> None:
    actions = {key.on_update, *({key.on_delete} - {"CASCADE"})}
    for name in key.columns:
        if named(source, name).generated and actions & _BY_VALUE:
            raise Untranslatable(f"{name} is generated, and the reference would set it")
