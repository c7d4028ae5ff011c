"""What SQL can say of a whole table on both engines: counts, sums, lengths, least and greatest.

For large tables, beside a sample of rows; a float that differs in its last bit shows in neither,
but in the digests that the copy kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from migration.compare.facts import ColumnFacts
from migration.compare.rows import Reading
from migration.db import PgConnection, SqliteConnection
from migration.policies import SET_NULL
from migration.schema.model import LogicalType, quote

_VALUES = ("values", "count({})", "count({})")
_CHARACTERS = ("characters", "sum(length({}))", "sum(length({}))")
_ENDS = tuple((name, f"{name}({{}})", f"{name}({{}})") for name in ("min", "max"))
_OF_MEANING = {
    # In two halves, for SQLite adds up in 64 bits.
    LogicalType.INTEGER: (
        ("sum of the upper half", "sum({} >> 32)", "sum({} >> 32)"),
        ("sum of the lower half", "sum({} & 4294967295)", "sum({} & 4294967295)"),
    ),
    LogicalType.REAL: (*_ENDS, ("above zero", "sum({} > 0)", "sum(({} > 0)::integer)")),
    LogicalType.BOOLEAN: (("true", "sum({})", "sum({}::integer)"),),
    LogicalType.DATE: tuple((name, ours, f"{theirs}::text") for name, ours, theirs in _ENDS),
    LogicalType.BLOB: (("bytes", "sum(length({}))", "sum(length({}))"),),
    LogicalType.TEXT: (
        ("bytes", "sum(length(CAST({} AS BLOB)))", "sum(octet_length({}))"),
        *((name, f"{name}({{}} COLLATE BINARY)", f'{name}({{}} COLLATE "C")')
          for name in ("min", "max")),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Term:
    """One number or text about a column, in the words of both engines."""

    column: str
    name: str
    sqlite: str
    postgres: str


def row_counts(
    sqlite: SqliteConnection, pg: PgConnection, schema: str, plan: Reading
) -> tuple[int, int]:
    """Count the rows of a table on both sides."""
    terms = [_Term("", "rows", "count(*)", "count(*)")]
    (ours,), (theirs,) = _ask(sqlite, pg, schema, plan, terms)
    return ours, theirs


def unequal(sqlite: SqliteConnection, pg: PgConnection, schema: str, plan: Reading) -> list[str]:
    """Return the names of the aggregates that differ."""
    (encoding,) = sqlite.execute("PRAGMA main.encoding").fetchone()
    decided = [bool(policy.rules) or policy.ending == SET_NULL for policy in plan.policies]
    terms = [
        term
        for one, other, is_decided in zip(plan.ours, plan.theirs, decided, strict=True)
        if not is_decided
        for term in _terms(one, other, bytewise=encoding == "UTF-8")
    ]
    if not terms:
        return []
    pairs = zip(terms, *_ask(sqlite, pg, schema, plan, terms), strict=True)
    return [f"{term.column}: {term.name}" for term, one, other in pairs if one != other]


def _terms(one: ColumnFacts, other: ColumnFacts, *, bytewise: bool) -> Iterator[_Term]:
    templates = [_VALUES, *_OF_MEANING.get(one.meaning, ())]
    if one.meaning is LogicalType.TEXT and not bytewise:
        templates = [_VALUES, _CHARACTERS]
    for name, ours, theirs in templates:
        pair = ours.format(quote(one.source)), theirs.format(quote(other.name))
        yield _Term(one.name, name, *pair)


def _ask(
    sqlite: SqliteConnection, pg: PgConnection, schema: str, plan: Reading, terms: list[_Term]
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    cursor = sqlite.cursor()
    cursor.row_factory = None
    ours = ", ".join(term.sqlite for term in terms)
    theirs = ", ".join(term.postgres for term in terms)
    name = f"{quote(schema)}.{quote(plan.table)}"
    one = cursor.execute(f"SELECT {ours} FROM {quote(plan.source)}").fetchone()
    other = pg.execute(f"SELECT {theirs} FROM {name}".encode()).fetchone()
    return one, other or ()
