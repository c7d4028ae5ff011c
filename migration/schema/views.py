"""Views: a query over tables and other views, column by column and condition by condition.

What is translated are joins, conditions, groups with aggregates that do not depend on the order of
the rows, and an order. Whether a view then shows the same is tried out on both engines by
`migration.compare.objects`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import sqlglot
from sqlglot import expressions as sql

from migration.schema.choices import folded
from migration.schema.collations import BINARY, fold
from migration.schema.errors import Untranslatable
from migration.schema.expressions import translate_tree
from migration.schema.kinds import definite, truth, whole
from migration.schema.model import LogicalType, View, quote
from migration.schema.names import Names
from migration.schema.refusals import Told
from migration.schema.scope import Scope, Typed, Unresolved
from migration.schema.work import Work
from migration.source.model import SourceObject
from migration.source.sqltext import tokens

_PARTS = frozenset(
    {"expressions", "from_", "joins", "where", "group", "having", "order", "distinct"}
)
_INNER = ("", "CROSS", "INNER")
_NO_ORDER = frozenset({LogicalType.JSON, LogicalType.TIMESTAMP})


Output: TypeAlias = tuple[tuple[str, Typed], ...]
"""The columns of a view by their names in PostgreSQL."""
Finished: TypeAlias = dict[str, Output]


def views(work: Work) -> tuple[View, ...]:
    """Translate the views, each after those that it reads; the others are refused by name."""
    waiting = {folded(t.name): t for t in work.catalogue.objects if t.kind == "view"}
    finished: Finished = {}
    made = []
    while waiting:
        free = [n for n, thing in waiting.items() if not _reads(thing, waiting.keys() - {n})]
        name = (free or list(waiting))[0]
        thing = waiting.pop(name)
        query = work.refusals.attempt(_told(thing), partial(_Query, work, finished, thing))
        if query is not None:
            finished[name] = query.output
            made.append(query.view)
    return tuple(made)


def _told(thing: SourceObject) -> Told:
    name = f"view {thing.name}"
    return f"the {name}", f'write it for PostgreSQL by hand: "{name}" = "why" under leave_out'


def _reads(thing: SourceObject, names: Collection[str]) -> bool:
    words = {folded(token.text.strip('"`[]')) for token in tokens(thing.sql)}
    return any(name in words for name in names)


@dataclass(frozen=True)
class _Source:
    """One table or view of FROM: how it is called in the query, and its columns."""

    alias: str
    sql: str
    columns: dict[str, Typed]
    """By name in any case."""
    names: tuple[str, ...]
    """In order."""
    unreadable: frozenset[str] = frozenset()


class _Query:
    """Translates the query of one view. Raises Untranslatable."""

    def __init__(self, work: Work, finished: Finished, thing: SourceObject) -> None:
        if not thing.columns:
            raise Untranslatable("SQLite itself cannot read it")
        self._work, self._finished = work, finished
        self._tree = _select(thing)
        joins = self._tree.args.get("joins") or []
        self._sources = [
            self._source(self._tree.args["from_"].this),
            *(self._source(join.this) for join in joins),
        ]
        self._scope = _scope(self._sources, by_utf8=work.by_utf8)
        values = self._values(len(thing.columns))
        self._assert_grouped(values)
        names = tuple(Names().keep(thing.columns).values())
        self.output: Output = tuple(zip(names, values, strict=True))
        self.view = View(
            name=work.names[thing.name],
            columns=names,
            query="\n".join(self._lines(joins)),
        )

    def _source(self, table: sql.Expr) -> _Source:
        if not isinstance(table, sql.Table) or _parts(table) - {"this", "alias", "db"}:
            raise Untranslatable(f"it reads from {table.sql(dialect='sqlite')}")
        if folded(table.db) not in ("", "main"):
            raise Untranslatable(f"it reads from the database {table.db}")
        alias = table.alias or table.name
        if folded(table.name) in self._finished:
            found = self._finished[folded(table.name)]
            columns = {folded(name): _read(name, typed, alias) for name, typed in found}
            return self._named(table.name, alias, columns, tuple(columns))
        known = self._work.table(table.name)
        columns = self._work.typed(known, of=quote(alias))
        names = tuple(folded(column.name) for column in known.columns)
        return self._named(known.name, alias, columns, names, self._work.refused_columns(known))

    def _named(
        self,
        name: str,
        alias: str,
        columns: dict[str, Typed],
        names: tuple[str, ...],
        unreadable: frozenset[str] = frozenset(),
    ) -> _Source:
        theirs = {folded(old): new for old, new in self._work.names.items()}[folded(name)]
        place = f"{quote(self._work.schema)}.{quote(theirs)} AS {quote(alias)}"
        return _Source(folded(alias), place, columns, names, unreadable)

    def _values(self, count: int) -> tuple[Typed, ...]:
        values = [value for node in self._tree.expressions for value in self._value(node)]
        if len(values) != count:
            raise Untranslatable("its columns cannot be told apart")
        return tuple(map(_shown, values))

    def _value(self, node: sql.Expr) -> Iterator[Typed]:
        if isinstance(node, sql.Star) and not _parts(node):
            for source in self._sources:
                yield from _every(source)
        elif isinstance(node, sql.Column) and isinstance(node.this, sql.Star):
            (source,) = [s for s in self._sources if s.alias == folded(node.table)]
            yield from _every(source)
        else:
            yield translate_tree(node.this if isinstance(node, sql.Alias) else node, self._scope)

    def _assert_grouped(self, values: Sequence[Typed]) -> None:
        """Refuse a value that SQLite takes from any row of a group."""
        groups = [translate_tree(node, self._scope) for node in self._groups()]
        if any(not _is_plain(value) for value in groups):
            raise Untranslatable("it groups by what the engines do not tell apart alike")
        grouped = {value.sql for value in groups}
        aggregated = self._tree.find(sql.AggFunc) is not None
        if not (groups or aggregated or self._tree.args.get("having")):
            return
        for node, value in zip(self._tree.expressions, values, strict=False):
            if isinstance(node, sql.Star) or not (node.find(sql.AggFunc) or value.sql in grouped):
                raise Untranslatable(f"it takes {node.sql(dialect='sqlite')} from any row")

    def _groups(self) -> list[sql.Expr]:
        group = self._tree.args.get("group")
        if group is None:
            return []
        if _parts(group) - {"expressions"}:
            raise Untranslatable(f"it has {group.sql(dialect='sqlite').strip()}")
        found: list[sql.Expr] = group.expressions
        if not all(isinstance(node, sql.Column) for node in found):
            raise Untranslatable("it groups by more than columns")
        return found

    def _lines(self, joins: Sequence[sql.Join]) -> Iterator[str]:
        distinct = self._tree.args.get("distinct")
        if distinct and (_parts(distinct) or not all(_is_plain(v) for _, v in self.output)):
            raise Untranslatable("DISTINCT has no exact equal over its columns")
        columns = (f"{value.sql} AS {quote(name)}" for name, value in self.output)
        yield f"SELECT {'DISTINCT ' if distinct else ''}" + ",\n       ".join(columns)
        yield f"FROM {self._sources[0].sql}"
        for source, join in zip(self._sources[1:], joins, strict=True):
            yield self._join(source, join)
        for key, word in (("where", "WHERE"), ("having", "HAVING")):
            if key == "having" and self._groups():
                groups = (translate_tree(node, self._scope).sql for node in self._groups())
                yield f"GROUP BY {', '.join(groups)}"
            if self._tree.args.get(key):
                yield f"{word} {truth(translate_tree(self._tree.args[key].this, self._scope))}"
        if self._tree.args.get("order"):
            yield f"ORDER BY {', '.join(self._order())}"

    def _join(self, source: _Source, join: sql.Join) -> str:
        if _parts(join) - {"this", "on", "side", "kind"}:
            raise Untranslatable(f"it joins by {join.sql(dialect='sqlite').strip()}")
        on = join.args.get("on")
        if not on and not join.side and join.kind in _INNER:
            return f"CROSS JOIN {source.sql}"
        if on and (join.side == "LEFT" or (not join.side and join.kind in _INNER)):
            rule = truth(translate_tree(on, self._scope))
            return f"{join.side and 'LEFT '}JOIN {source.sql} ON {rule}"
        raise Untranslatable(f"it joins by {join.sql(dialect='sqlite').strip()}")

    def _order(self) -> Iterator[str]:
        shown = {folded(name): value for name, value in self.output}
        for node in self._tree.args["order"].expressions:
            inner = node.this
            if isinstance(inner, sql.Literal):
                raise Untranslatable("it orders by the number of a column")
            alias = isinstance(inner, sql.Column) and not inner.table and folded(inner.name)
            value = shown[alias] if alias in shown else translate_tree(inner, self._scope)
            value = fold(value, value.collation or BINARY)
            direction = " DESC" if node.args.get("desc") else ""
            nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
            yield f"{value.sql}{direction} NULLS {nulls}"


def _select(thing: SourceObject) -> sql.Select:
    """Parse the query of a view and refuse what is more than one plain SELECT."""
    every = tokens(thing.sql)
    start = next(place for place, token in enumerate(every) if token.word == "AS")
    text = thing.sql[every[start].end :]
    try:
        tree = sqlglot.parse_one(text, read="sqlite")
    except sqlglot.errors.SqlglotError as error:
        raise Untranslatable("its query cannot be parsed") from error
    if not isinstance(tree, sql.Select) or _parts(tree) - _PARTS or not tree.args.get("from_"):
        raise Untranslatable("it is more than one SELECT with joins, conditions and groups")
    return tree


def _parts(node: sql.Expr) -> set[str]:
    return {name for name, part in node.args.items() if part not in (None, False, [])}


def _scope(sources: Sequence[_Source], *, by_utf8: bool) -> Scope:
    """Return the columns by alias, and those of which there is one alone by name."""
    found: dict[str, list[Typed]] = {}
    for source in sources:
        for name, typed in source.columns.items():
            found.setdefault(name, []).append(typed)
    return Scope(
        columns={name: several[0] for name, several in found.items() if len(several) == 1},
        qualified={source.alias: source.columns for source in sources},
        unreadable=frozenset(name for source in sources for name in source.unreadable),
        by_utf8=by_utf8,
    )


def _read(name: str, typed: Typed, alias: str) -> Typed:
    """Return a column of a view as another view reads it."""
    return replace(typed, sql=f"{quote(alias)}.{quote(name)}", literal=None, explicit=False)


def _every(source: _Source) -> Iterator[Typed]:
    if source.unreadable:
        raise Unresolved(f"{source.alias} has columns that are refused")
    return (source.columns[name] for name in source.names)


def _shown(value: Typed) -> Typed:
    """Return a value as a column of a view, a condition as the 0 or 1 that SQLite shows."""
    if value.type is LogicalType.BOOLEAN and not value.sql.startswith('"'):
        value = whole(value)
    return definite(value)


def _is_plain(value: Typed) -> bool:
    """Say whether both engines take the same values for equal."""
    return value.type not in _NO_ORDER and (value.collation or BINARY) == BINARY
