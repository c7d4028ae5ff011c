"""Whether both databases declare the same, read from the two live catalogues.

Nothing of the conversion is used: what it forgot is missed here. Names, keys and references are
compared as they stand; rules, defaults and the terms of indexes by what they do (`behaviour`,
`defaults`). Rows are compared in `data`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from migration.compare import defaults, postgres_facts, sqlite_facts
from migration.compare.behaviour import Sides, both_sides, first_disagreement
from migration.compare.facts import ColumnFacts, IndexFacts, ReferenceFacts, TableFacts
from migration.compare.probes import mentioned
from migration.compare.sequences import next_ids
from migration.db import PgConnection, PgError, SqliteConnection, SqliteError

_GENERATE = "generate the DDL again, or repair the table in PostgreSQL by a migration of its own"


@dataclass(frozen=True)
class Difference:
    """One property on which the two sides do not agree; `column` is empty for a whole table."""

    table: str
    column: str
    property: str
    sqlite: str
    postgres: str
    remedy: str

    def __str__(self) -> str:
        """Return one line for a report."""
        place = f"{self.table}.{self.column}" if self.column else self.table
        return f"{place}: {self.property}: SQLite {self.sqlite}, PostgreSQL {self.postgres}"


def compare_schemas(sqlite: SqliteConnection, pg: PgConnection, *, schema: str) -> list[Difference]:
    """Return every difference, in either direction. Writes nothing on either side."""
    ours, theirs = sqlite_facts.read(sqlite), postgres_facts.read(pg, schema)
    found = list(_presence("", "table", ours.tables, theirs.tables))
    found += _presence("", "object", ours.others, theirs.others)
    if ours.version != theirs.version:
        remedy = "let COMMENT ON SCHEMA and PRAGMA user_version name the same version"
        versions = (ours.version, theirs.version or "none")
        found.append(Difference("", "", "schema version", *versions, remedy))
    for name, table in ours.tables.items():
        if name in theirs.tables:
            found += _table(sqlite, pg, table, theirs.tables[name])
    found += _sequences(pg, schema)
    return found


def _presence(
    table: str, kind: str, ours: Iterable[object], theirs: Iterable[object]
) -> Iterator[Difference]:
    """Yield what stands on one side only."""
    one, other = set(map(str, ours)), set(map(str, theirs))
    for name in sorted(one - other):
        yield Difference(table, "", f"{kind} {name}", "has it", "lacks it", _GENERATE)
    for name in sorted(other - one):
        yield Difference(table, "", f"{kind} {name}", "lacks it", "has it", _GENERATE)


def _table(
    sqlite: SqliteConnection, pg: PgConnection, one: TableFacts, other: TableFacts
) -> Iterator[Difference]:
    sides = both_sides(sqlite, pg, one, other)
    yield from _columns(sides, one, other)
    if one.primary_key != other.primary_key:
        keys = _listed(one.primary_key), _listed(other.primary_key)
        yield Difference(one.name, "", "primary key", *keys, _GENERATE)
    yield from _presence(
        one.name, "unique key", map(_listed, one.uniques), map(_listed, other.uniques)
    )
    yield from _presence(
        one.name, "reference", map(_reference, one.references), map(_reference, other.references)
    )
    yield from _checks(sides, one, other)
    ours, theirs = ({index.name: index for index in t.indexes} for t in (one, other))
    yield from _presence(one.name, "index", ours, theirs)
    for name in ours.keys() & theirs.keys():
        yield from _index(sides, one.name, ours[name], theirs[name])


def _listed(columns: Sequence[str]) -> str:
    return f"({', '.join(columns)})"


def _reference(key: ReferenceFacts) -> str:
    return (
        f"{_listed(key.columns)} to {key.target} {_listed(key.target_columns)}"
        f" ON UPDATE {key.on_update} ON DELETE {key.on_delete}{' DEFERRED' if key.deferred else ''}"
    )


def _columns(sides: Sides, one: TableFacts, other: TableFacts) -> Iterator[Difference]:
    ours, theirs = ([column.name for column in table.columns] for table in (one, other))
    yield from _presence(one.name, "column", ours, theirs)
    if ours != theirs and sorted(ours) == sorted(theirs):
        orders = _listed(ours), _listed(theirs)
        yield Difference(one.name, "", "column order", *orders, _GENERATE)
    for mine, yours in zip(sides.sqlite_columns, sides.postgres_columns, strict=True):
        for property in ("type", "nullable", "hands_out_ids", "byte_order", "generated"):
            left, right = str(getattr(mine, property)), str(getattr(yours, property))
            if left != right:
                name = property.replace("_", " ")
                yield Difference(one.name, mine.name, name, left, right, _GENERATE)
        yield from _default(sides, one.name, mine, yours)


def _default(
    sides: Sides, table: str, mine: ColumnFacts, yours: ColumnFacts
) -> Iterator[Difference]:
    why = _outcome(lambda: defaults.difference(sides.sqlite, sides.pg, mine, yours))
    if why:
        texts = mine.default or "none", f"{yours.default or 'none'}: {why}"
        yield Difference(table, mine.name, "default", *texts, _GENERATE)


def _outcome(ask: Callable[[], str | None]) -> str | None:
    """Return what is wrong, also when an engine cannot evaluate its own expression."""
    try:
        return ask()
    except (PgError, SqliteError) as error:
        return f"it cannot be evaluated: {error}"


def _checks(sides: Sides, one: TableFacts, other: TableFacts) -> Iterator[Difference]:
    for columns, ours, theirs in _rule_groups(sides, one.checks, other.checks):
        why = _outcome(
            partial(
                _condition_difference,
                sides,
                " AND ".join(f"(({rule}) IS NOT FALSE)" for rule in ours) or "1",
                " AND ".join(f"(({rule}) IS NOT FALSE)" for rule in theirs) or "true",
                verbs=("refuses", "takes"),
            )
        )
        if why:
            texts = " and ".join(ours) or "none", f"{' and '.join(theirs) or 'none'}: {why}"
            yield Difference(one.name, ", ".join(columns), "check", *texts, _GENERATE)


def _rule_groups(
    sides: Sides, ours: Iterable[str], theirs: Iterable[str]
) -> list[tuple[list[str], list[str], list[str]]]:
    """Put rules that share a column together: columns, SQLite's rules, PostgreSQL's rules."""
    groups: list[tuple[set[int], list[str], list[str]]] = []
    for side, rules in ((1, ours), (2, theirs)):
        for rule in rules:
            merged: tuple[set[int], list[str], list[str]]
            merged = (set(mentioned(sides.sqlite_columns, [rule])), [], [])
            (merged[1] if side == 1 else merged[2]).append(rule)
            for group in [group for group in groups if group[0] & merged[0]]:
                groups.remove(group)
                merged = (group[0] | merged[0], group[1] + merged[1], group[2] + merged[2])
            groups.append(merged)
    names = [column.name for column in sides.sqlite_columns]
    return [([names[place] for place in sorted(c)], o, t) for c, o, t in groups]


def _condition_difference(
    sides: Sides, ours: str, theirs: str, *, verbs: tuple[str, str]
) -> str | None:
    found = first_disagreement(sides, sqlite=ours, postgres=theirs)
    if found is None:
        return None
    return (
        f"it {verbs[bool(found.postgres)]} the row {found.row}, SQLite {verbs[bool(found.sqlite)]}"
    )


def _index(sides: Sides, table: str, one: IndexFacts, other: IndexFacts) -> Iterator[Difference]:
    for property in ("unique", "descending"):
        left, right = str(getattr(one, property)), str(getattr(other, property))
        if left != right:
            yield Difference(table, "", f"index {one.name}, {property}", left, right, _GENERATE)
    why = _outcome(partial(_terms_difference, sides, one.terms, other.terms))
    why = why or _outcome(partial(_where_difference, sides, one.where, other.where))
    if why:
        texts = f"{_listed(one.terms)}", f"{_listed(other.terms)}: {why}"
        yield Difference(table, "", f"index {one.name}", *texts, _GENERATE)


def _terms_difference(sides: Sides, ours: Sequence[str], theirs: Sequence[str]) -> str | None:
    names = {column.name for column in sides.sqlite_columns}
    if len(ours) != len(theirs):
        return "it has another number of terms"
    for one, other in zip(ours, theirs, strict=True):
        if one == other and one in names:
            continue
        if one in names or other in names:
            return f"it has {other} in the place of {one}"
        if found := first_disagreement(sides, sqlite=one, postgres=other):
            return f"for {found.row} it holds {found.postgres!r}, SQLite {found.sqlite!r}"
    return None


def _where_difference(sides: Sides, ours: str | None, theirs: str | None) -> str | None:
    if (ours is None) != (theirs is None):
        return "only one side is partial"
    if ours is None:
        return None
    conditions = f"({ours}) IS TRUE", f"({theirs}) IS TRUE"
    return _condition_difference(sides, *conditions, verbs=("leaves out", "holds"))


def _sequences(pg: PgConnection, schema: str) -> Iterator[Difference]:
    for counter in next_ids(pg, schema):
        if counter.next_id <= counter.highest:
            yield Difference(
                counter.table,
                counter.column,
                "sequence",
                f"goes on after {counter.highest}",
                f"would give out {counter.next_id} again",
                "set the sequence to the highest id",
            )
