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
from migration.schema.choices import NATIVE, Choices
from migration.schema.model import LogicalType, quote

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
        sides = f"SQLite {self.sqlite}, PostgreSQL {self.postgres}"
        return ": ".join(part for part in (place, self.property, sides) if part)


def compare_schemas(
    sqlite: SqliteConnection, pg: PgConnection, *, schema: str, choices: Choices = NATIVE
) -> list[Difference]:
    """Return every difference, in either direction. Writes nothing on either side."""
    ours, theirs = sqlite_facts.read(sqlite, choices), postgres_facts.read(pg, schema)
    found = list(_presence("", "table", ours.tables, theirs.tables))
    found += _presence("", "object", ours.others, theirs.others)
    if ours.version != theirs.version:
        remedy = "let COMMENT ON SCHEMA and PRAGMA user_version name the same version"
        versions = (ours.version, theirs.version or "none")
        found.append(Difference("", "", "schema version", *versions, remedy))
    for name, table in ours.tables.items():
        if name in theirs.tables:
            found += _table(pg, table, theirs.tables[name])
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


def _table(pg: PgConnection, one: TableFacts, other: TableFacts) -> Iterator[Difference]:
    sides = both_sides(pg, one, other)
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
    yield from _indexes(sides, one, other)


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
        for property in ("type", "nullable", "hands_out_ids"):
            left, right = str(getattr(mine, property)), str(getattr(yours, property))
            if left != right:
                name = property.replace("_", " ")
                yield Difference(one.name, mine.name, name, left, right, _GENERATE)
        if not yours.byte_order:
            yield Difference(one.name, mine.name, "byte order", "True", "False", _GENERATE)
        yield from _default(sides, one.name, mine, yours)
        yield from _generated(sides, one.name, mine, yours)


def _default(
    sides: Sides, table: str, mine: ColumnFacts, yours: ColumnFacts
) -> Iterator[Difference]:
    why = _outcome(lambda: defaults.difference(sides.pg, mine, yours))
    if why:
        texts = mine.default or "none", f"{yours.default or 'none'}: {why}"
        yield Difference(table, mine.name, "default", *texts, _GENERATE)


def _generated(
    sides: Sides, table: str, mine: ColumnFacts, yours: ColumnFacts
) -> Iterator[Difference]:
    why = _outcome(partial(_generated_difference, sides, mine, yours))
    if why:
        texts = mine.expression or "plain", f"{yours.expression or 'plain'}: {why}"
        yield Difference(table, mine.name, "generated", *texts, _GENERATE)


def _generated_difference(sides: Sides, mine: ColumnFacts, yours: ColumnFacts) -> str | None:
    if mine.expression is None or yours.expression is None:
        return None if mine.expression is yours.expression else "only one side computes it"
    found = first_disagreement(
        sides, sqlite=mine.expression, postgres=yours.expression, stored_in=mine
    )
    if found is None:
        return None
    return f"for {found.row} it is {found.postgres!r}, SQLite {found.sqlite!r}"


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
            # Rules about no column at all are about the same, too.
            for group in [g for g in groups if g[0] & merged[0] or not (g[0] or merged[0])]:
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


def _indexes(sides: Sides, one: TableFacts, other: TableFacts) -> Iterator[Difference]:
    ours, theirs = ({index.name: index for index in t.indexes} for t in (one, other))
    extra = {name: index for name, index in theirs.items() if name not in ours}
    for key in one.folded_keys:
        # Nobody gave such an index a name, so it is known by what it does.
        name = next((n for n, index in extra.items() if _keeps(sides, key, index)), None)
        if name is None:
            what = f"unique key {_listed(key.terms)} {_listed(key.collations)}"
            yield Difference(one.name, "", what, "has it", "lacks it", _GENERATE)
        else:
            del extra[name], theirs[name]
    yield from _presence(one.name, "index", ours, theirs)
    for name in ours.keys() & theirs.keys():
        yield from _index(sides, one.name, ours[name], theirs[name])


def _keeps(sides: Sides, key: IndexFacts, index: IndexFacts) -> bool:
    return index.unique and not index.where and not _outcome(partial(_terms, sides, key, index))


def _index(sides: Sides, table: str, one: IndexFacts, other: IndexFacts) -> Iterator[Difference]:
    for property in ("unique", "descending"):
        left, right = str(getattr(one, property)), str(getattr(other, property))
        if left != right:
            yield Difference(table, "", f"index {one.name}, {property}", left, right, _GENERATE)
    why = _outcome(partial(_terms, sides, one, other))
    why = why or _outcome(partial(_where_difference, sides, one.where, other.where))
    if why:
        texts = f"{_listed(one.terms)}", f"{_listed(other.terms)}: {why}"
        yield Difference(table, "", f"index {one.name}", *texts, _GENERATE)


def _terms(sides: Sides, ours: IndexFacts, theirs: IndexFacts) -> str | None:
    """Return how the terms differ; a term that SQLite folds must hold the folded text."""
    columns = {column.name: column for column in sides.sqlite_columns}
    if len(ours.terms) != len(theirs.terms):
        return "it has another number of terms"
    for one, collation, other in zip(ours.terms, ours.collations, theirs.terms, strict=True):
        is_text = one not in columns or columns[one].meaning is LogicalType.TEXT
        folded = _FOLDED[collation] if is_text and collation in _FOLDED else None
        if folded is None and one == other and one in columns:
            continue
        if one in columns and (folded is None or other in columns):
            return f"it has {other} in the place of {one}"
        term = quote(columns[one].source) if one in columns else one
        asked = folded.format(term=term) if folded else term
        # PostgreSQL may have found that an expression is but the column.
        held = quote(other) if other in columns else other
        if found := first_disagreement(sides, sqlite=asked, postgres=held):
            return f"for {found.row} it holds {found.postgres!r}, SQLite {found.sqlite!r}"
    return None


# In SQLite `lower` knows the letters A to Z alone, as NOCASE does.
_FOLDED = {"NOCASE": "lower({term})", "RTRIM": "rtrim({term}, ' ')"}


def _where_difference(sides: Sides, ours: str | None, theirs: str | None) -> str | None:
    if ours is None and theirs is None:
        return None
    # PostgreSQL does not keep a condition that is always true.
    conditions = f"({ours or '1'}) IS TRUE", f"({theirs or 'true'}) IS TRUE"
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
