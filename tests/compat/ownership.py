"""Whose rows a table holds, and whether a statement keeps to the rows of one person.

A column names an owner when it is a foreign key to `users`, or is called like one that is: so
does `username` of tables that keep no key, such as the audit trail. The training database knows
people by `user_hash`. A table without such a column belongs to whom its parent belongs to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from migration.source.model import Catalogue, SourceTable

USERS = "users"
KEYS = frozenset({"username", "user_hash"})

# What steers a connection or a transaction is about no table, and not all of it can be parsed.
_CONTROL = re.compile(r"PRAGMA|BEGIN|SAVEPOINT|RELEASE|ROLLBACK")

Owners = Mapping[str, frozenset[str]]
"""Per table that holds something about people, the columns that name them; children have none."""


def owners_of(catalogues: Iterable[Catalogue]) -> Owners:
    """Derive the tables about people from what the databases declare."""
    tables = [table for catalogue in catalogues for table in catalogue.tables]
    names = KEYS | {
        column
        for table in tables
        for key in table.foreign_keys
        if key.target == USERS
        for column in key.columns
    }
    found = {
        table.name: frozenset(column.name for column in table.columns) & names for table in tables
    }
    owners = {name: columns for name, columns in found.items() if columns}
    while children := [t for t in tables if t.name not in owners and _hangs_on(t, owners)]:
        owners |= {table.name: frozenset() for table in children}
    return owners


def _hangs_on(table: SourceTable, owners: Owners) -> bool:
    return any(key.target in owners for key in table.foreign_keys)


def tables_of(sql: str, owners: Owners) -> set[str]:
    """Return the tables about people that a statement names."""
    if _CONTROL.match(sql):
        return set()
    return {table.name for table in _parsed(sql).find_all(exp.Table)} & owners.keys()


def strays(
    sql: str, params: Mapping[str, object], *, mine: frozenset[str], owners: Owners
) -> set[str]:
    """Return the tables about people of which a statement may meet other people's rows.

    `mine` are the names of the one whose rows are meant. A table is kept to them when a condition
    that must hold equates one of its owner columns with such a name, or joins it by equality to
    a table that is kept. What an INSERT adds is not looked at: it shows nobody anything.
    """
    if _CONTROL.match(sql):
        return set()
    found: set[str] = set()
    kept: dict[exp.Expression, set[str]] = {}
    tree = _parsed(sql)
    for block in tree.find_all(exp.Select, exp.Update, exp.Delete):
        names = _names(block)
        around = block.parent_select
        outer = kept.get(around, set()) if around else set()
        kept[block] = _Conditions(names, params, mine, owners).kept(block, outer)
        found |= {table for alias, table in names.items() if alias not in kept[block]}
    return found & owners.keys()


@dataclass(frozen=True)
class _Conditions:
    """What the conditions of one block say of its tables, by their names in it."""

    names: Mapping[str, str]
    params: Mapping[str, object]
    mine: frozenset[str]
    owners: Owners

    def kept(self, block: exp.Expression, outer: set[str]) -> set[str]:
        """Return the tables of a block that are kept to the person's rows, and those around it."""
        conditions = list(_conditions(block))
        kept = set(outer)
        for condition in conditions:
            kept |= self._kept_by(condition)
        links = [link for condition in conditions if (link := self._link(condition))]
        while further := {b for a, b in (*links, *((b, a) for a, b in links)) if a in kept} - kept:
            kept |= further
        return kept

    def _kept_by(self, condition: exp.Expression) -> set[str]:
        match condition:
            case exp.Paren():
                return self._kept_by(condition.this)
            case exp.And():
                return self._kept_by(condition.left) | self._kept_by(condition.right)
            case exp.Or():
                return self._kept_by(condition.left) & self._kept_by(condition.right)
            case exp.EQ():
                sides = (condition.left, condition.right), (condition.right, condition.left)
                return {name for a, b in sides if (name := self._equated(a, b))}
            case exp.In(this=exp.Column() as column) if condition.args.get("query"):
                query = condition.args["query"]
                if tables_of(query.sql(), self.owners) and not strays(
                    query.sql("postgres"), self.params, mine=self.mine, owners=self.owners
                ):
                    return {self._table(column)}
        return set()

    def _equated(self, column: exp.Expression, value: exp.Expression) -> str | None:
        """Return the table whose owner column is equated with the person's name."""
        if not isinstance(column, exp.Column) or not isinstance(value, exp.Parameter):
            return None
        name = self._table(column)
        is_owner = column.name in self.owners.get(self.names.get(name, ""), frozenset())
        return name if is_owner and self.params.get(value.name) in self.mine else None

    def _link(self, condition: exp.Expression) -> tuple[str, str] | None:
        """Return the two tables that an equality of columns joins."""
        if isinstance(condition, exp.EQ) and all(
            isinstance(side, exp.Column) for side in (condition.left, condition.right)
        ):
            return self._table(condition.left), self._table(condition.right)
        return None

    def _table(self, column: exp.Expression) -> str:
        """Return the table of a column, empty where the statement alone does not say which."""
        if column.table:
            return str(column.table)
        having = [n for n, t in self.names.items() if column.name in self.owners.get(t, ())]
        candidates = list(self.names) if len(self.names) == 1 else having
        return candidates[0] if len(candidates) == 1 else ""


def _parsed(sql: str) -> exp.Expression:
    return sqlglot.parse_one(sql, read="postgres")


def _names(block: exp.Expression) -> dict[str, str]:
    """Return the tables that a block itself reads or changes, by their names in it."""
    from_clause = block.args.get("from_") or block.args.get("from")
    sources = [from_clause.this] if from_clause else []
    sources += [join.this for join in block.args.get("joins") or ()]
    if not isinstance(block, exp.Select):
        sources += [block.this, *(block.args.get("using") or ())]
    return {
        source.alias_or_name: source.name for source in sources if isinstance(source, exp.Table)
    }


def _conditions(block: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the conditions that must all hold for a row of a block."""
    where = block.args.get("where")
    wholes = [where.this] if where else []
    wholes += [on for join in block.args.get("joins") or () if (on := join.args.get("on"))]
    for whole in wholes:
        yield from whole.flatten() if isinstance(whole, exp.And) else [whole]
