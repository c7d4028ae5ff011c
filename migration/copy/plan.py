"""How each table is read and written: in which order, and how a range of it is asked for.

A table is read in the order in which SQLite keeps it, which costs no sorting: by row number, or by
the key of a table WITHOUT ROWID. A place in this order is a `Position`; ranges between positions
are what `chunks` packs, `ledger` remembers and `proof` reads back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any, TypeAlias

from migration.db import SqliteConnection
from migration.policies import Policies
from migration.schema.ddl import qualified
from migration.schema.model import Column, LogicalType, Schema, Table, quote

Position: TypeAlias = tuple[Any, ...]
"""The values of the position's columns, as SQLite holds them."""

_SORTED_ALIKE = frozenset(
    {
        LogicalType.INTEGER,
        LogicalType.REAL,
        LogicalType.TEXT,
        LogicalType.BLOB,
        LogicalType.BOOLEAN,
        LogicalType.DATE,
    }
)
_BYTES = "BINARY"
_ROW_NUMBERS = ("rowid", "_rowid_", "oid")


@dataclass(frozen=True)
class _Term:
    """A column of a key of SQLite, by its name there, and how the key orders it."""

    name: str
    collation: str


@dataclass(frozen=True)
class Range:
    """The rows behind one position up to and with another; None is the beginning or the end."""

    after: Position | None = None
    upto: Position | None = None

    @property
    def bounds(self) -> list[tuple[str, Position]]:
        """Return each end that there is, behind the sign by which SQL compares with it."""
        ends = (">", self.after), ("<=", self.upto)
        return [(sign, position) for sign, position in ends if position is not None]

    def __str__(self) -> str:
        """Return the ends in words."""
        begin = "from the beginning" if self.after is None else f"behind {_shown(self.after)}"
        return f"{begin} to {'the end' if self.upto is None else _shown(self.upto)}"


def _shown(position: Position) -> str:
    return ", ".join(map(repr, position))


@dataclass(frozen=True)
class TablePlan:
    """How one table is read and written.

    `position` names in SQLite what its rows are ordered by; none where a table cannot be entered
    in the middle. `ordered` says that PostgreSQL orders the same columns in the same way.
    """

    schema: str
    table: Table
    columns: tuple[Column, ...]
    position: tuple[str, ...]
    places: tuple[int, ...]
    """Where in a row that is read the position stands."""
    hidden: int
    """How many values at the beginning of a row only tell the position."""
    ordered: bool
    target: str
    """The quoted name in PostgreSQL."""

    def position_of(self, row: Sequence[Any]) -> Position:
        """Return the position of a row as `source_query` reads it."""
        return tuple(row[place] for place in self.places)

    def source_query(self, part: Range, *, limit: int | None = None) -> tuple[str, list[Any]]:
        """Return the SQL that reads a range in SQLite, in order, and its parameters."""
        names = [*self.position[: self.hidden], *(quote(c.source) for c in self.columns)]
        query = f"SELECT {', '.join(names)} FROM {quote(self.table.source)}"
        conditions, values = [], list[Any]()
        for sign, position in part.bounds:
            marks = ", ".join(map(_mark, position))
            conditions.append(f"({', '.join(self.position)}) {sign} ({marks})")
            values += map(_bindable, position)
        if conditions:
            query += f" WHERE {' AND '.join(conditions)}"
        if self.position:
            query += f" ORDER BY {', '.join(self.position)}"
        return (query if limit is None else f"{query} LIMIT {limit:d}"), values

    @property
    def key(self) -> tuple[Column, ...]:
        """Return the columns that PostgreSQL orders by; only where the plan is `ordered`."""
        return tuple(self.columns[place - self.hidden] for place in self.places)

    @property
    def whole(self) -> str:
        """Return the table with its columns, as COPY takes it."""
        return f"{self.target} ({', '.join(quote(column.name) for column in self.columns)})"

    @property
    def copy_statement(self) -> bytes:
        """Return the statement that takes rows."""
        return f"COPY {self.whole} FROM STDIN (FORMAT BINARY)".encode()


