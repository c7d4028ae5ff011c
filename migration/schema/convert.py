"""From SQLite's catalogue to a PostgreSQL schema with native types.

Nothing is dropped in silence: what has no exact equal raises Unsupported by name, what the target
enforces by its type is kept as a note. `ddl` writes the result, `expressions` and `defaults`
translate the SQL inside of it.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from migration.schema.defaults import translate_default
from migration.schema.errors import Unsupported, Untranslatable
from migration.schema.expressions import condition, implied_by_type, translate
from migration.schema.model import (
    Check,
    Column,
    ForeignKey,
    Index,
    IndexTerm,
    Key,
    LogicalType,
    Note,
    Schema,
    Table,
)
from migration.schema.names import LIMIT, Names
from migration.schema.types import native_type
from migration.source.model import (
    Catalogue,
    SourceCheck,
    SourceColumn,
    SourceForeignKey,
    SourceIndex,
    SourceKey,
    SourceTable,
    SourceTerm,
)


def convert(catalogue: Catalogue, *, schema: str) -> Schema:
    """Convert a catalogue; the tables come parents first.

    Raises Unsupported for the first thing that PostgreSQL cannot be told exactly.
    """
    _refuse_whole(catalogue)
    indexes = [index.name for table in catalogue.tables for index in table.indexes]
    relations = Names([table.name for table in catalogue.tables] + indexes)
    conversions = [_Conversion(catalogue, table, relations) for table in catalogue.tables]
    return Schema(
        name=schema,
        version=catalogue.user_version,
        tables=tuple(_parents_first([conversion.table() for conversion in conversions])),
        notes=tuple(note for conversion in conversions for note in conversion.notes),
    )


def _refuse_whole(catalogue: Catalogue) -> None:
    """Raise Unsupported for what stands beside the tables."""
    for thing in catalogue.objects:
        raise Unsupported(
            what=f"convert the {thing.kind} {thing.name}",
            why=f"a {thing.kind} is not translated",
            remedy="drop it before the move and write it anew for PostgreSQL",
        )
    if catalogue.encoding != "UTF-8":
        raise Unsupported(
            what=f"convert a database whose encoding is {catalogue.encoding}",
            why="its text is sorted by the bytes of UTF-16, which PostgreSQL cannot do",
            remedy="write it into a new file with PRAGMA encoding = 'UTF-8' before the move",
        )


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


@contextmanager
def _telling(what: str, remedy: str) -> Iterator[None]:
    """Turn an expression that cannot be said into an error that says where it stands."""
    try:
        yield
    except Untranslatable as error:
        raise Unsupported(what=f"convert {what}", why=str(error), remedy=remedy) from error


class _Conversion:
    """One table on its way; `relations` are the names that tables, keys and indexes share."""

    def __init__(self, catalogue: Catalogue, source: SourceTable, relations: Names) -> None:
        self.notes: list[Note] = []
        self._catalogue = catalogue
        self._source = source
        self._relations = relations
        self._constraints = Names()
        self._types = {column.name: _type(source, column) for column in source.columns}

    def table(self) -> Table:
        source = self._source
        _refuse_table(source)
        return Table(
            name=source.name,
            columns=tuple(map(self._column, source.columns)),
            primary_key=self._key(source.primary_key, "pkey") if source.primary_key else None,
            uniques=tuple(self._key(key, *key.columns, "key") for key in source.uniques),
            checks=tuple(self._check(check) for check in source.checks if self._needed(check)),
            foreign_keys=tuple(map(self._reference, source.foreign_keys)),
            indexes=tuple(map(self._index, source.indexes)),
        )

    def _column(self, column: SourceColumn) -> Column:
        type = self._types[column.name]
        with _telling(
            f"the default of {self._source.name}.{column.name}",
            "declare a literal, CURRENT_TIMESTAMP or date('now'), of the column's own type",
        ):
            default = None if column.default is None else translate_default(column.default, type)
        return Column(
            name=column.name,
            type=type,
            declared=column.declared,
            nullable=not (column.not_null or column.key_place),
            default=default,
            identity=column.name == self._source.row_id,
        )

    def _key(self, key: SourceKey, *parts: str) -> Key:
        name = self._relations.give(self._source.name, *parts, chosen=key.name)
        return Key(self._constraints.give(name), key.columns)

    def _needed(self, check: SourceCheck) -> bool:
        required = [column.name for column in self._source.columns if column.not_null]
        with self._telling_of(check):
            implied = implied_by_type(check.text, self._types, required=required)
        if implied:
            why = "the type of the column holds nothing else"
            self.notes.append(Note(self._source.name, f"CHECK ({check.text})", why))
        return not implied

    def _check(self, check: SourceCheck) -> Check:
        parts = [self._source.name, *([check.column] if check.column else []), "check"]
        with self._telling_of(check):
            expression = condition(check.text, self._types)
        return Check(self._constraints.give(*parts, chosen=check.name), expression)

    def _telling_of(self, check: SourceCheck) -> AbstractContextManager[None]:
        return _telling(
            f"CHECK ({check.text}) of {self._source.name}",
            "write the rule with comparisons, IN, BETWEEN, length() and the like",
        )

    def _reference(self, key: SourceForeignKey) -> ForeignKey:
        what = f"the reference of {self._source.name} ({', '.join(key.columns)}) to {key.target}"
        with _telling(what, "let it name a primary or unique key of the same types"):
            target, columns = _target(self._catalogue, key)
            for mine, theirs in zip(key.columns, columns, strict=True):
                if self._types[mine] is not _type(target, _named(target, theirs)):
                    raise Untranslatable(f"{mine} and {theirs} are of different types")
        return ForeignKey(
            name=self._constraints.give(self._source.name, *key.columns, "fkey", chosen=key.name),
            columns=key.columns,
            target=target.name,
            target_columns=columns,
            on_update=key.on_update,
            on_delete=key.on_delete,
            deferred=key.deferred,
        )

    def _index(self, index: SourceIndex) -> Index:
        with _telling(f"the index {index.name}", "drop it, or write it with plain columns"):
            return Index(
                name=index.name,
                terms=tuple(map(self._term, index.terms)),
                unique=index.unique,
                where=condition(index.where, self._types) if index.where else None,
            )

    def _term(self, term: SourceTerm) -> IndexTerm:
        if term.collation != "BINARY":
            raise Untranslatable(f"the collation {term.collation} has no exact equal")
        expression = translate(term.expression, self._types).sql
        return IndexTerm(expression if term.column else f"({expression})", term.descending)


def _type(table: SourceTable, column: SourceColumn) -> LogicalType:
    with _telling(
        f"the column {table.name}.{column.name}", "declare one of the types the manual lists"
    ):
        return native_type(column.declared)


def _named(table: SourceTable, column: str) -> SourceColumn:
    """Find a column whatever the case in which it is spelled."""
    for found in table.columns:
        if found.name.lower() == column.lower():
            return found
    raise Untranslatable(f"{table.name} has no column {column}")


def _target(catalogue: Catalogue, key: SourceForeignKey) -> tuple[SourceTable, tuple[str, ...]]:
    """Return the table and the key columns that a reference means, as they are declared."""
    try:
        table = catalogue.table(key.target)
    except KeyError:
        raise Untranslatable(f"there is no table {key.target}") from None
    columns = tuple(_named(table, column).name for column in key.target_columns)
    keys: list[set[str | None]] = [set(unique.columns) for unique in table.uniques]
    keys += [{t.column for t in i.terms} for i in table.indexes if i.unique and not i.where]
    keys += [set(table.primary_key.columns)] if table.primary_key else []
    if set(columns) not in keys or len(columns) != len(key.columns):
        raise Untranslatable(f"{table.name} ({', '.join(columns)}) is no key")
    return table, columns


def _refuse_table(table: SourceTable) -> None:
    """Raise Unsupported for features of the table as a whole, and for names that are too long."""
    named = [table.name, *(c.name for c in table.columns), *(i.name for i in table.indexes)]
    reasons = [
        (f"the name {name}", f"it is longer than {LIMIT} bytes")
        for name in named
        if len(name.encode()) > LIMIT
    ]
    reasons += [
        (clause, "a conflict is always an error there") for clause in table.conflict_clauses
    ]
    for column in table.columns:
        if column.generated:
            reasons.append((f"the generated column {column.name}", "it is not translated"))
        if column.collation != "BINARY":
            reasons.append(
                (f"COLLATE {column.collation} of {column.name}", "PostgreSQL has no exact equal")
            )
    for what, why in reasons:
        raise Unsupported(
            f"convert {what} of {table.name}", why, "change the declaration before the move"
        )
