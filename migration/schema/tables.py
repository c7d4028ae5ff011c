"""One table on its way: columns, keys, rules and indexes; references are in `references`."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial

from migration.schema.choices import check_name, folded
from migration.schema.collations import BINARY, NOCASE, RTRIM, fold
from migration.schema.expressions import condition, implied_by_type, parsed, translate
from migration.schema.kinds import definite
from migration.schema.model import (
    Check,
    Column,
    Index,
    IndexTerm,
    Key,
    LogicalType,
    Note,
    Table,
    quote,
)
from migration.schema.names import Names
from migration.schema.references import reference, reference_told
from migration.schema.refusals import Told
from migration.schema.scope import Scope, Typed, column, scope_of
from migration.schema.stored import assigned, default, place_of
from migration.schema.work import Work
from migration.source.model import (
    SourceCheck,
    SourceColumn,
    SourceIndex,
    SourceKey,
    SourceTable,
    SourceTerm,
)

_ENFORCED = "the type of the column holds nothing else"


class TableConversion:
    """Converts one table; what cannot be said is noted in the work's refusals."""

    def __init__(self, work: Work, source: SourceTable) -> None:
        self._work = work
        self._source = source
        self._name = work.names[source.name]
        self._names = work.columns[source.name]
        self._types = work.types[source.name]
        self._constraints = Names()
        self._scope = self._made_scope(self._types)

    def table(self) -> Table:
        """Convert the table as far as it can be."""
        source, refusals = self._source, self._work.refusals
        self._warn_of_names()
        generated = dict(self._generated())
        columns = [c for c in source.columns if c.name in self._types]
        checks = enumerate(source.checks, start=1)
        keys = [*([source.primary_key] if source.primary_key else []), *source.uniques]
        self._refuse_conflict_clauses()
        return Table(
            name=self._name,
            columns=tuple(self._column(each, generated.get(each.name)) for each in columns),
            primary_key=self._key(source.primary_key, "pkey") if source.primary_key else None,
            uniques=tuple(self._key(key, *key.columns, "key") for key in source.uniques),
            checks=tuple(check for each in checks for check in self._check(*each)),
            foreign_keys=tuple(
                refusals.each(
                    source.foreign_keys,
                    lambda key: reference(self._work, source, key, self._constraints),
                    lambda key: reference_told(source, key),
                )
            ),
            indexes=(
                *refusals.each(source.indexes, self._index, _index_told),
                *refusals.each(filter(self._is_folded, keys), self._folded_key, self._key_told),
            ),
            without_rowid=source.without_rowid,
            source_name=source.name if source.name != self._name else "",
        )

    def _made_scope(self, known: Collection[str]) -> Scope:
        """Return what the rules of the table may refer to."""
        source = self._source
        return scope_of(
            ((c.name, self._typed(c)) for c in source.columns if c.name in known),
            unreadable=(c.name for c in source.columns if c.name not in known),
            by_utf8=self._work.by_utf8,
        )

    def _typed(self, each: SourceColumn) -> Typed:
        return column(self._names[each.name], self._types[each.name].type, each.collation)

    def _column(self, each: SourceColumn, generated: str | None) -> Column:
        type = self._types[each.name]
        place = f"{self._source.name}.{each.name}"
        identity = each.name == self._source.row_id
        told = (
            f"the default of {place}",
            "declare a literal of the column's own type or the present time, or leave it behind:"
            f' "default of {place}" = "why" under leave_out',
        )
        text = None
        if each.default is not None and not identity:
            clause = each.default
            text = self._work.refusals.attempt(
                told, lambda: default(clause, place_of(type, each.declared))
            )
        if each.collation != BINARY and type.type is LogicalType.TEXT:
            self._tell_of_collation(each)
        if identity and type.type is not LogicalType.INTEGER:
            self._work.refusals.add(
                f"the type of {place}",
                "it is the row number, which is an integer",
                "take it out of columns in migration.toml",
            )
        name = self._names[each.name]
        return Column(
            name=name,
            type=type.type,
            declared=each.declared,
            nullable=not (each.not_null or each.key_place),
            default=text,
            identity=identity,
            limit=type.limit,
            generated=generated,
            collation=each.collation,
            source_name=each.name if each.name != name else "",
            sequence=self._sequence(name) if identity else "",
        )

    def _sequence(self, column_name: str) -> str:
        """Name the sequence where the name that PostgreSQL would choose may be taken later."""
        usual = f"{self._name}_{column_name}_seq"
        if self._work.relations.is_free(usual):
            self._work.relations.give(usual)
            return ""
        return self._work.relations.give(usual)

    def _generated(self) -> Iterator[tuple[str, str]]:
        """Yield the expressions of generated columns, one inside another where they build on it."""
        waiting = [c for c in self._source.columns if c.generated and c.name in self._types]
        known = self._types.keys() - _names(waiting)
        scope = self._made_scope(known)
        while waiting:
            ready = [c for c in waiting if not _mentions(c, _names(waiting) - {c.name})]
            each = (ready or waiting)[0]
            waiting.remove(each)
            text = self._work.refusals.attempt(
                self._generated_told(each), partial(self._expression, each, scope)
            )
            if text is not None:
                inlined = replace(self._typed(each), sql=f"({text})")
                scope = replace(scope, columns={**scope.columns, folded(each.name): inlined})
                yield each.name, text

    def _expression(self, each: SourceColumn, scope: Scope) -> str:
        place = place_of(self._types[each.name], each.declared)
        return assigned(parsed(each.expression or ""), scope, place)

    def _generated_told(self, each: SourceColumn) -> Told:
        return (
            f"the generated column {self._source.name}.{each.name} AS ({each.expression})",
            "write it with comparisons, arithmetic and plain functions, or drop it",
        )

    def _key(self, key: SourceKey, *parts: str) -> Key:
        chosen = self._work.relations.give(self._name, *parts, chosen=key.name)
        columns = tuple(self._names[name] for name in key.columns)
        return Key(self._constraints.give(chosen), columns)

    def _is_folded(self, key: SourceKey) -> bool:
        """Say whether SQLite compares a part of the key otherwise than byte by byte."""
        parts = [name for name in key.columns if key.collation(name) != BINARY]
        return any(self._scope_type(name) is LogicalType.TEXT for name in parts)

    def _scope_type(self, name: str) -> LogicalType | None:
        return self._types[name].type if name in self._types else None

    def _folded_key(self, key: SourceKey) -> Index:
        """Make the index that keeps two spellings of one key apart as SQLite does."""
        terms = [SourceTerm(c, quote(c), False, key.collation(c)) for c in key.columns]
        name = self._work.relations.give(self._name, *key.columns, "folded")
        return Index(name, tuple(map(self._term, terms)), unique=True, where=None)

    def _key_told(self, key: SourceKey) -> Told:
        columns = ", ".join(key.columns)
        return f"the key ({columns}) of {self._source.name}", "declare it without the collation"

    def _check(self, number: int, check: SourceCheck) -> Iterator[Check]:
        """Yield the rule, or nothing where the type enforces it."""
        name = check_name(self._source.name, number)
        told = (
            f"CHECK ({check.text}) of {self._source.name}",
            "write it with comparisons, IN, BETWEEN, CASE, length() and the like, or leave it"
            f' behind: "{name}" = "why" under leave_out',
        )
        required = [c.name for c in self._source.columns if c.not_null]
        implied = self._work.refusals.attempt(
            told, lambda: implied_by_type(check.text, self._scope, required=required)
        )
        if implied:
            self._work.notes.append(Note(self._name, f"CHECK ({check.text})", _ENFORCED))
        elif implied is not None:
            text = self._work.refusals.attempt(told, lambda: condition(check.text, self._scope))
            if text is not None:
                parts = [self._name, *([check.column] if check.column else []), "check"]
                yield Check(self._constraints.give(*parts, chosen=check.name), text)

    def _index(self, index: SourceIndex) -> Index:
        return Index(
            name=self._work.names[index.name],
            terms=tuple(map(self._term, index.terms)),
            unique=index.unique,
            where=condition(index.where, self._scope) if index.where else None,
        )

    def _term(self, term: SourceTerm) -> IndexTerm:
        plain = translate(term.expression, self._scope)
        compared = definite(fold(plain, term.collation))
        if term.column and compared == plain:
            return IndexTerm(compared.sql, term.descending)
        return IndexTerm(f"({compared.sql})", term.descending)

    def _refuse_conflict_clauses(self) -> None:
        name = self._source.name
        for clause in self._source.conflict_clauses:
            self._work.refusals.add(
                f"{clause} of {name}",
                "a conflict always ends in an error there",
                "say so in the statements that write, and leave it behind:"
                f' "conflict clauses of {name}" = "why" under leave_out',
            )

    def _tell_of_collation(self, each: SourceColumn) -> None:
        if each.collation not in (NOCASE, RTRIM):
            self._work.refusals.add(
                f"COLLATE {each.collation} of {self._source.name}.{each.name}",
                "only the application knows how it compares",
                "declare the column without it before the move",
            )
            return
        what = f"{each.name} is COLLATE {each.collation}"
        why = (
            "keys, indexes and rules compare so in PostgreSQL too; =, IN, ORDER BY, GROUP BY and"
            " DISTINCT in queries compare byte by byte unless they say otherwise"
        )
        self._work.warnings.append(Note(self._name, what, why))

    def _warn_of_names(self) -> None:
        renamed = {self._source.name: self._name} | self._names
        renamed |= {i.name: self._work.names[i.name] for i in self._source.indexes}
        for old, new in renamed.items():
            if old != new:
                why = "a name holds 63 bytes in PostgreSQL, and is given once"
                self._work.warnings.append(Note(self._name, f"{old} is called {new}", why))


def _names(columns: list[SourceColumn]) -> set[str]:
    return {each.name for each in columns}


def _mentions(each: SourceColumn, names: set[str]) -> bool:
    """Say whether the expression of a generated column mentions one of the names."""
    text = (each.expression or "").lower()
    return any(name.lower() in text for name in names)


def _index_told(index: SourceIndex) -> Told:
    name = f"index {index.name}"
    return f"the {name}", f'leave it behind and write it by hand: "{name}" = "why" under leave_out'