def _mark(value: Any) -> str:
    return "?" if _bindable(value) is value else "CAST(? AS TEXT)"


def _bindable(value: Any) -> Any:
    """Return a value as SQLite takes it; text that is not UTF-8 only goes in as bytes."""
    if not isinstance(value, str) or value.isascii():
        return value
    content = value.encode(errors="surrogateescape")
    return value if content.decode(errors="replace") == value else content


def plans(sqlite: SqliteConnection, model: Schema, policies: Policies) -> tuple[TablePlan, ...]:
    """Plan every table of the model."""
    (encoding,) = sqlite.execute("PRAGMA main.encoding").fetchone()
    return tuple(
        _plan(sqlite, model, table, policies, bytewise=encoding == "UTF-8")
        for table in model.tables
    )


def _plan(
    sqlite: SqliteConnection, model: Schema, table: Table, policies: Policies, *, bytewise: bool
) -> TablePlan:
    columns = table.copied_columns
    key = _key(sqlite, table)
    by_source = {column.source: place for place, column in enumerate(columns)}
    known = bool(key) and all(term.name in by_source for term in key)
    places = tuple(by_source[term.name] for term in key) if known else (0,) * len(key)
    pairs = [(columns[place], term.collation) for place, term in zip(places, key, strict=True)]
    return TablePlan(
        schema=model.name,
        table=table,
        columns=columns,
        position=tuple(starmap(_ordering, pairs) if known else (term.name for term in key)),
        places=places,
        hidden=0 if known else len(key),
        ordered=known
        and all(
            _sorted_alike(column, bytewise=bytewise and collation == _BYTES)
            and not policies.of(table.source, column.source).rules
            for column, collation in pairs
        ),
        target=qualified(model, table.name),
    )


def _key(sqlite: SqliteConnection, table: Table) -> tuple[_Term, ...]:
    """Return the columns by which SQLite keeps the rows, or its word for the row number."""
    (without_rowid,) = sqlite.execute(
        "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", [table.source]
    ).fetchone()
    if without_rowid:
        rows = sqlite.execute(
            "SELECT term.name, upper(term.coll) FROM pragma_index_list(?) AS keys,"
            " pragma_index_xinfo(keys.name) AS term"
            " WHERE keys.origin = 'pk' AND term.key ORDER BY term.seqno",
            [table.source],
        )
        return tuple(starmap(_Term, rows.fetchall()))
    if table.identity:
        return (_Term(table.identity.source, _BYTES),)
    names = {column.source.lower() for column in table.columns}
    return tuple(_Term(name, _BYTES) for name in _ROW_NUMBERS if name not in names)[:1]


def _ordering(column: Column, collation: str) -> str:
    """Return what a key is ordered by; another collation than the key's would skip rows."""
    name = quote(column.source)
    # Naming the column's own collation would keep SQLite from entering in the middle.
    return name if collation == column.collation else f"{name} COLLATE {quote(collation)}"


def _sorted_alike(column: Column, *, bytewise: bool) -> bool:
    return column.type in _SORTED_ALIKE and (bytewise or column.type is not LogicalType.TEXT)


def gaps(done: Sequence[Range]) -> list[Range]:
    """Return the ranges of a table that are not among those done, in order.

    Those done are in the order of the table, or else their positions are numbers.
    """
    missing, at = [], None
    ends = [value for part in done for value in (part.after or ()) + (part.upto or ())]
    if all(isinstance(value, int | float) for value in ends):
        done = sorted(done, key=_place)
    for part in done:
        if part.after != at:
            missing.append(Range(at, part.after))
        at = part.upto
    finished = bool(done) and at is None
    return missing if finished else [*missing, Range(at, None)]


def _place(part: Range) -> tuple[Position, bool, Position]:
    """Return what puts ranges in order; one without rows comes before the next from its place."""
    return part.after or (), part.upto is None, part.upto or ()
